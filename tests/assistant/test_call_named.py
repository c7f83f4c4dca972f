"""The title of the call is not what is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.answering.call_named import without_title
from assistant.words import tokens

TITLE = "Appel à projets « Rivages et forêts vivantes » 2027"
WORDS = ("appel", "AAP", "rivages", "et", "forêts", "vivantes", "«", "»", "de", "l'", "date", "limite", "?", ":")


@pytest.mark.parametrize(("text", "rest"), [
    ("Quelle est la date limite de l'AAP « Rivages et forêts vivantes » ?", "Quelle est la date limite de l'AAP?"),
    ("date limite de l'appel à projets rivages et forêt svp", "date limite de l'appel à projets svp"),
    ('When does the call "Rivages et forêts vivantes" close?', "When does the call close?"),
    # Nothing would be left to ask, or it is no name.
    ("L'appel à projets Rivages et forêts vivantes", "L'appel à projets Rivages et forêts vivantes"),
    ("Qu'appelez-vous des forêts vivantes ?", "Qu'appelez-vous des forêts vivantes ?"),
    ("L'appel finance-t-il les forêts vivantes ?", "L'appel finance-t-il les forêts vivantes ?"),
])  # fmt: skip
def test_words_of_the_title_behind_the_call(text: str, rest: str) -> None:
    assert " ".join(without_title(text, TITLE).split()) == rest


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_only_words_of_the_title_are_taken_out(text: str) -> None:
    rest = without_title(text, TITLE)
    kept = tokens(rest)
    assert kept == tokens(text) or len(kept) < len(tokens(text))
    for word in ("date", "limite"):
        assert kept.count(word) == tokens(text).count(word)


@pytest.mark.parametrize("question", [
    "Quelle est la date limite de l'AAP « Numérique inclusif et responsable » ?",
    "date limite de l'appel numerique responsable ?",
    "bjr, c kan la limite pr lAAP Numérique Inclusif et Responsable svp ?",
    'What is the deadline of the call "Numérique inclusif et responsable"?',
])  # fmt: skip
def test_the_call_named_by_its_title(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "2024" in answer.text and not answer.abstained, answer.text


@pytest.mark.parametrize("question", [
    "À qui s'adresse l'appel à projets ?",
    "À qui s'adresse l'appel à projets « Numérique inclusif et responsable » ?",
])  # fmt: skip
def test_whom_the_call_is_for_is_not_whom_to_ask(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "collectivités" in answer.text and "@" not in answer.text, answer.text
