"""From a structure to units of retrieval: every block, and what only makes sense together.

Composite units are a list with its lead-in, a table, a box of several blocks, and an outline
(a section whose answer is the headings below it: "les deux champs d'intervention").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import groupby

from assistant.answering.headings import is_caption
from assistant.types import Document, Span, Unit, UnitKind
from assistant.words import fold
from ingest.structure import Block, Structure

# "… répartis de la manière suivante."
_FOLLOWS = re.compile(r"\b(?:suivante?s?|ci-apres|ci-dessous|comme suit|as follows|following|below)\b")

_LEAF_KIND: dict[str, UnitKind] = {
    "title": "title",
    "heading": "heading",
    "paragraph": "paragraph",
    "item": "item",
    "row": "row",
    "footnote": "footnote",
    "contact": "contact",
}


def build_units(document: Document, structure: Structure) -> tuple[Unit, ...]:
    """Units of a document in the order of the text, leaves first; ids follow the content.

    An id is the document's id and a hash of heading path, kind and text, so that a passage
    keeps its id when another one changes.
    """
    seen: dict[str, int] = {}
    units: list[Unit] = []
    shapes = [(shape, False) for shape in _leaves(structure)]
    shapes += [(shape, True) for shape in _composites(structure)]
    for (kind, section, parts, sentences, lead, caller), composite in shapes:
        content = "\x1f".join(
            (*document.heading_path(section), kind, *(document.text[p.start : p.end] for p in parts))
        )
        key = f"{document.id}.{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        seen[key] = seen.get(key, 0) + 1
        units.append(
            Unit(
                id=key if seen[key] == 1 else f"{key}-{seen[key]}",
                document=document.id,
                kind=kind,
                section=section,
                span=Span(parts[0].start, parts[-1].end),
                sentences=sentences,
                parts=parts,
                lead=lead,
                caller=caller,
                composite=composite,
            )
        )
    return tuple(units)


_Shape = tuple[
    UnitKind, int | None, tuple[Span, ...], tuple[Span, ...], Span | None, Span | None
]


def _leaves(structure: Structure) -> Iterator[_Shape]:
    blocks = structure.blocks
    for index, block in enumerate(blocks):
        if block.kind == "header":
            continue  # it says nothing by itself; rows have it as their lead-in
        lead = _lead(structure, index)
        kind = _LEAF_KIND[block.kind]
        if block.box is not None and kind == "paragraph":
            kind = "box"
        sentences = (block.span,) if kind == "contact" else block.sentences
        caller = _caller(structure, block) if kind == "footnote" else None
        yield kind, block.section, (block.span,), sentences, lead, caller


def _composites(structure: Structure) -> Iterator[_Shape]:
    yield from _groups(structure)
    yield from _outlines(structure)


def _groups(structure: Structure) -> Iterator[_Shape]:
    blocks = structure.blocks
    for group in sorted({block.group for block in blocks if block.group is not None}):
        members = [i for i, block in enumerate(blocks) if block.group == group]
        if len(members) < 2:
            continue
        first, last = blocks[members[0]], blocks[members[-1]]
        lead = _lead(structure, members[0])
        span = Span(lead.start if lead else first.span.start, last.span.end)
        sentences = tuple(blocks[i].span for i in members)
        yield "list", first.section, (span,), sentences, lead, None
    for box, run in groupby(blocks, key=lambda block: block.box):
        inside = list(run)
        if box is not None and len(inside) > 1:
            span = Span(inside[0].span.start, inside[-1].span.end)
            sentences = tuple(s for block in inside for s in block.sentences)
            yield "box", inside[0].section, (span,), sentences, None, None


def _outlines(structure: Structure) -> Iterator[_Shape]:
    for section in structure.sections:
        children = [s for s in structure.sections if s.parent == section.ordinal]
        if len(children) < 2:
            continue
        own = [
            block
            for block in structure.blocks
            if block.section == section.ordinal and block.kind not in ("heading", "footnote")
        ]
        announced = own and structure.text[own[-1].span.end - 1] == ":"
        lead = own[-1].sentences[-1] if own and (announced or len(own) == 1) else None
        headings = tuple(child.heading for child in children)
        parts = (lead, *headings) if lead else (section.heading, *headings)
        yield "outline", section.ordinal, parts, headings, lead, None


def _lead(structure: Structure, index: int) -> Span | None:
    """What introduces block ``index``: the header of its table, the lead-in of its list, or the
    paragraph before it that ends with a colon."""
    blocks = structure.blocks
    block = blocks[index]
    first = index
    if block.group is not None:
        while first > 0 and blocks[first - 1].group == block.group:
            first -= 1
        if block.kind == "row" and blocks[first].kind == "header":
            return blocks[first].span
    if first == 0 or block.kind in ("title", "heading", "footnote"):
        return None
    before = blocks[first - 1]
    if before.section != block.section or before.kind not in ("paragraph", "item"):
        return None
    last = structure.text[before.sentences[-1].start : before.sentences[-1].end]
    announced = last.endswith(":") or (block.group is not None and _announces(last))
    if announced or (block.kind == "item" and before.kind == "paragraph"):
        return before.sentences[-1]
    return None


def _announces(sentence: str) -> bool:
    """Whether a sentence is the caption of a table, or says that something follows."""
    return bool(is_caption(sentence) or _FOLLOWS.search(fold(sentence)))


def _caller(structure: Structure, note: Block) -> Span | None:
    offset = structure.note_calls.get(note.label)
    if offset is None:
        return None
    for block in structure.blocks:
        for sentence in block.sentences:
            if sentence.start <= offset <= sentence.end:
                return sentence
    return None
