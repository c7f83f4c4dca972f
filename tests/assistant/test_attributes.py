"""What is asked of a body, a document or an event, and which passages tell it (answers: test_near_misses.py)."""

import pytest

from assistant.answering.attributes import attributes


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
