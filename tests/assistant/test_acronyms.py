"""Acronyms: asked for, and spelled out by the sources or not."""

import pytest

from assistant.answering.acronyms import acronym_asked, spelled_out
from assistant.answering.assistant import Assistant


@pytest.mark.parametrize(
    ("question", "acronym"),
    [
        ("Que veut dire ABCD ?", "ABCD"),
        ("signification du sigle ABCD", "ABCD"),
        ("What does ABCD stand for?", "ABCD"),
        ("¿Qué significa ABCD?", "ABCD"),
        ("Que fait l'ABCD ?", None),
        ("Que veut dire la fracture numérique ?", None),
    ],
)
def test_the_acronym_that_is_asked(question: str, acronym: str | None) -> None:
    assert acronym_asked(question) == acronym


@pytest.mark.parametrize(
    ("acronym", "text", "expected"),
    [
        ("AAP", "candidater à cet appel à projets (AAP) avant la date", True),
        ("PFUE", "la présidence française du Conseil de l'Union européenne (PFUE), la France", True),
        ("PNUD", "PNUD : Programme des Nations unies pour le développement", True),
        ("PNUD", "Le PNUD, qui soutient les villes (voir plus bas)", False),
        ("DAE", "les partenaires de la DAE (2018) et de l'État", False),
        ("DAE", "Le rapport annuel (DAE)", False),
        ("RVD", "Zoom Réseau des Villes Durables : créé en 2014, le « RVD » réunit 79 villes", True),
        ("RVD", "Zoom Réseau de villes : créé en 2014, le « RVD » réunit 79 villes", False),
        ("RV", "Le Réseau des Villes, aussi appelé « RV »", False),
    ],
)
def test_what_is_spelled_out(acronym: str, text: str, expected: bool) -> None:
    assert spelled_out(acronym, [text]) is expected


def test_an_acronym_that_the_sources_never_spell_out_is_not_explained(assistant: Assistant) -> None:
    assert assistant.ask("Que veut dire le sigle CNCD ?").status == "not_in_sources"
    assert not assistant.ask("Que veut dire le sigle PFUE ?").abstained


def test_one_of_a_numbered_kind_is_no_acronym(assistant: Assistant) -> None:
    assert acronym_asked("Que signifie ODD ?") == "ODD"
    assert acronym_asked("Que signifie ODD 17 ?") is None
    assert "Partenariat" in assistant.ask("Que signifie ODD 17 ?").text
