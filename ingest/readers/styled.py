"""What DOCX and ODT have in common: paragraphs with a print, told to the builder as what they are.

A heading style is believed. Where an author only made a short paragraph bold, the rules for PDF
decide (``ingest.readers.pdf.headings``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.readers.headers import names_columns
from ingest.readers.pdf.headings import HeadingFinder, numbering
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.marks import is_bullet
from ingest.readers.pdf.pages.page import Box, Word
from ingest.readers.pdf.paragraphs import Paragraph
from ingest.structure import TextBuilder


@dataclass(frozen=True, slots=True)
class Styled:
    """A paragraph. ``level`` is its heading level (0 for the document's title), ``depth`` that of
    a list item (from 0), ``label`` its automatic number; ``framed`` when it has a border."""

    text: str
    notes: tuple[tuple[int, str], ...] = ()
    level: int | None = None
    depth: int | None = None
    label: str = ""
    size: float = 11.0
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    color: int = 0
    framed: bool = False


@dataclass(frozen=True, slots=True)
class StyledTable:
    """Rows of cell texts, of which the first ``header`` ones are marked as naming the columns;
    ``notes`` are the labels of the footnotes that each row calls."""

    rows: tuple[tuple[str, ...], ...]
    header: int = 0
    notes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class StyledBox:
    """What stands in a frame or in a text box."""

    items: tuple[Styled | StyledTable, ...]


Item = Styled | StyledTable | StyledBox


def write_items(builder: TextBuilder, items: Sequence[Item], notes: Mapping[str, str]) -> None:
    """Tell ``builder`` the whole document; each of ``notes``, texts by label, at the end of the section that
    calls it."""
    _Writer(builder, items, dict(notes)).write()


@dataclass(slots=True)
class _Writer:
    builder: TextBuilder
    items: Sequence[Item]
    notes: dict[str, str]
    _called: list[str] = field(default_factory=list)
    _finder: HeadingFinder = field(init=False)
    _lists: list[int] = field(default_factory=list)
    _titled: bool = False
    _has_levels: bool = field(init=False)
    _shift: int = field(init=False)

    def __post_init__(self) -> None:
        sizes, colors = Counter[float](), Counter[int]()
        levels = Counter[int]()
        for item in self._flat():
            sizes[item.size] += len(item.text)
            colors[item.color] += len(item.text)
            if item.level:
                levels[item.level] += 1
        body = sizes.most_common(1)[0][0] if sizes else 11.0
        color = colors.most_common(1)[0][0] if colors else 0
        self._finder = HeadingFinder(body, color)
        self._has_levels = sum(levels.values()) >= 3
        # A single heading of the first level above all others is the title.
        first = min(levels, default=1)
        self._shift = 1 - first if levels[first] == 1 and len(levels) > 1 else 2 - first

    def _flat(self) -> list[Styled]:
        found: list[Styled] = []
        for item in self.items:
            if isinstance(item, Styled):
                found.append(item)
            elif isinstance(item, StyledBox):
                found += [part for part in item.items if isinstance(part, Styled)]
        return found

    def write(self) -> None:
        framed = False
        for index, item in enumerate(self.items):
            now = isinstance(item, Styled) and item.framed
            if framed and not now:
                self.builder.close_box()
                self._lists.clear()
            if now and not framed:
                self.builder.open_box()
            framed = now
            following = next((x for x in self.items[index + 1 :]), None)
            self._item(item, following)
        if framed:
            self.builder.close_box()
        self._write_notes()
        for label, text in self.notes.items():
            self.builder.footnote(label, text)

    def _write_notes(self) -> None:
        """Write the notes that were called since the last heading."""
        for label in self._called:
            self.builder.footnote(label, self.notes.pop(label, ""), in_section=True)
        self._called.clear()

    def _heading(self, level: int, text: str, notes: Sequence[tuple[int, str]]) -> None:
        self._write_notes()
        self.builder.heading(level, text, notes)
        self._called += [label for _, label in notes]

    def _item(self, item: Item, following: Item | None) -> None:
        if isinstance(item, StyledBox):
            self._lists.clear()
            self.builder.open_box()
            for index, part in enumerate(item.items):
                self._item(part, item.items[index + 1] if index + 1 < len(item.items) else None)
            self.builder.close_box()
            self._lists.clear()
        elif isinstance(item, StyledTable):
            self._lists.clear()
            group = self.builder.new_group()
            header = item.header or int(names_columns(item.rows))
            for number, row in enumerate(item.rows):
                notes = item.notes[number] if item.notes else ()
                self.builder.row(list(row), group, header=number < header, notes=notes)
                self._called += notes
        else:
            self._paragraph(item, following)

    def _paragraph(self, item: Styled, following: Item | None) -> None:
        plain = re.sub(r"\s+", " ", item.text).strip()
        if not plain:
            return
        if item.level == 0:
            self._lists.clear()
            self._heading(1 if not self._titled else 2, plain, item.notes)
            self._titled = True
            return
        labelled = f"{item.label} {plain}".strip()
        if item.level is not None:
            self._lists.clear()
            level = max(1, min(6, item.level + self._shift))
            if level == 1 and self._titled:
                level = 2
            self._titled = True
            lead = len(item.label) + 1 if item.label else 0
            self._heading(level, labelled, [(o + lead, n) for o, n in item.notes])
            return
        if item.depth is not None and not self._looks_like_heading(item, labelled, following):
            while len(self._lists) > item.depth + 1:
                self._lists.pop()
            while len(self._lists) < item.depth + 1:
                self._lists.append(self.builder.new_group())
            text = f"{item.label} {item.text.strip()}" if item.label else item.text.strip()
            lead = len(item.label) + 1 if item.label else 0
            self.builder.item(text, self._lists[-1], [(o + lead, n) for o, n in item.notes])
            self._called += [label for _, label in item.notes]
            return
        if self._looks_like_heading(item, labelled, following):
            self._lists.clear()
            if not self._titled and numbering(labelled) is None and not self._has_levels:
                self._heading(1, labelled, item.notes)
            else:
                level = self._finder.level(_as_paragraph(item, labelled), labelled)
                self._heading(level, labelled, item.notes)
            self._titled = True
            return
        self._called += [label for _, label in item.notes]
        first, _, rest = item.text.strip().partition(" ")
        if is_bullet(first) and rest:
            if not self._lists:
                self._lists.append(self.builder.new_group())
            lead = item.text.index(rest)
            self.builder.item(rest, self._lists[-1], [(o - lead, n) for o, n in item.notes])
            return
        self._lists.clear()
        self.builder.paragraph(item.text, item.notes)

    def _looks_like_heading(self, item: Styled, text: str, following: Item | None) -> bool:
        if self._has_levels and numbering(text) is None:
            return False  # this author uses heading styles: bold alone is emphasis
        if item.depth is not None and not (item.label and (item.bold or item.underlined)):
            return False
        after = _as_paragraph(following, following.text) if isinstance(following, Styled) and following.text else None  # fmt: skip
        if after is None and following is not None:
            after = _as_paragraph(Styled("x", size=item.size), "x")
        return self._finder.is_heading(_as_paragraph(item, text), text, after)


def _as_paragraph(item: Styled, text: str) -> Paragraph:
    word = Word(
        text, 0, 1, 0, item.size, item.bold, item.italic, item.color, 1, item.underlined
    )  # fmt: skip
    return Paragraph([Line((word,), Box(0, 0, 1, 1))], gap_before=True)
