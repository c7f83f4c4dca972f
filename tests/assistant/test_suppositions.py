"""What a question supposes is held against the sources: the day, the person, the number."""

from __future__ import annotations

import pytest

from assistant.answering.assistant import Assistant


@pytest.mark.parametrize("question", [
    "Peut-on déposer le 12 mars 2024 ?", "Puis-je déposer mon dossier le 5 février ?", "Peut-on candidater le 10 janvier 2024 ?",
    "Can I submit my application on 1 March 2024?", "Kann ich am 1. März einreichen?", "¿Puedo presentar la solicitud el 1 de marzo?",
])  # fmt: skip
def test_a_day_between_opening_and_closing_is_not_denied(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert {"10 janvier 2024", "13 mars 2024"} <= {c.quote.split("\t")[-1] for c in answer.citations}
    assert not answer.text.startswith(("Non", "No", "Nein"))


@pytest.mark.parametrize(("question", "told"), [
    ("Peut-on déposer le 14 mars 2024 ?", "13 mars 2024"),
    ("Peut-on candidater le 5 janvier ?", "10 janvier 2024"),
    ("Can I submit my application on 20 March 2024?", "13 March 2024"),
])  # fmt: skip
def test_a_day_before_or_after_is_denied_with_the_end_that_it_misses(
    assistant: Assistant, question: str, told: str
) -> None:
    text = assistant.ask(question).text
    assert text.startswith(("Non, pas", "No, not"))
    assert told in text


@pytest.mark.parametrize("question", ["Peut-on déposer le 13 mars 2024 ?", "Est-ce trop tard le 14 mars ?"])
def test_where_yes_or_no_would_mislead_the_date_is_told_alone(assistant: Assistant, question: str) -> None:
    text = assistant.ask(question).text
    assert "13 mars 2024" in text
    assert not text.startswith(("Non", "Oui"))


@pytest.mark.parametrize(("question", "wrong"), [
    ("Le téléphone de Morgane Millon est bien le 01 43 17 62 17 ?", "01 43 17 62 17"),
    ("Le mail de Marc Laget c'est marc.laget@anct.fr ?", "marc.laget@anct.fr"),
])  # fmt: skip
def test_a_wrong_number_is_denied(assistant: Assistant, question: str, wrong: str) -> None:
    assert assistant.ask(question).text.startswith(f"Non, pas {wrong}")


def test_a_right_number_and_ones_own_are_not_denied(assistant: Assistant) -> None:
    right = "Le téléphone de Morgane Millon est bien le 01 43 17 62 71 ?"
    own = "Qui contacter ? Vous pouvez me rappeler au 06 00 00 00 00."
    assert not any("Non" in assistant.ask(question).text for question in (right, own))


def test_somebodys_number_is_not_confirmed_as_that_of_another(assistant: Assistant) -> None:
    assert assistant.ask("Le numéro de l'ANCT c'est le 01 43 17 62 71 ?").status == "not_in_sources"


def test_the_person_for_a_subject_stands_beside_the_one_supposed(assistant: Assistant) -> None:
    text = assistant.ask("Tiers-lieux : c'est Céline Colucci le contact ?").text
    assert "Marc.LAGET@anct.gouv.fr" in text


def test_both_ends_are_told_when_both_are_asked(assistant: Assistant) -> None:
    text = assistant.ask("Fenêtre de candidature : premier et dernier jour").text
    assert "10 janvier 2024" in text
    assert "13 mars 2024" in text


def test_what_is_near_small_talk_is_off_topic_only_when_it_may_be_that(assistant: Assistant) -> None:
    assert assistant.ask("Peut-on candidater à deux communes françaises ensemble ?").status == "not_in_sources"


def test_a_day_of_something_else_is_not_that_of_applying(assistant: Assistant) -> None:
    question = "Notre conseil se réunit le 11 mars : pourrons-nous déposer le lendemain ?"
    assert not assistant.ask(question).text.startswith(("Oui", "Non"))
