"""Values are the same however they are written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.texts import spell_date
from assistant.values import find_values

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS, st.sampled_from(["fr", "en", "es", "pt", "de", "it"]))
def test_a_date_is_read_back_in_every_language(day: date, language: str) -> None:
    found = find_values(f"le {spell_date(day.isoformat(), language)} !")
    assert [(v.kind, v.value) for v in found] == [("date", day.isoformat())]


@given(DAYS)
def test_numeric_dates(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}"):
        assert [v.value for v in find_values(text)] == [day.isoformat()]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("50 000 €", "amount", "50000"),
        ("1,5 M€", "amount", "1500000"),
        ("37%", "percent", "37"),
        ("01 43 17 62 71", "phone", "+33143176271"),
        ("Caroline.XU@anct.gouv.fr", "email", "caroline.xu@anct.gouv.fr"),
        ("trois semaines", "duration", "3 weeks"),
        ("10 000 acteurs", "count", "10000"),
        ("à 17 h 30", "time", "17:30"),
        ("https://a.example/b.", "url", "https://a.example/b"),
        ("it says: “https://a.example/b”", "url", "https://a.example/b"),
    ],
)
def test_kinds(text: str, kind: str, value: str) -> None:
    assert [(v.kind, v.value) for v in find_values(text)] == [(kind, value)]


@pytest.mark.parametrize("text", ["Vague 2 : 25 %", "Vague 2 : 25 % du total", "Axe 2 : 25 %"])
def test_a_label_is_no_time(text: str) -> None:
    assert [(v.kind, v.value) for v in find_values(text)] == [("count", "2"), ("percent", "25")]


@pytest.mark.parametrize("text", ["9:05", "9h05", "09 h 05", "9 heures 05"])
def test_times(text: str) -> None:
    assert [(v.kind, v.value) for v in find_values(text)] == [("time", "09:05")]


@given(st.text(max_size=200))
def test_values_lie_in_order_and_apart(text: str) -> None:
    found = find_values(text)
    for before, after in zip(found, found[1:], strict=False):
        assert before.end <= after.start


def test_a_numbered_question_with_may_is_no_date() -> None:
    assert not [value for value in find_values("1. May we apply?") if value.kind == "date"]
    assert [value.value for value in find_values("am 1. Mai, on May 1")] == ["--05-01", "--05-01"]


def test_a_value_ends_with_its_cell() -> None:
    row = "Date limite\t1er décembre 2026, 17 heures\t15 avril 2027, 12 heures"
    assert [value.value for value in find_values(row) if value.kind == "time"] == ["17:00", "12:00"]
