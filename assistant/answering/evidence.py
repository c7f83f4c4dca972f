"""What a chat model is shown, and the pieces of it that a sentence can be held against."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from assistant.answering.cues import instructs
from assistant.answering.index import CallIndex
from assistant.answering.retrieve import Candidate
from assistant.types import Span, Unit
from assistant.values import Value, find_values
from assistant.words import stem, stop_words, tokens

MAX_PASSAGES = 8
_READABLE = frozenset({"paragraph", "item", "row", "box", "footnote", "contact"})


@dataclass(frozen=True)
class Piece:
    """The smallest text that says something by itself: a sentence, a contact, a cell of a table.

    ``text`` is what ``spans`` quote, ``around`` what it stands under (lead-in, headings).
    """

    document: str
    spans: tuple[Span, ...]
    text: str
    lead: str
    around: str
    contact: bool

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of the content words, those of the lead-in too."""
        return content(f"{self.lead} {self.text}")

    @cached_property
    def under(self) -> frozenset[str]:
        """Stems of the headings above."""
        return content(self.around)

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Typed values, offsets into ``text``."""
        return tuple(find_values(self.text))


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered passage of the prompt."""

    number: int
    unit: Unit
    heading: str
    text: str
    pieces: tuple[Piece, ...]


def content(text: str) -> frozenset[str]:
    """Stems of the content words of ``text``."""
    stop = stop_words()
    return frozenset(stem(word) for word in tokens(text) if word not in stop)


def gather(
    index: CallIndex, candidates: Iterable[Candidate], *, limit: int = MAX_PASSAGES
) -> tuple[Passage, ...]:
    """The best candidates' units, each once, composites as their leaves, best first."""
    units: dict[str, Unit] = {}
    for candidate in candidates:
        for unit in _leaves(index, candidate.unit):
            if _usable(index, unit):
                units.setdefault(unit.id, unit)
        if len(units) >= limit:
            break
    return _number(index, list(units.values())[: 2 * limit])


def gather_all(index: CallIndex) -> tuple[Passage, ...]:
    """Every readable unit of the call, in the order of the documents."""
    units = [u for d in index.catalog.documents for u in index.catalog.all_units(d)]
    return _number(index, [u for u in units if not u.composite and _usable(index, u)])


def all_pieces(index: CallIndex) -> tuple[Piece, ...]:
    """Pieces of the whole call, made once for each version of its index."""
    known = _PIECES.get(id(index))
    if known is None or known[0] is not index:
        made = tuple(piece for passage in gather_all(index) for piece in passage.pieces)
        _PIECES.clear() if len(_PIECES) > 32 else None
        known = _PIECES[id(index)] = (index, made)
    return known[1]


_PIECES: dict[int, tuple[CallIndex, tuple[Piece, ...]]] = {}


def _usable(index: CallIndex, unit: Unit) -> bool:
    # One order to a machine makes the whole document suspect: what follows it may serve it.
    return unit.kind in _READABLE and not instructs(index.document(unit.document).text)


def _leaves(index: CallIndex, unit: Unit) -> list[Unit]:
    if not unit.composite:
        return [unit]
    leaves = [
        leaf
        for leaf in index.catalog.all_units(unit.document)
        if not leaf.composite and any(part.covers(leaf.span) for part in (unit.span, *unit.parts))
    ]
    return leaves or [unit]


def _number(index: CallIndex, units: list[Unit]) -> tuple[Passage, ...]:
    return tuple(_passage(index, number, unit) for number, unit in enumerate(units, start=1))


def _passage(index: CallIndex, number: int, unit: Unit) -> Passage:
    document = index.document(unit.document)
    path = document.heading_path(unit.section)
    lead = document.text[unit.lead.start : unit.lead.end] if unit.lead else ""
    text = document.text[unit.span.start : unit.span.end]
    shown = f"{lead}\n{text}" if lead else text
    pieces = _pieces(index, unit, lead, " ".join(path))
    return Passage(number, unit, " › ".join(path), shown, pieces)


def _pieces(index: CallIndex, unit: Unit, lead: str, around: str) -> tuple[Piece, ...]:
    text = index.document(unit.document).text
    if unit.kind == "contact":
        near = unit.lead is not None and unit.span.start - unit.lead.end < 4
        span = Span(unit.lead.start, unit.span.end) if near and unit.lead else unit.span
        return (Piece(unit.document, (span,), text[span.start : span.end], "", around, True),)
    if unit.kind == "row":
        return _cells(text, unit, around)
    sentences = unit.sentences or (unit.span,)
    return tuple(
        Piece(unit.document, (span,), text[span.start : span.end], lead, around, False)
        for span in map(lambda s: _trimmed(text, s), sentences)
    )


def _cells(text: str, unit: Unit, around: str) -> tuple[Piece, ...]:
    """A row of a table; one of several columns gives a piece for each cell under its header."""
    row = text[unit.span.start : unit.span.end].split("\t")
    lead = text[unit.lead.start : unit.lead.end] if unit.lead else ""
    header = lead.split("\t")
    contact = any(value.kind in ("email", "phone") for value in find_values("\n".join(row)))
    if not (len(header) == len(row) > 2) or contact or unit.lead is None:
        whole = text[unit.span.start : unit.span.end]
        return (Piece(unit.document, (unit.span,), whole, lead, around, contact),)
    spans = (unit.lead, unit.span)
    return tuple(
        Piece(unit.document, spans, f"{header[i]} : {row[0]} : {row[i]}", "", around, False)
        for i in range(1, len(row))
        if row[i].strip()
    )


def _trimmed(text: str, span: Span) -> Span:
    quote = text[span.start : span.end]
    lead = len(quote) - len(re.sub(r"^[\s\-–•➔►▪*]+", "", quote))
    tail = len(quote.rstrip())
    return Span(span.start + lead, span.start + tail) if lead < tail else span
