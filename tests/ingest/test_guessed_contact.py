"""Who is taken for the contact of a new call: a person or a body beside the address, not its mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.call import load_call
from assistant.types import Document
from ingest.facts import extract_facts
from ingest.names import find_bodies, find_persons
from ingest.new_call import new_call
from ingest.readers.formats import read_source
from ingest.units import build_units
from tests.ingest.test_office import cell, docx, p

TITLE = "# Appel à projets « Été »\n\nLa Région Haute-Plaine lance cet appel.\n\n## Contact\n\n"


@pytest.mark.parametrize(
    ("text", "name", "email", "phone", "contacts"),
    [
        ("Pour toute question : Service Culture, Mme Jeanne Dupré, culture@ville.example, 01 23 45 67 89",
         "Jeanne Dupré", "culture@ville.example", "01 23 45 67 89", 1),
        ("Contact : Direction des mobilités – contact@region.example", "Direction des mobilités", "contact@region.example", None, 1),
        ("Contact : aap-2027@region.example", "La Région Haute-Plaine", "aap-2027@region.example", None, 1),
        ("Votre contact :\n\nM. Yves d'Arvor\n\nChargé de mission\n\nCourriel : contact@a.example\n\nTéléphone : 05 56 00 00 00",
         "Yves d'Arvor", "contact@a.example", "05 56 00 00 00", 1),
        ("- Questions administratives : Sophie Le Goff – appel@a.example – 02 40 00 00 00\n- Portail : aide@a.example",
         "Sophie Le Goff", "appel@a.example", "02 40 00 00 00", 2),
        ("| Objet | Qui | Courriel | Téléphone |\n| - | - | - | - |\n| Portail | Ali Ben Salem | portail@a.example | 01 00 00 00 01 |\n"
         "| Règlement | Léa Bonnet | appel@a.example | 01 44 00 00 02 |", "Léa Bonnet", "appel@a.example", "01 44 00 00 02", 2),
        ("Pour le règlement : Aymeric Lachaume, aap@a.example, 01 40 00 18 60. Pour le groupe A : Zoé Roy, zoe@a.example.",
         "Aymeric Lachaume", "aap@a.example", "01 40 00 18 60", 2),
        ("Les droits prévus par le RGPD sont exercés auprès de rgpd@a.example.\n\nPour toute question, écrire à Marc Petit (aap@a.example).",
         "Marc Petit", "aap@a.example", None, 2),
    ],
)  # fmt: skip
def test_the_contact_of_a_call(
    tmp_path: Path, text: str, name: str, email: str, phone: str | None, contacts: int
) -> None:
    source = tmp_path / "r.md"
    source.write_text(TITLE + text + "\n", encoding="utf-8")
    made = new_call(tmp_path / "corpus", "essai", source)
    found = load_call(tmp_path / "corpus", "essai").handoff
    assert (found.name, found.email, found.phone) == (name, email, phone)
    assert made.contacts == contacts
    toml = (made.folder / "call.toml").read_text(encoding="utf-8")
    assert f'name = "{name}" # à confirmer' in toml


def test_a_table_of_contacts_in_word(tmp_path: Path) -> None:
    rows = (("Territoire", "Interlocuteur", "Courriel"), ("Nord", "Paul Martin", "nord@a.example"))
    table = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    source = tmp_path / "r.docx"
    source.write_bytes(docx(p("Règlement", "Titre") + p("Contacts", "Titre1") + f"<w:tbl>{table}</w:tbl>"))
    made = new_call(tmp_path / "corpus", "essai", source)
    assert load_call(tmp_path / "corpus", "essai").handoff.name == "Paul Martin" and made.contacts == 1


def test_a_person_is_told_from_a_body() -> None:
    text = "Contact Jean Petit, Ville de Paris, 3 rue Victor Hugo, M. Roy et Mme Ana d'Arc, bureau du Maire"
    assert [name.text for name in find_persons(text)] == ["Jean Petit", "M. Roy", "Mme Ana d'Arc"]
    assert [name.text for name in find_bodies(text)] == ["Ville de Paris"]


def test_the_person_of_a_contact_is_not_the_service_before_it(tmp_path: Path) -> None:
    source = tmp_path / "r.md"
    source.write_text("Contact : Service Culture, Mme Jeanne Dupré, culture@ville.example", encoding="utf-8")
    read = read_source(source)
    document = Document("r", "", "regulation", "fr", None, read.text, read.sections, read.pages)
    persons = [f.value for f in extract_facts(document, build_units(document, read)) if f.kind == "person"]
    assert persons == ["Mme Jeanne Dupré"]
