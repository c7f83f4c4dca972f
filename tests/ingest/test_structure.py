"""Parsing: offsets, coverage, and the first call's own structure."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.settings import PROJECT
from assistant.types import Document, Unit
from ingest.facts import extract_facts
from ingest.faq import bind_faq, find_quote, load_faq
from ingest.readers.markdown import read_markdown
from ingest.units import build_units

FOLDER = PROJECT / "corpus" / "numerique-2024"
RECEIVED = Path(__file__).with_name("reglement-2024-as-received.md")

MARKDOWN = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            ["# Titre", "## I. Article", "- un élément ;", "> note", "| a | b |\n| - | - |\n| c | d |",
             "texte[^1]", "[^1]: note", "Contact : a.b@c.fr", "**gras** et [lien](#)"]
        ),
    ),
    max_size=12,
).map("\n\n".join)  # fmt: skip


# What values are made of, in any order: a fact that is none must not break the parsing.
NUMBERS = st.lists(
    st.sampled_from(
        ["0", "1", "29", "31", "2024", "02", " ", "\u00a0", ".", ",", "/", "-", "%", "€", "h", "k",
         "millions", " mars ", "er ", "@", "+33", " euros", " ans", "²", "٣", "1" * 400]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def parse(source: str) -> tuple[Document, tuple[Unit, ...]]:
    structure = read_markdown(source)
    document = Document("d", "D", "regulation", "fr", None, structure.text, structure.sections)
    return document, build_units(document, structure)


@pytest.fixture(scope="module")
def regulation() -> tuple[Document, tuple[Unit, ...]]:
    return parse((FOLDER / "reglement.md").read_text(encoding="utf-8"))


@settings(max_examples=80, deadline=None)
@given(MARKDOWN)
def test_units_cover_the_text_without_holes(source: str) -> None:
    document, units = parse(source)
    covered = bytearray(len(document.text))
    for unit in units:
        assert 0 <= unit.span.start < unit.span.end <= len(document.text)
        for sentence in unit.sentences:
            assert document.text[sentence.start : sentence.end].strip()
        for part in unit.parts:
            covered[part.start : part.end] = b"\x01" * (part.end - part.start)
    for match in re.finditer(r"(?m)^- ", document.text):
        covered[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    holes = [c for c, done in zip(document.text, covered, strict=True) if not done]
    assert not "".join(holes).strip()


@settings(max_examples=100, deadline=None)
@given(MARKDOWN | st.text(max_size=400) | NUMBERS)
def test_parsing_never_raises_and_every_offset_is_true(source: str) -> None:
    document, units = parse(source)
    again, _ = parse(source)
    assert again == document
    assert len({unit.id for unit in units}) == len(units)
    for unit in units:
        assert unit.span.start == unit.parts[0].start and unit.span.end == unit.parts[-1].end
        for sentence in unit.sentences:
            assert any(p.start <= sentence.start and sentence.end <= p.end for p in unit.parts)
    by_id = {unit.id: unit for unit in units}
    for fact in extract_facts(document, units):
        unit = by_id[fact.unit]
        assert unit.span.start <= fact.span.start < fact.span.end <= unit.span.end
        assert document.text[fact.span.start : fact.span.end].strip() and fact.value


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_passage_is_found_where_it_stands(data: st.DataObject) -> None:
    document, _ = parse((FOLDER / "reglement.md").read_text(encoding="utf-8"))
    start = data.draw(st.integers(0, len(document.text) - 60))
    quote = document.text[start : start + 60]
    span = find_quote(quote, document.text)
    assert span is not None
    found = document.text[span.start : span.end]
    squeeze = re.compile(r"[\s➔]|(?m:^- )")
    assert squeeze.sub("", found).strip("-") in squeeze.sub("", quote)


def words(markdown: str) -> Counter[str]:
    plain = re.sub(r"\]\([^)]*\)", "]", markdown)
    plain = re.sub(r"<sup>\d+</sup>|\[\^\d+\]:?", " ", plain)
    return Counter(re.findall(r"[\w@.%¾]*\w[\w@.]*", plain))


def test_not_one_word_of_the_received_text_is_changed() -> None:
    kept = words((FOLDER / "reglement.md").read_text(encoding="utf-8"))
    assert kept == words(RECEIVED.read_text(encoding="utf-8"))


def test_headings(regulation: tuple[Document, tuple[Unit, ...]]) -> None:
    document, _ = regulation
    headings = [document.text[s.heading.start : s.heading.end] for s in document.sections]
    numbers = [heading.split()[0].strip(".)") for heading in headings]
    assert numbers == (
        "I 1.1 1.2 II 2.1 2.2 III 3.1 3.2 3.3 3.4 3.5 IV V VI 6.1 6.2 6.3".split()
    )


def test_calendar_contacts_notes_and_box(regulation: tuple[Document, tuple[Unit, ...]]) -> None:
    document, units = regulation
    facts = extract_facts(document, units)
    dates = {fact.label: fact.value for fact in facts if fact.kind == "date"}
    assert dates["Date d'ouverture de l'appel à projets"] == "2024-01-10"
    assert dates["Date de clôture de l'appel à projets"] == "2024-03-13"
    assert sum(unit.kind == "contact" for unit in units) == 5
    assert len({fact.value for fact in facts if fact.kind == "email"}) == 5
    notes = [unit for unit in units if unit.kind == "footnote"]
    assert len(notes) == 5 and all(note.caller for note in notes)
    boxes = [document.text[u.span.start : u.span.end] for u in units if u.kind == "box"]
    assert any("62% des hommes" in box for box in boxes)
    assert "près de 3 millions de personnes" in document.text


def test_every_faq_entry_still_stands(regulation: tuple[Document, tuple[Unit, ...]]) -> None:
    assert bind_faq(load_faq(FOLDER / "faq.toml"), [regulation]).expired == ()


def units(source: str) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in parse(source)[1]:
        found.setdefault(unit.kind, []).append(unit)
    return found


def test_paragraphs_that_count_on_are_a_list() -> None:
    counted = "Sont admis :\n\n1° les communes ;\n\n2° les régions ;\n\n3° les départements."
    found = units(f"# Titre\n\n## Article 1\n\n{counted}\n\n4 jours suffisent.")
    assert len(found["item"]) == 3 and len(found["list"]) == 1
    assert all(item.lead == found["list"][0].lead for item in found["item"])


@pytest.mark.parametrize("source", [
    "Voici :\n\n1° une commune ;\n\n3° une région.",  # does not count on
    "Une phrase.\n\n1° une commune ;\n\n2° une région.",  # nothing leads in to it
    "Voici :\n\n1° une commune.\n\nUne autre phrase.",
])  # fmt: skip
def test_what_does_not_count_on_is_no_list(source: str) -> None:
    assert "item" not in units(f"# Titre\n\n## Article 1\n\n{source}")


@pytest.mark.parametrize(("above", "leads"), [
    ("Tableau 3 – Taux d'aide par catégorie", True),
    ("Chaque dossier est noté, de la manière suivante.", True),
    ("Les taux sont dans le tableau ci-dessous.", True),
    ("Les taux sont des maximums.", False),
    ("Tableau 3 montre les taux que la commission applique.", False),
])  # fmt: skip
def test_what_announces_a_table_leads_in_to_it(above: str, leads: bool) -> None:
    found = units(f"# Titre\n\n## Article 1\n\n{above}\n\n| Axe | Taux |\n|---|---|\n| A | 50 % |\n| B | 60 % |")
    document, _ = parse(f"# Titre\n\n## Article 1\n\n{above}\n\n| Axe | Taux |\n|---|---|\n| A | 50 % |\n| B | 60 % |")
    (table,) = found["list"]
    lead = document.text[table.lead.start : table.lead.end] if table.lead else ""
    assert lead == (above if leads else "")
