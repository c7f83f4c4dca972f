"""Who writes in a language that we speak is answered in it; the quotes stay as the sources have them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.prototypes import topics
from assistant.answering.texts import SPOKEN, phrases, say
from assistant.answering.verify import problems
from assistant.clock import stopped_clock
from assistant.desk.texts import letter_texts
from assistant.embedding import Embedder
from assistant.settings import Settings

_PLACE = re.compile(r"\{\w+\}")


def test_the_languages_of_applicants_are_spoken() -> None:
    assert {"fr", "en", "es", "pt", "de", "ar"} <= set(SPOKEN)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_phrase_book_says_all_that_the_french_one_says(language: str) -> None:
    own, french = phrases(language), phrases("fr")
    assert list(own) == list(french)
    for key, phrase in own.items():
        assert sorted(_PLACE.findall(phrase)) == sorted(_PLACE.findall(french[key])), key
    letter, french = letter_texts(language), letter_texts("fr")
    assert list(letter) == list(french)
    for key, phrase in letter.items():
        assert set(_PLACE.findall(phrase)) | {"{reasons}"} >= set(_PLACE.findall(french[key])), key


@pytest.mark.parametrize("language", SPOKEN)
def test_what_is_missing_passes_the_gate_in_every_language(assistant: Assistant, language: str) -> None:
    index = assistant.index("numerique-2024")
    for topic in topics().values():
        for phrase in ("missing", "missing_unsure"):
            text = say(language, phrase, topic=topic.missing[language])
            assert problems(text, (), "not_in_sources", "", index, language) == [], text


@pytest.mark.parametrize(
    ("language", "question", "date"),
    [
        ("es", "¿Cuál es la fecha límite para presentar la candidatura?", "13 de marzo de 2024"),
        ("pt", "Qual é o prazo para apresentar a candidatura?", "13 de março de 2024"),
        ("de", "Bis wann kann man sich bewerben?", "13. März 2024"),
        ("ar", "ما هو آخر موعد لتقديم الملفات؟", "13 مارس 2024"),
        ("it", "Qual è la scadenza per presentare la domanda?", "13 marzo 2024"),
    ],
)
def test_a_deadline_is_told_in_the_language_asked(
    settings: Settings, embedder: Embedder, assistant: Assistant, language: str, question: str, date: str
) -> None:
    before = stopped_clock(datetime(2024, 3, 1, 12, tzinfo=ZoneInfo("Europe/Paris")))
    answer = Assistant(settings, embedder, before).ask(question)
    assert answer.status == "answered"
    assert answer.language == language
    assert date in answer.text
    assert say(language, "days_left", days="12") in answer.text
    assert "13 mars 2024" in answer.citations[0].quote


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Villes Internet was founded in 2012, wasn't it?"),
        ("es", "Villes Internet se creó en 2012, ¿verdad?"),
        ("pt", "A Villes Internet foi criada em 2012, certo?"),
        ("de", "Villes Internet wurde 2012 gegründet, oder?"),
    ],
)
def test_what_is_taken_for_granted_is_corrected(assistant: Assistant, language: str, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.language == language
    assert say(language, "correction", said="2012", quote="", mark="")[:12] in answer.text
    assert "2002" in answer.text


def test_what_is_put_into_arabic_keeps_its_order(assistant: Assistant) -> None:
    answer = assistant.ask("كم يبلغ مبلغ المنحة؟")
    assert answer.status == "not_in_sources"
    who = "Morgane MILLON, morgane.millon@diplomatie.gouv.fr, 01 43 17 62 71"
    assert f"\u2068{who}\u2069 \u2068[1]\u2069" in answer.text  # isolates: UAX 9


@pytest.mark.parametrize("language", ["en", "es", "pt", "de", "ar"])
def test_a_list_is_introduced_in_the_language_asked(assistant: Assistant, language: str) -> None:
    question = {
        "en": "Which examples of actions are given for responsible digital technology?",
        "es": "¿Qué ejemplos de acciones se dan para lo digital responsable?",
        "pt": "Que exemplos de ações para o digital responsável são dados?",
        "de": "Welche Beispiele für Aktionen im verantwortungsvollen Digitalen werden genannt?",
        "ar": "ما هي أمثلة الإجراءات في مجال الرقمية المسؤولة؟",
    }[language]
    answer = assistant.ask(question)
    assert answer.language == language and "\n- " in answer.text
    assert answer.text.startswith(say(language, "listed"))
