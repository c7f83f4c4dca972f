"""From a reader's blocks to one canonical text with its tree: sections, blocks, sentences.

Every reader (one a format) tells the same few things to a ``TextBuilder``: here is a heading, a
paragraph, a list item, a table row … The builder writes the canonical text and keeps offsets.
In canonical text, blocks stand apart by an empty line, items and rows by a line break; items
start with "- ", cells are separated by a tab.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from assistant.types import Section, Span
from ingest.contact_lines import paragraph_parts
from ingest.sentences import split_sentences

BlockKind = Literal["title", "heading", "paragraph", "item", "row", "header", "footnote", "contact"]

_Mark = TypeVar("_Mark")
Marks = Sequence[tuple[int, _Mark]]


@dataclass(frozen=True, slots=True)
class Block:
    """A leaf of the tree. ``group`` is shared by the items of one list, the rows of one table."""

    kind: BlockKind
    span: Span
    section: int | None
    sentences: tuple[Span, ...]
    group: int | None = None
    box: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """A parsed document: canonical text, sections, leaf blocks in order, calls of footnotes.

    ``pages`` are (offset, page number): that page's text begins or goes on there. ``warnings``
    say what the reader could not read, each in one sentence.
    """

    text: str
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    note_calls: dict[str, int]
    pages: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()


# "1° …", "2) …", "b) …": a paragraph that is an item of an enumeration.
_NUMBERED = re.compile(r"(?:(\d{1,2})\s?[°)]|([a-z])\s?\))\s")


def enumerated(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """``blocks`` with paragraphs that count on from each other, under one that ends with a colon, as the items of
    a list."""
    made = list(blocks)
    group = max((block.group or 0 for block in blocks), default=0)
    at = 1
    while at < len(made):
        announced = made[at - 1].kind in ("paragraph", "item") and text[made[at - 1].span.end - 1] == ":"
        run = _counting(text, made[at:]) if announced else 0
        if run > 1:
            group += 1
            made[at : at + run] = [replace(block, kind="item", group=group) for block in made[at : at + run]]
        at += max(run, 1)
    return tuple(made)


def _counting(text: str, blocks: Sequence[Block]) -> int:
    """How many paragraphs at the start of ``blocks`` count 1, 2, 3 … or a, b, c …"""
    for number, block in enumerate(blocks):
        mark = _NUMBERED.match(text[block.span.start : block.span.end])
        if block.kind != "paragraph" or block.box is not None or block.section != blocks[0].section or not mark:
            return number
        if mark[1] != str(number + 1) and mark[2] != chr(ord("a") + number):
            return number
    return len(blocks)


@dataclass(slots=True)
class _OpenSection:
    level: int
    heading: Span
    parent: int | None
    end: int = 0


@dataclass(slots=True)
class TextBuilder:
    """Writes canonical text block by block; every method takes text without markup.

    ``notes`` are (offset within the given text, label) of the footnotes that it calls, ``pages``
    (offset within it, page number) where a page begins.
    """

    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _sections: list[_OpenSection] = field(default_factory=list)
    _path: list[int] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _calls: dict[str, int] = field(default_factory=dict)
    _pages: list[tuple[int, int]] = field(default_factory=list)
    _groups: int = 0
    _boxes: int = 0
    _box: int | None = None

    def new_group(self) -> int:
        """A number for the items of a list or the rows of a table."""
        self._groups += 1
        return self._groups

    def open_box(self) -> None:
        """What follows stands in a boxed note, until ``close_box``."""
        self._boxes += 1
        self._box = self._boxes

    def close_box(self) -> None:
        """The boxed note ends."""
        self._box = None

    def heading(
        self, level: int, text: str, notes: Marks[str] | None = None, pages: Marks[int] | None = None
    ) -> None:
        """A heading; the first one of level 1 is the document's title, not a section."""
        span = self._write(text, "\n\n", notes, pages)
        if span is None:
            return
        if level == 1 and not any(block.kind in ("title", "heading") for block in self._blocks):
            self._add("title", span)
            return
        self._close_sections(level, span.start)
        parent = self._path[-1] if self._path else None
        self._sections.append(_OpenSection(level, span, parent))
        self._path.append(len(self._sections) - 1)
        self._add("heading", span)

    def paragraph(
        self, text: str, notes: Marks[str] | None = None, pages: Marks[int] | None = None
    ) -> None:
        """A paragraph, or a contact where it holds a mail address or phone number."""
        span = self._write(text, "\n\n", notes, pages)
        if span is not None:
            for kind, part in paragraph_parts(self._pieces[-1]):
                self._add(kind, Span(span.start + part.start, span.start + part.end))

    def item(
        self, text: str, group: int, notes: Marks[str] | None = None, pages: Marks[int] | None = None
    ) -> None:
        """An item of the list ``group``."""
        last = self._blocks[-1] if self._blocks else None
        same = last is not None and last.group == group
        span = self._write(text, "\n" if same else "\n\n", notes, pages, bullet="- ")
        if span is not None:
            self._add("item", span, group=group)

    def row(
        self,
        cells: list[str],
        group: int,
        *,
        header: bool = False,
        page: int | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """A row of the table ``group``; empty cells are kept as empty columns.

        ``page`` is where it begins, ``notes`` are the labels of the footnotes that it calls.
        """
        text = "\t".join(re.sub(r"\s+", " ", cell).strip() for cell in cells)
        if not text.strip():
            return
        last = self._blocks[-1] if self._blocks else None
        same = last is not None and last.group == group
        span = self._write(
            text, "\n" if same else "\n\n", [(len(text), label) for label in notes],
            [(0, page)] if page else None, strip="\n",
        )  # fmt: skip
        if span is not None:
            self._add("header" if header else "row", span, group=group)

    def footnote(
        self, label: str, text: str, pages: Marks[int] | None = None, *, in_section: bool = False
    ) -> None:
        """A footnote's own text; ``in_section`` when it stands in the section that calls it."""
        if not in_section:
            self._close_sections(0, self._length)
        span = self._write(text, "\n\n", None, pages)
        if span is not None:
            self._add("footnote", span, label=label)

    def build(self, warnings: Sequence[str] = ()) -> Structure:
        """The finished structure."""
        self._close_sections(0, self._length)
        sections = tuple(
            Section(i, s.level, s.heading, Span(s.heading.start, s.end), s.parent)
            for i, s in enumerate(self._sections)
        )
        text = "".join(self._pieces)
        return Structure(
            text, sections, enumerated(text, self._blocks), dict(self._calls),
            tuple(self._pages), tuple(warnings),
        )  # fmt: skip

    def _write(
        self,
        text: str,
        separator: str,
        notes: Marks[str] | None,
        pages: Marks[int] | None,
        *,
        bullet: str = "",
        strip: str | None = None,
    ) -> Span | None:
        lead = len(text) - len(text.lstrip(strip))
        body = text.strip(strip)
        if not body.strip():
            return None
        if self._length:
            self._push(separator)
        self._push(bullet)
        start = self._length
        self._push(body)
        for offset, label in notes or ():
            self._calls.setdefault(label, start + min(max(offset - lead, 0), len(body)))
        for offset, page in pages or ():
            if not self._pages or self._pages[-1][1] != page:
                self._pages.append((start + min(max(offset - lead, 0), len(body)), page))
        return Span(start, self._length)

    def _push(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _add(self, kind: BlockKind, span: Span, group: int | None = None, label: str = "") -> None:
        begin = self._length - len(self._pieces[-1])
        text = self._pieces[-1][span.start - begin : span.end - begin]
        whole = kind in ("title", "heading", "row", "header")
        offset = span.start
        sentences = (
            (span,)
            if whole
            else tuple(
                Span(s.start + offset, s.end + offset)
                for s in split_sentences(text, 0, len(text))
            )
        )
        section = self._path[-1] if self._path else None
        self._blocks.append(Block(kind, span, section, sentences, group, self._box, label))

    def _close_sections(self, level: int, end: int) -> None:
        while self._path and self._sections[self._path[-1]].level >= level:
            self._sections[self._path.pop()].end = end
