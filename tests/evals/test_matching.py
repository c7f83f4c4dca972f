from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evals.metrics.facts import fact_share, missing_facts
from evals.metrics.matching import contains

MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def spellings(day: date) -> list[str]:
    fr, en = (MONTHS[language].split()[day.month - 1] for language in ("fr", "en"))
    return [
        f"{day.day} {fr} {day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
        f"{en} {day.day}, {day.year}",
        f"{day.day} {en} {day.year}",
        day.isoformat(),
    ]


@given(days)
def test_a_date_is_found_in_any_format(day: date) -> None:
    for said in spellings(day):
        for wanted in spellings(day):
            assert contains(f"Clôture : **{said}** [1].", wanted), (said, wanted)


@given(days, days)
def test_another_date_is_never_the_same(day: date, other: date) -> None:
    assume(day != other)
    for said, wanted in zip(spellings(day), spellings(other), strict=True):
        assert not contains(f"Clôture : {said} [1].", wanted)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_are_equal_by_value(number: int, other: int) -> None:
    spaced = f"{number:,}".replace(",", "\u202f")
    assert contains(f"soit {spaced} habitants", str(number))
    assert contains(f"soit {number} habitants", spaced)
    if number != other:
        assert not contains(f"soit {spaced} habitants", f"{other} habitants")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("La fracture numérique [2] persiste", "FRACTURE NUMERIQUE"),
        ("Écrire à l'ANCT.", "anct"),
        ("appelez le +33 1 43 17 62 71", "01 43 17 62 71"),
        ("appelez le 01.43.17.62.71", "01 43 17 62 71"),
        ("Morgane.Millon@Diplomatie.gouv.fr", "morgane.millon@diplomatie.gouv.fr"),
        ("à 18h", "18 h 00"),
        ("37%", "37 %"),
        ("1500 euros", "1 500 €"),
        ("dans les 3 semaines", "trois semaines"),
        ("depuis le 29 août 2002", "2002"),
        ("l'ODD\u00a09", "ODD 9"),
        ("en juin 2024", "juin"),
        ("(p.38)", "38"),
        ("voir https://www.exemple.fr/", "www.exemple.fr"),
        ("le 13 mars [1]", "13 mars"),
        ("**13** mars 2024", "13 mars 2024"),
    ],
)
def test_formats_apart(text: str, wanted: str) -> None:
    assert contains(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("en 2011", "11"),
        ("le 11 mars 2024", "11"),
        ("110 projets", "11"),
        ("voir [11]", "11"),
        ("les communes", "commune"),
        ("le 13 mars", "13 mars 2024"),
        ("le 13 mars 2023", "13 mars 2024"),
        ("01 43 17 62 72", "01 43 17 62 71"),
        ("morgan.millon@diplomatie.gouv.fr", "morgane.millon@diplomatie.gouv.fr"),
        ("10 €", "10 %"),
        ("numérique et fracture", "fracture numérique"),
        ("n'importe quoi", ""),
    ],
)
def test_what_is_not_the_same(text: str, wanted: str) -> None:
    assert not contains(text, wanted)


def test_partial_credit_and_the_dropped_fact() -> None:
    facts = [["10 janvier 2024"], ["13 mars 2024", "13/03/2024"], ["communes"]]
    assert fact_share(facts, "Du 10/01/2024 au 13/03/2024, pour les communes.") == 1
    assert fact_share(facts, "Jusqu'au 13/03/2024.") == pytest.approx(1 / 3)
    assert missing_facts(facts, "Jusqu'au 13/03/2024.") == ["10 janvier 2024", "communes"]
    assert fact_share([], "Rien.") is None
