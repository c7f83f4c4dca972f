"""From rows of a catalog, as schema.py lays them out, to what they stand for."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from assistant.types import Document, Fact, KnownQuestion, Section, Span, Unit

# Every table that is counted, with where it says which document a row of it is of.
_OF_DOCUMENT = {
    "documents": "documents WHERE id",
    "units": "units WHERE document",
    "facts": "facts JOIN units u ON u.id = unit WHERE document",
    "questions": "questions WHERE document",
    "views": "views JOIN units u ON u.number = unit WHERE document",
}


def count_rows(db: sqlite3.Connection, without: Iterable[str] = ()) -> Counter[str]:
    """Numbers of documents, units, facts, questions and views, but those of the documents ``without``."""
    gone = json.dumps(list(without))
    found: Counter[str] = Counter()
    for table, of_document in _OF_DOCUMENT.items():
        every = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        select = f"SELECT count(*) FROM {of_document} IN (SELECT value FROM json_each(?))"
        found[table] = every - db.execute(select, (gone,)).fetchone()[0]
    return found


def document_of(row: Sequence) -> Document:  # type: ignore[type-arg]
    """A document, from (id, title, kind, language, url, text, sections, pages)."""
    return Document(
        row[0], row[1], row[2], row[3], row[4], row[5],
        tuple(map(_section_of, json.loads(row[6]))), tuple(map(tuple, json.loads(row[7]))),
    )  # fmt: skip


def _section_of(row: Sequence) -> Section:  # type: ignore[type-arg]
    return Section(row[0], row[1], Span(*row[2]), Span(*row[3]), row[4])


def unit_of(row: Sequence) -> Unit:  # type: ignore[type-arg]
    """A unit, from (id, document, kind, section, composite, shape)."""
    shape = json.loads(row[5])
    return Unit(
        id=row[0],
        document=row[1],
        kind=row[2],
        section=row[3],
        span=Span(*shape["span"]),
        sentences=tuple(Span(*s) for s in shape["sentences"]),
        parts=tuple(Span(*p) for p in shape["parts"]),
        lead=Span(*shape["lead"]) if shape["lead"] else None,
        caller=Span(*shape["caller"]) if shape["caller"] else None,
        composite=bool(row[4]),
    )


def question_of(row: Sequence) -> KnownQuestion:  # type: ignore[type-arg]
    """A known question, from a row of ``questions``."""
    return KnownQuestion(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        tuple(Span(*p) for p in json.loads(row[7])),
    )


def fact_of(row: Sequence) -> Fact:  # type: ignore[type-arg]
    """A fact, from a row of ``facts``."""
    unit, kind, value, label, start, end = row
    return Fact(kind, value, label, Span(start, end), unit)
