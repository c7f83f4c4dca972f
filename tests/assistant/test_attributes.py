"""What is asked of a body, a document or an event is answered only where it is told."""

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.attributes import attributes


@pytest.mark.parametrize("question", [
    "Combien de pages fait le Handbook on Smart Urban Innovations ?",
    "Combien de fiches contient l'Atlas français de la coopération décentralisée ?",
    "guide Smart city IDDRI : année de parution",
    "Quelle dotation reçoit le gagnant du concours « Start-up interconnectée » ?",
    "Which start-up won the contest run by Les Interconnectés?",
    "Seit wann gibt es das Institut IDDRI?",
    "Quelle est la fonction exacte de Caroline Xu ?",
    "Qui était Défenseur des droits au moment du rapport de 2019 ?",
])  # fmt: skip
def test_what_no_passage_tells_is_left_open(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status == "not_in_sources"


@pytest.mark.parametrize(("question", "told"), [
    ("Combien de collectivités sont membres de Villes Internet ?", "460"),
    ("Depuis quand l'association Villes Internet existe-t-elle ?", "2002"),
    ("Quelle part de la population des PMA n'a jamais utilisé Internet ?", "¾"),
    ("Les études de faisabilité sont-elles au nombre des actions possibles ?", "faisabilité"),
])  # fmt: skip
def test_what_is_told_is_answered(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained and told in answer.text, answer.text


@pytest.mark.parametrize(("id_", "asked", "telling", "silent"), [
    ("number", "combien de villes participent ?", "Il réunit onze villes.", "Il soutient des villes."),
    ("extent", "combien de pages fait le guide ?", "Il compte 40 pages.", "Ses 3 parties sont en ligne."),
    ("founding", "en quelle année a-t-il été créé ?", "Créé en 1998, il aide les communes.", "Il aide les communes."),
    ("price", "combien coûte l'adhésion ?", "L'adhésion est gratuite.", "On adhère en ligne."),
    ("holder", "comment s'appelle la présidente du jury ?", "Il est présidé par Mme Odile Marchand.", "Le jury est présidé par le directeur."),
    ("share", "quelle part est prise en charge ?", "La moitié est prise en charge.", "Elle est prise en charge."),
    ("age", "quel est l'âge minimum ?", "Les jeunes ont 16 ans révolus.", "Tous peuvent candidater."),
])  # fmt: skip
def test_which_passages_tell(id_: str, asked: str, telling: str, silent: str) -> None:
    attribute = next(one for one in attributes() if one.id == id_)
    assert attribute.is_asked(asked)
    assert attribute.told(telling) and not attribute.told(silent)


def test_the_listed_attributes_have_something_to_look_for() -> None:
    assert len({one.id for one in attributes()}) == len(attributes())
    assert all(one.words or one.value for one in attributes())
