"""Questions about a person that no regulation is to answer."""

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.personal import own_fate
from assistant.answering.question import Question


def asked(text: str) -> Question:
    return Question(text, text, "fr", "", "open", frozenset(), (), ())


@pytest.mark.parametrize("question", [
    "Notre projet de médiation sera-t-il retenu ?",
    "Will our project on digital inclusion be selected?",
])  # fmt: skip
def test_the_fate_of_ones_own_project_is_for_a_person(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_in_sources", answer.text
    assert answer.handoff is not None
    assert {citation.quote for citation in answer.citations} <= {answer.text} | {
        citation.quote for citation in answer.citations if answer.handoff.email in citation.quote
    }


@pytest.mark.parametrize("question", [
    "Quelle est l'adresse personnelle de Morgane Millon ?",
    "What is Morgane Millon's home address?",
])  # fmt: skip
def test_nobodys_private_address_is_told(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status == "not_in_sources"


@pytest.mark.parametrize(("question", "fate"), [
    ("Mon dossier va-t-il être accepté ?", True),
    ("Will our application be accepted?", True),
    ("¿Será seleccionado nuestro proyecto?", True),
    ("Wird unser Antrag angenommen?", True),
    ("Ma note d'intention n° 27-0143 est-elle présélectionnée ?", True),
    ("j'ai eu combien comme note a mon dossier svp", True),
    ("jai eu combien comme note a mon dossier s'il vous plaît", True),
    ("on a eu combien au critère 2 ?", True),
    ("Mon dossier n° TS-27-0318 a-t-il été jugé recevable ?", True),
    ("La directrice a-t-elle accepté de revoir mon dossier ?", True),
    ("Avez-vous bien reçu notre mail d'hier ?", True),
    ("Où en est notre candidature ?", True),
    ("Did you receive my application?", True),
    # A rule is asked for:
    ("Notre demande a été refusée, que peut-on faire ?", False),
    ("Un partenaire a accepté notre proposition, peut-il être chef de file ?", False),
    ("On a reçu une note sur notre projet, peut-on la contester ?", False),
    ("À qui demander où en est notre paiement ?", False),
    ("Notre projet est-il éligible ?", False),
    ("Comment saurons-nous que notre dossier est arrivé ?", False),
    ("Will our application be accepted if it is sent after the deadline?", False),
    ("Notre dossier sera-t-il accepté même sans partenaire ?", False),
    ("Notre commune sera-t-elle acceptée comme chef de file ?", False),
    ("Quels projets seront retenus ?", False),
])  # fmt: skip
def test_fate_and_rule_are_told_apart(question: str, fate: bool) -> None:
    assert own_fate(asked(question)) is fate


def test_the_call_itself_is_still_answered(assistant: Assistant) -> None:
    assert "trois semaines" in assistant.ask("Quand les projets seront-ils choisis ?").text
    assert "morgane.millon@diplomatie.gouv.fr" in assistant.ask("Quel est le mail de Morgane Millon ?").text
