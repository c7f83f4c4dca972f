"""Canonical text to HTML: headings, paragraphs, lists and tables, with passages marked.

In canonical text, blocks stand apart by an empty line, items start with "- " and the cells of
a row are separated by a tab (ingest/structure.py). Every other character is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup, escape

from assistant.types import Document, Span
from assistant.web.texts import Texts

FIRST_PASSAGE = "passage"
_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\t]*")
_BULLET = "- "


def merge_passages(pairs: Iterable[tuple[int, int]], length: int) -> list[Span]:
    """The ranges that lie within a text of ``length``, in order, overlapping ones joined."""
    merged: list[Span] = []
    for start, end in sorted(pair for pair in pairs if 0 <= pair[0] < pair[1] <= length):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return merged


def render_document(document: Document, passages: Sequence[Span], words: Texts) -> Markup:
    """The body of the document, ``passages`` in <mark>; the first mark has the id "passage", the
    first one of the next passage "passage-2" and so on.

    A passage that crosses blocks has a mark in each. Where there are several passages, links lead
    from each to the one before and after it. Sections have the ids "s0", "s1" …
    """
    writer = _Writer(document, passages, words)
    return Markup("\n").join(writer.blocks())


@dataclass(slots=True)
class _Writer:
    document: Document
    passages: Sequence[Span]
    words: Texts
    _marked: set[int] = field(default_factory=set)
    _page: int | None = None
    _stepped: set[int] = field(default_factory=set)
    _shallowest: int = field(init=False)

    def __post_init__(self) -> None:
        self._shallowest = min((s.level for s in self.document.sections), default=2)

    def blocks(self) -> Iterator[Markup]:
        headings = {section.heading.start: section for section in self.document.sections}
        for match in _BLOCK.finditer(self.document.text):
            yield from self._page_mark(match.start())
            section = headings.get(match.start())
            if section is not None and section.heading.end == match.end():
                depth = min(2 + section.level - self._shallowest, 6)
                inner = self.text(*match.span())
                yield Markup('<h{0} id="s{1}">{2}</h{0}>').format(depth, section.ordinal, inner)
            else:
                yield from self._block(Span(*match.span()))
            yield from self._steps(match.end())

    def _steps(self, end: int) -> Iterator[Markup]:
        """Links to the passage before and after, behind the block in which a passage ends."""
        if len(self.passages) < 2:
            return
        for number, passage in enumerate(self.passages):
            if number in self._marked and number not in self._stepped and passage.end <= end:
                self._stepped.add(number)
                links = [
                    Markup('<a href="#{}">{}</a>').format(passage_id(other), self.words[word])
                    for other, word in ((number - 1, "previous_passage"), (number + 1, "next_passage"))
                    if 0 <= other < len(self.passages)
                ]
                where = self.words["passage_of"].format(number=number + 1, all=len(self.passages))
                yield Markup('<nav class="steps" aria-label="{}"><span>{}</span> {}</nav>').format(
                    where, where, Markup(" ").join(links)
                )

    def _page_mark(self, offset: int) -> Iterator[Markup]:
        """The number of the original's page, before the first block that begins on it."""
        page = self.document.page(offset)
        if page is not None and page != self._page:
            self._page = page
            yield Markup('<p class="page">{}</p>').format(self.words["page"].format(page=page))

    def _block(self, block: Span) -> Iterator[Markup]:
        lines = [Span(*line.span()) for line in self._find(_LINE, block)]
        kinds: list[str] = []
        for line in lines:
            content = self.document.text[line.start : line.end]
            is_more = kinds and kinds[-1] == "item" and not content.startswith(_BULLET)
            kinds.append(
                "row" if "\t" in content
                else "item" if content.startswith(_BULLET) or is_more
                else "text"
            )  # fmt: skip
        for kind, run in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
            spans = [line for _, line in run]
            if kind == "item":
                yield self._list(spans)
            elif kind == "row":
                yield self._table(spans)
            else:
                yield Markup("<p>{}</p>").format(self._lines(spans))

    def _list(self, lines: list[Span]) -> Markup:
        items: list[list[Span]] = []
        for line in lines:
            if self.document.text.startswith(_BULLET, line.start):
                items.append([Span(line.start + len(_BULLET), line.end)])
            else:
                items[-1].append(line)
        rows = (Markup("<li>{}</li>").format(self._lines(item)) for item in items)
        return Markup("<ul>{}</ul>").format(Markup("").join(rows))

    def _table(self, lines: list[Span]) -> Markup:
        rows = [[Span(*cell.span()) for cell in self._cells(line)] for line in lines]
        has_header = len(rows) > 1 and max(map(len, rows)) > 2
        body = Markup("").join(
            self._row(row, "col" if has_header and index == 0 else "row")
            for index, row in enumerate(rows)
        )
        return Markup(
            '<div class="table" role="region" tabindex="0" aria-label="{}"><table>{}</table></div>'
        ).format(self.words["table"], body)

    def _row(self, cells: list[Span], scope: str) -> Markup:
        written = []
        for index, cell in enumerate(cells):
            inner = self.text(cell.start, cell.end)
            is_header = (scope == "col" or index == 0) and cell.start < cell.end
            if is_header:
                written.append(Markup('<th scope="{}">{}</th>').format(scope, inner))
            else:
                written.append(Markup("<td>{}</td>").format(inner))
        return Markup("<tr>{}</tr>").format(Markup("").join(written))

    def _cells(self, line: Span) -> Iterator[re.Match[str]]:
        start = line.start
        while start <= line.end:
            match = _CELL.match(self.document.text, start, line.end)
            assert match is not None
            yield match
            start = match.end() + 1

    def _lines(self, lines: list[Span]) -> Markup:
        return Markup("<br>\n").join(self.text(line.start, line.end) for line in lines)

    def _find(self, pattern: re.Pattern[str], span: Span) -> Iterator[re.Match[str]]:
        return pattern.finditer(self.document.text, span.start, span.end)

    def text(self, start: int, end: int) -> Markup:
        """The text between two offsets, escaped, with marks where passages are."""
        pieces: list[Markup] = []
        at = start
        for number, passage in enumerate(self.passages):
            left, right = max(passage.start, start), min(passage.end, end)
            if left < right:
                pieces.append(escape(self.document.text[at:left]))
                pieces.append(self._mark(number, left, right))
                at = right
        pieces.append(escape(self.document.text[at:end]))
        return Markup("").join(pieces)

    def _mark(self, number: int, start: int, end: int) -> Markup:
        name = Markup("")
        if number not in self._marked:
            self._marked.add(number)
            name = Markup(' id="{}" tabindex="-1"').format(passage_id(number))
        inner = escape(self.document.text[start:end])
        return Markup("<mark{}>{}</mark>").format(name, inner)


def passage_id(number: int) -> str:
    """The id of the first mark of a passage, counted from 0."""
    return FIRST_PASSAGE if number == 0 else f"{FIRST_PASSAGE}-{number + 1}"
