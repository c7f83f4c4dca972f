"""Another call and another year are near misses: this call's dates must not answer them."""

import numpy as np
import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.topics import PACKED, PassageTopics


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("dates AAP numérique 2031 ?", "not_in_sources"),
        ("What was the deadline in the 2022 edition?", "not_in_sources"),
        ("Quelle était la date limite de l'édition 2023 ?", "not_in_sources"),
        ("Quelle est la date de clôture de l'appel à projets Jeunesse du ministère ?", "out_of_scope"),
        ("Quelle est la date limite de l'appel du fonds conjoint franco-mexicain ?", "out_of_scope"),
        ("What is the deadline for the France-Mexico joint fund call?", "out_of_scope"),
        ("Quand ferme le dispositif Horizon ?", "out_of_scope"),
        ("et lappel jeunesse de la daect il ferme kan ?", "out_of_scope"),
    ],
)
def test_near_misses(assistant: Assistant, question: str, status: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == status and "2024" not in answer.text


def test_own_edition(assistant: Assistant) -> None:
    answer = assistant.ask("Quelle est la date limite de l'édition 2024 ?")
    assert "13 mars 2024" in answer.text


def test_own_call_by_its_name(assistant: Assistant) -> None:
    answer = assistant.ask("Quelle est la date de clôture de l'appel à projets Numérique inclusif ?")
    assert "13 mars 2024" in answer.text


def test_a_passage_matches_the_question_it_answers() -> None:
    rows = np.zeros(2, dtype=PACKED)
    rows["topics"][:, :2] = [[0, 1], [1, 0]]
    rows["probabilities"][:, :2] = [[0.9, 0.1], [0.8, 0.2]]
    topics = PassageTopics(("amount", "closing"), [3, 8], rows.tobytes())
    assert (topics.row(3), topics.row(8)) == (0, 1)
    matches = topics.match({"closing": 1.0})
    assert matches.argmax() == 1 and matches[1] == pytest.approx(0.8, abs=1e-3)
    assert topics.match({}).tolist() == [0.0, 0.0]


def test_standard_questions_place_passages(assistant: Assistant) -> None:
    _, (step,) = assistant.explain("Jusqu'à quand peut-on déposer un dossier ?")
    assert step.retrieval.standard[0][0].id == "closing_date"
    best = max(step.reading.candidates, key=lambda c: c.topic)
    text = assistant.document("numerique-2024", best.unit.document).text
    assert "13 mars 2024" in text[best.parts[0].start : best.parts[-1].end]


@pytest.mark.parametrize("question", [
    "Quelle est la date limite de l'appel à projets jeunesse de la DAECT ?", "et pour l appel sport c'est quand la date limite ?",
    "When is the deadline of the youth call?", "deadline for erasmus+ 2024?",
])  # fmt: skip
def test_a_call_named_by_its_theme_is_another_one(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "out_of_scope"
    assert "2024" not in answer.text


@pytest.mark.parametrize("question", [
    "date limite de l'appel à projets « coopération décentralisée » ?",
    "L'appel porte-t-il sur la culture ?", "L'appel à projets numérique éducation, date limite ?",
    "appel à projets ville intelligente date limite",
])  # fmt: skip
def test_a_theme_within_this_call_is_no_other_call(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status != "out_of_scope"
