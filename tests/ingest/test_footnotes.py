"""Footnotes stand in the section that calls them, or in none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.markdown import read_markdown
from ingest.structure import Structure
from tests.ingest.test_office import ODT, docx, odt, p, read

NOTE = "Note du règlement."
LAST = '<text:h text:outline-level="2">Contacts</text:h><text:p>Écrire en mairie.</text:p></office:text>'
WORD = (
    p("Règlement", "Titre") + p("Objet", "Titre1")
    + p("Le règlement fixe les aides.", after='<w:r><w:footnoteReference w:id="1"/></w:r>')
    + p("Elles sont annuelles.") + p("Contacts", "Titre1") + p("Écrire en mairie.")
)  # fmt: skip


def homes(structure: Structure) -> list[tuple[str, list[str]]]:
    """(heading of its own section, headings of all sections around it) of each footnote."""
    def heading(number: int | None) -> str:
        return "" if number is None else structure.text[slice(*_ends(structure, number))]

    return [
        (heading(b.section), [heading(s.ordinal) for s in structure.sections if s.span.start <= b.span.start < s.span.end])
        for b in structure.blocks if b.kind == "footnote"
    ]  # fmt: skip


def _ends(structure: Structure, number: int) -> tuple[int, int]:
    span = structure.sections[number].heading
    return span.start, span.end


@pytest.mark.parametrize(
    ("name", "data", "heading"),
    [("a.docx", docx(WORD), "Article 1 – Objet"), ("a.odt", odt(ODT.replace("</office:text>", LAST)), "Objet")],
)
def test_a_note_stands_at_the_end_of_its_section(tmp_path: Path, name: str, data: bytes, heading: str) -> None:
    structure = read(tmp_path, name, data)
    assert homes(structure) == [(heading, [heading])]
    (offset,) = structure.note_calls.values()
    assert structure.text[:offset].rstrip(".").endswith("fixe les aides")
    assert structure.text.count(NOTE) == 1
    assert structure.text.index(NOTE) < structure.text.index("Contacts")


def test_a_note_that_nothing_calls_is_kept(tmp_path: Path) -> None:
    structure = read(tmp_path, "a.docx", docx(p("Règlement", "Titre") + p("Objet", "Titre1") + p("Texte.")))
    assert homes(structure) == [("", [])] and structure.text.endswith(NOTE)


def test_notes_at_the_end_are_not_those_of_the_last_section() -> None:
    structure = read_markdown("# Titre\n\n## Objet\n\nLes aides[^1].\n\n## Contacts\n\nÉcrire.\n\n[^1]: Une note.\n")
    assert homes(structure) == [("", [])]
