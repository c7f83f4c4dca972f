"""From rows of a catalog, as schema.py lays them out, to what they stand for."""

from __future__ import annotations

import json
from collections.abc import Sequence

from assistant.types import Document, Fact, KnownQuestion, Section, Span, Unit


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
