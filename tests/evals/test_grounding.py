from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.types import Answer, Citation, Document, Handoff
from evals.metrics.grounding import Grounding, find_claims, ground

Cite = Callable[..., Citation]
Reply = Callable[..., Answer]
Check = Callable[..., Grounding]

OPENING = "Date d'ouverture de l'appel à projets\t10 janvier 2024"
CLOSING = "Date de clôture de l'appel à projets\t13 mars 2024"
CONTACT = "morgane.millon@diplomatie.gouv.fr\n01 43 17 62 71"
FIGURES = (
    "Près de 3 millions de personnes, soit 37 % de la population, pour 1 500 € au plus (p.38)."
)


@pytest.fixture
def check(regulation: Document, cite: Cite, reply: Reply) -> Check:
    """Ground a text on four true citations: opening, closing, contact, figures."""
    citations = [cite(q, n) for n, q in enumerate((OPENING, CLOSING, CONTACT, FIGURES), start=1)]

    def run(text: str, *said: str, **changes: object) -> Grounding:
        answer = reply(text, *citations, **changes)
        return ground(answer, said, {regulation.id: regulation})

    return run


@pytest.mark.parametrize(
    "text",
    [
        "Jusqu'au 13/03/2024 [2].",
        "Until March 13, 2024 [2].",
        "Du 10 janvier [1] au 13 mars 2024 [2].",
        "En mars 2024 [2], donc en 2024.",
        "**morgane.millon@diplomatie.gouv.fr**, +33 1 43 17 62 71 [3]",
        "37% de la population, 3 000 000 de personnes, 1500 euros, page 38 [4]",
        "1. Ouverture : 10 janvier 2024 [1]\n2. Clôture : 13 mars 2024 [2]",
        "Le 13 mars 2024 [2] (calculé : l'appel est clos depuis 985 jours)",
        "Soit le 3 avril 2024 (calculé à partir de la clôture) [2].",
        "By 3 April 2024 (computed from the closing date) [2].",
    ],
)
def test_what_stands(check: Check, text: str) -> None:
    found = check(text)
    assert found.holds
    assert not found.misnumbered
    assert not found.wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Jusqu'au 14 mars 2024 [2].", "14 mars 2024"),
        ("Jusqu'au 13 mars 2025 [2].", "13 mars 2025"),
        ("Jusqu'au 03/13/2024, le 12/03/2024 [2].", "12/03/2024"),
        ("Écrire à morgan.millon@diplomatie.gouv.fr [3]", "morgan.millon@diplomatie.gouv.fr"),
        ("Appelez le 01 43 17 62 17 [3]", "01 43 17 62 17"),
        ("Le 3 avril 2024 [2].", "3 avril 2024"),
        ("(calculé : écrire à faux@exemple.fr)", "faux@exemple.fr"),
        ("Écrire à faux@exemple.fr (calculé)", "faux@exemple.fr"),
    ],
)
def test_a_wrong_date_or_contact_is_caught(check: Check, text: str, wrong: str) -> None:
    found = check(text)
    assert found.wrong == (wrong,)
    assert not found.holds


@pytest.mark.parametrize(
    ("text", "ungrounded"),
    [
        ("soit 38 % de la population [4]", "38 %"),
        ("4 millions de personnes [4]", "4 millions"),
        ("1 600 € au plus [4]", "1 600 €"),
        ("page 39 [4]", "39"),
        ("dans les quatre semaines [2]", "quatre semaines"),
        ("voir https://exemple.fr/x [2]", "https://exemple.fr/x"),
        ("à 12 h 30 [2]", "12 h 30"),
    ],
)
def test_a_changed_value_is_caught_but_is_no_contact(
    check: Check, text: str, ungrounded: str
) -> None:
    found = check(text)
    assert found.ungrounded == (ungrounded,)
    assert not found.wrong


def test_the_number_of_the_citation_matters(check: Check) -> None:
    found = check("Clôture le 13 mars 2024 [1].")
    assert found.misnumbered == ("13 mars 2024",)
    assert not found.wrong
    assert not check("Du 10 janvier 2024 au 13 mars 2024 [1][2].").misnumbered
    assert not check("Du 10 janvier 2024 au 13 mars 2024 [1, 2].").misnumbered


def test_a_marker_without_its_citation_is_caught(check: Check) -> None:
    found = check("Clôture le 13 mars 2024 [7].")
    assert found.dangling == (7,)
    assert not found.holds


@pytest.mark.parametrize("change", [{"start": 1}, {"end": 10_000}, {"document": "autre"}])
def test_a_quote_off_its_offsets_is_caught(
    change: dict[str, object], regulation: Document, cite: Cite, reply: Reply
) -> None:
    answer = reply("Le 13 mars 2024 [1].", cite(CLOSING, **change))
    assert ground(answer, [], {regulation.id: regulation}).inexact == (1,)


def test_an_empty_quote_is_no_quote(regulation: Document, cite: Cite, reply: Reply) -> None:
    answer = reply("Le 13 mars 2024 [1].", cite("", start=5, end=5))
    found = ground(answer, [], {regulation.id: regulation})
    assert (found.inexact, found.wrong) == ((1,), ("13 mars 2024",))


def test_off_by_one_is_caught(regulation: Document, cite: Cite, reply: Reply) -> None:
    start = regulation.text.index(CLOSING)
    late = cite(CLOSING, start=start + 1, end=start + 1 + len(CLOSING))
    found = ground(reply("Le 13 mars 2024 [1].", late), [], {regulation.id: regulation})
    assert found.inexact == (1,)
    assert not found.wrong  # the passage stands, one character before


def test_an_invented_quote_supports_nothing(regulation: Document, cite: Cite, reply: Reply) -> None:
    invented = cite(CLOSING, quote=CLOSING.replace("13", "15"))
    found = ground(reply("Le 15 mars 2024 [1].", invented), [], {regulation.id: regulation})
    assert found.wrong == ("15 mars 2024",)
    assert found.inexact == (1,)


def test_the_question_and_the_history_may_be_repeated(check: Check) -> None:
    text = "Non, pas le 15 avril : 13 mars 2024 [2]."
    assert check(text).wrong == ("15 avril",)
    assert check(text, "C'est bien le 15 avril 2024 ?").holds
    assert check(text, "Et alors ?", "Le 15 avril ?").holds


def test_the_hand_over_contact_may_be_named(reply: Reply, handoff: Handoff) -> None:
    text = "Je n'ai pas trouvé. Écrivez à referente@exemple.gouv.fr."
    assert ground(reply(text, status="not_in_sources", handoff=handoff), [], {}).holds
    found = ground(reply(text, status="not_in_sources"), [], {})
    assert found.wrong == ("referente@exemple.gouv.fr",)


def test_small_talk_claims_nothing_but_never_invents_a_contact(
    regulation: Document, cite: Cite, reply: Reply
) -> None:
    title = reply("Je réponds sur l'appel « Essai 2024, version du 4 janvier 2024 ».", status="out_of_scope")
    found = ground(title, [], {})
    assert (found.holds, found.wrong) == (None, ())
    cited = reply("Soit 50 % [1].", cite(FIGURES), status="out_of_scope")
    assert ground(cited, [], {regulation.id: regulation}).ungrounded == ("50 %",)
    contact = reply("Écrivez à x@exemple.fr.", status="refused")
    assert ground(contact, [], {}).wrong == ("x@exemple.fr",)


def test_claims_leave_markers_and_list_numbers_out() -> None:
    text = "1. Le 13 mars 2024 [12]\n2) Puis\n- 37 % [3]\n13. März 2025"
    assert [claim.text for claim in find_claims(text)] == ["13 mars 2024", "37 %", "13. März 2025"]
