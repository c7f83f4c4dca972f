"""Contacts, and sentences with an address that tell a date."""

from __future__ import annotations

import pytest

from assistant.types import Document
from ingest.facts import extract_facts
from ingest.readers.markdown import read_markdown
from ingest.units import build_units

ADDRESS = "vergers@pays.example"
PERSON = f"Mme Jeanne Aubriet, {ADDRESS}, 01 70 00 10 20"


def read(text: str) -> tuple[list[tuple[str, str]], dict[tuple[str, str], str]]:
    """(kind, text) of the units of a paragraph, and the labels of their facts by kind and value."""
    structure = read_markdown(f"# Titre\n\n## Contacts\n\n{text}")
    document = Document("d", "D", "regulation", "fr", None, structure.text, structure.sections)
    units = [unit for unit in build_units(document, structure) if not unit.composite]
    shown = [(u.kind, structure.text[u.span.start : u.span.end]) for u in units[2:]]
    return shown, {(f.kind, f.value): f.label for f in extract_facts(document, units)}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (f"Les dossiers sont à adresser à {ADDRESS} avant le 2 avril 2027 minuit.", "2027-04-02"),
        (f"Inscription au plus tard le lundi 3 mai 2027 : {ADDRESS}", "2027-05-03"),
        (f"La réunion a lieu le 4 mai 2027 (renseignements : {ADDRESS})", "2027-05-04"),
        (f"Dépôt par courriel à {ADDRESS} jusqu'à fin juin 2027", "2027-06"),
    ],
)
def test_a_sentence_with_an_address_and_a_date_is_no_contact(text: str, date: str) -> None:
    units, facts = read(text)
    assert units == [("paragraph", text)]
    assert ("date", date) in facts or ("month", date) in facts
    assert ("email", ADDRESS) in facts


def test_a_contact_and_the_sentence_after_it_stand_apart() -> None:
    said = "Les questions sont reçues jusqu'au 16 avril 2027."
    units, facts = read(f"Pour toute question : {PERSON}. {said}")
    assert units == [("contact", f"Pour toute question : {PERSON}."), ("paragraph", said)]
    assert facts["date", "2027-04-16"] == said.rstrip(".")
    assert facts["person", "Mme Jeanne Aubriet"].startswith("Pour toute question")


@pytest.mark.parametrize(
    "text",
    [
        f"Pour toute question : {PERSON}.",
        f"{PERSON} (du lundi au vendredi, de 9 h à 12 h). Réponse sous deux jours.",
        f"{PERSON} (absente du 3 au 7 mai 2027).",
    ],
)
def test_a_contact_stays_whole(text: str) -> None:
    units, facts = read(text)
    assert units == [("contact", text)]
    assert (("date", "2027-05-07") in facts) == ("2027" in text)
