"""The opening date is never given for the closing date, nor the other way round."""

import pytest

from assistant.answering.assistant import Assistant

OPENING, CLOSING = "10 janvier 2024", "13 mars 2024"


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("Bis wann kann man sich bewerben?", CLOSING, OPENING),
        ("¿Hasta cuándo se puede presentar?", CLOSING, OPENING),
        ("Até quando posso candidatar-me?", CLOSING, OPENING),
        ("When does the window for applications shut?", CLOSING, OPENING),
        ("L'appel est-il toujours ouvert ?", CLOSING, OPENING),
        ("Jusqu'à quand peut-on candidater ?", CLOSING, OPENING),
        ("Wann beginnt die Ausschreibung?", OPENING, CLOSING),
        ("Quand est-ce que ça ouvre ?", OPENING, CLOSING),
    ],
)
def test_one_end_is_asked(assistant: Assistant, question: str, said: str, unsaid: str) -> None:
    answer = assistant.ask(question)
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert said in quotes and unsaid not in quotes


def test_both_ends_are_asked(assistant: Assistant) -> None:
    answer = assistant.ask("Quelles sont les dates de début et de fin de la période de candidature ?")
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert OPENING in quotes and CLOSING in quotes


def test_both_ends_are_asked_in_a_sentence_of_its_own(assistant: Assistant) -> None:
    answer = assistant.ask("L'appel avait ouvert quel jour et il ferme quel jour ?")
    assert OPENING in answer.text and CLOSING in answer.text
