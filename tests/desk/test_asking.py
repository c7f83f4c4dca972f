"""What is heard in a sentence of a mail, beyond what the rules know."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.desk.asking import Listener, stated
from assistant.desk.questions import Form, find_questions
from assistant.embedding import Embedder

SENTENCES = Path(__file__).parents[2] / "evals" / "mails" / "sentences.yaml"


class _Renamed:
    """The embedder under a name that the regressions were not made for."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = "another"
        self.encode = embedder.encode


@pytest.fixture(scope="module")
def listener(embedder: Embedder) -> Listener:
    return Listener(embedder)


@pytest.mark.parametrize("sentence", [
    "Un point reste obscur : le rôle du comité.", "Subsiste une zone d'ombre quant au calendrier.",
    "We have no idea whom to call about this.", "Nos queda la duda de quién firma la solicitud.",
    "Toute indication sur la composition du jury nous serait utile.",
])  # fmt: skip
def test_what_no_rule_knows_is_heard(listener: Listener, sentence: str) -> None:
    assert not stated(sentence)
    assert listener.hears([sentence]) == [True]


@pytest.mark.parametrize("sentence", [
    "Notre ville compte 3 000 habitants.", "Je vous remercie de votre aide.", "Nous travaillons avec Dakar depuis dix ans.",
    "Best regards from Leeds.", "Comment allez-vous ?", "Pouvez-vous traiter cette demande ?",
])  # fmt: skip
def test_what_is_only_told_is_not(listener: Listener, sentence: str) -> None:
    assert listener.hears([sentence]) == [False]


def test_most_sentences_that_call_for_a_person_are_heard(listener: Listener) -> None:
    kinds = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    calls = [listener.calls_for_person(text) for texts in kinds["person"].values() for text in texts]
    others = [listener.calls_for_person(text) for text in kinds["ask"] + kinds["tell"]]
    assert sum(calls) >= 0.7 * len(calls) and sum(others) <= 0.05 * len(others)


def test_another_embedder_leaves_the_rules_alone(embedder: Embedder) -> None:
    other = Listener(_Renamed(embedder))  # type: ignore[arg-type]
    text = "Un point reste obscur : le rôle du comité."
    assert other.hears([text, "Quand ?"]) == [stated(text), True] == [False, True]
    assert not other.calls_for_person("Notre avocat prendra contact avec vous.")


def test_whether_a_project_fits_is_asked_by_the_project(listener: Listener) -> None:
    told = "Nous voulons équiper trois écoles de tablettes."
    (asked,) = find_questions(f"{told} Ce type de projet entre-t-il dans vos critères ?", listener)
    assert asked.forms[0] == Form(told)
    assert Form(asked.text, told) in asked.forms
    (own,) = find_questions(f"{told} Les écoles peuvent-elles être équipées ?", listener)
    assert own.forms == (Form(own.text),)


@pytest.mark.parametrize(("text", "question", "before"), [
    ("Vous citez un réseau de villes. Quels thèmes traite-t-il ?", "Quels thèmes traite-t-il ?", "Vous citez un réseau de villes."),
    ("Qu'attend-on du volet social ? Et du volet sportif ?", "Et du volet sportif ?", "Qu'attend-on du volet social ?"),
    ("On nous dit que le guichet est clos. C'est faux, non ?", "C'est faux, non ?", "On nous dit que le guichet est clos."),
])  # fmt: skip
def test_a_question_that_goes_on_is_asked_after_what_it_goes_on_from(
    listener: Listener, text: str, question: str, before: str
) -> None:
    asked = find_questions(text, listener)[-1]
    assert asked.text == question
    assert Form(question, before) in asked.forms


@pytest.mark.parametrize(("text", "count"), [
    ("bonjour est ce qu on peut venir a plusieurs", 1),
    ("Pour une note, quelle est la durée et depuis quand le réseau existe-t-il ?", 2),
    ("Confirmez-nous deux points : d'une part que la formation est admise, d'autre part que le public est libre.", 2),
    ("Faut-il le faire avant, et avez-vous la liste des contacts ?", 2),
    ("J'ai perdu l'adresse de Mme Durand, pourriez vous me la redonner.", 1),
    ("Voici les précisions que nous aimerions obtenir :\n- la date de clôture ;\n- le nom du contact.", 2),
])  # fmt: skip
def test_number_of_questions_heard(listener: Listener, text: str, count: int) -> None:
    assert len(find_questions(text, listener)) == count, [asked.text for asked in find_questions(text, listener)]
