"""A question that refers to the sentence before is read with it; one that says enough itself is read alone."""

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.understand import understand

WORKSHOP = "On a plein de vieux PC et on pense à une filière de reconditionnement avec une entreprise d'insertion."


@pytest.mark.parametrize(
    ("before", "last", "together"),
    [
        (WORKSHOP, "Ça correspond à quelque chose dans vos exemples d'actions ?", True),
        (WORKSHOP, "Une telle opération figure-t-elle parmi les actions citées ?", True),
        ("Our NGO helps pupils use tablets.", "Would such an activity fit the inclusive strand?", True),
        ("Nos élus ne connaissent rien à l'informatique.", "Un projet pour les former pourrait-il convenir ?", True),
        ("Hacemos talleres digitales para mayores.", "¿Esa actividad encaja en el ámbito inclusivo?", True),
        # These say what they ask, and "this call" stands for no sentence.
        (WORKSHOP, "Quelle est la date limite de dépôt des candidatures ?", False),
        (WORKSHOP, "À qui cet appel à projets ultramarin est-il destiné ?", False),
        ("I work for a small town.", "Until which day is this call open for applications?", False),
    ],
)
def test_the_sentence_before(assistant: Assistant, before: str, last: str, together: bool) -> None:
    index = assistant.index(assistant.default_call)
    question = understand(f"{before} {last}", (), index).parts[0]
    assert question.plain == (f"{before} {last}" if together else last)


@pytest.mark.parametrize("question", [
    f"{WORKSHOP} Ça correspond à quelque chose dans vos exemples ?",
    "Notre ville gère une ressourcerie et sa ville jumelle voudrait la même. Est-ce que ça rentre dans l'esprit de l'appel ?",
])  # fmt: skip
def test_what_it_refers_to_is_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained
    assert any(word in answer.text for word in ("recyclage", "ressourceries", "s'inscrit totalement")), answer.text
