"""A pronoun in a mail stands for the name that was said last, where the sources know it."""

from __future__ import annotations

import pytest

from assistant.answering.assistant import Assistant
from assistant.desk.referents import referent

_ASTON = "Our friends in France told us that your call refers to a network of African cities called ASToN."


@pytest.mark.parametrize(
    ("question", "earlier", "subject", "name"),
    [
        ("Could you tell us how many cities belong to it?", _ASTON, "", "ASToN"),
        ("Depuis quand existe-t-elle ?", "On aimerait mieux la situer.", "Villes Internet : on adhère ?", "Villes Internet"),
        ("On leur écrit à quelle adresse ?", "", "L'ANCT, qui est-ce au juste", "ANCT"),
        ("De quels organismes l'agence est-elle issue ?", "Nous travaillons avec l'ANCT.", "", "ANCT"),
        ("À quelle adresse mail la joindre ?", "Notre élue veut adhérer à Villes Internet.", "", "Villes Internet"),
        ("Quelle est son adresse de contact ?", "Combien de membres compte Villes Internet ?", "", "Villes Internet"),
        ("Qui dois-je contacter ?", "Je cherche une adresse générale à l'ANCT.", "", "ANCT"),
        ("Qui dois-je contacter ?", "Nous travaillons avec l'ANCT.", "", ""),
        ("L'adresse de contact ?", "L'année de création de l'association ?", "Villes Internet", "Villes Internet"),
        ("L'adresse de contact de la référente ?", "", "Villes Internet", ""),
        ("Qui y répond aux questions générales ?", "De quelles structures l'ANCT est-elle née ?", "", "ANCT"),
        ("La personne qui suit cet appel chez eux ?", "Nous sommes Petites villes de demain et travaillons avec l'ANCT.", "Qui contacter à l'ANCT ?", "ANCT"),
        ("Wie lautet Ihre Adresse?", "Wir kennen Villes Internet.", "", ""),
        # Nothing is meant but the question itself, or what it names.
        ("Est-il possible de candidater seul ?", _ASTON, "", ""),
        ("Combien de villes compte le réseau ASTON, et leur contact ?", "Nous aimons Villes Internet.", "", ""),
        # Two names, or none that the sources know.
        ("Depuis quand existent-elles ?", "Je parle de Villes Internet et des Interconnectés.", "", ""),
        ("Who runs it?", "Our mayor met the people of Kumasi Hub.", "", ""),
        # Countries and whom the mail goes to are no such name.
        ("How many cities belong to it?", "We are in France and thank Morgane MILLON.", "", ""),
    ],
)
def test_what_a_pronoun_stands_for(
    assistant: Assistant, question: str, earlier: str, subject: str, name: str
) -> None:
    assert referent(question, earlier, subject, assistant.index("numerique-2024")) == name
