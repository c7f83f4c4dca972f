"""Typed facts of a document: what value, of what, where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.types import Document, Fact, Span, Unit
from assistant.values import Value, find_values
from ingest.contact_lines import DATES
from ingest.names import NAME, Name, find_persons
from ingest.sentences import split_sentences

_MARKS = re.compile(r"^[\s\-–—•➔►▪*]+|[\s:;,.\-–—]+$")


def extract_facts(document: Document, units: Iterable[Unit]) -> tuple[Fact, ...]:
    """Facts of all leaf units.

    The label of a value in a row is the row's other cells, in a table of three columns or more its
XX what announces the contact (its lead-in, the words before the name, else the
    heading), elsewhere the sentence it stands in.
    """
    facts: list[Fact] = []
    for unit in units:
        if unit.composite:
            continue
        if unit.kind == "contact":
            facts += _contact_facts(document, unit)
            continue
        header = document.text[unit.lead.start : unit.lead.end].split("\t") if unit.lead else []
        for sentence in unit.sentences:
            text = document.text[sentence.start : sentence.end]
            for value in find_values(text):
                label = _row_label(text, value, header) if unit.kind == "row" else text
                facts.append(_fact(value, label, sentence.start, unit.id))
    return tuple(facts)


def contact_label(document: Document, unit: Unit) -> str:
    """What a contact is for: its lead-in, else the words before its name, else the heading."""
    text = document.text[unit.span.start : unit.span.end]
    if unit.lead:
        return clean_label(document.text[unit.lead.start : unit.lead.end])
    before = text.split(":", 1)[0] if ":" in text else ""
    heading = document.heading_path(unit.section)
    own = clean_label(before) if before and not NAME.fullmatch(before.strip()) else ""
    return " – ".join(part for part in (own, clean_label(heading[-1]) if heading else "") if part)


def clean_label(text: str) -> str:
    """``text`` without bullets before and punctuation behind, on one line."""
    return _MARKS.sub("", re.sub(r"\s+", " ", text)).strip()


def _contact_facts(document: Document, unit: Unit) -> list[Fact]:
    text = document.text[unit.span.start : unit.span.end]
    label = contact_label(document, unit)
    values = find_values(text)
    facts = [
        _fact(value, label, unit.span.start, unit.id)
        for value in values
        if value.kind in ("email", "phone", "url", "time")
    ]
    for sentence in split_sentences(text, 0, len(text)):
        said = text[sentence.start : sentence.end]
        facts += [
            _fact(value, said, unit.span.start + sentence.start, unit.id)
            for value in find_values(said) if value.kind in DATES
        ]  # fmt: skip
    masked = list(text)
    for value in values:
        masked[value.start : value.end] = " " * (value.end - value.start)
    plain = "".join(masked)
    named = next(iter(find_persons(plain)), None) or _first_name(plain)
    if named is not None:
        start = unit.span.start + named.start
        facts.append(Fact("person", named.text, label, Span(start, start + len(named.text)), unit.id))
    return facts


def _first_name(text: str) -> Name | None:
    """Where no person is named: whatever looks like a name, such as a service."""
    match = NAME.search(text)
    return Name(match.group(), match.start()) if match else None


def _row_label(text: str, value: Value, header: Sequence[str]) -> str:
    cells = text.split("\t")
    column = text.count("\t", 0, value.start)
    if len(header) == len(cells) > 2 and column > 0:
        others = [cells[0], header[column]]
    else:
        others = [cell for i, cell in enumerate(cells) if i != column]
    return " – ".join(clean_label(cell) for cell in others if cell.strip()) or clean_label(text)


def _fact(value: Value, label: str, offset: int, unit: str) -> Fact:
    span = Span(offset + value.start, offset + value.end)
    return Fact(value.kind, value.value, clean_label(label), span, unit)
