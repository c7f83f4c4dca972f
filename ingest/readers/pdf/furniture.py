"""What is printed around the text: running headers and footers, page numbers, contents, notes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.pdf.lines import Line, split_at_gaps
from ingest.readers.pdf.pages.page import Box, Page

_PAGE_NUMBER = re.compile(
    r"^[\W_]*(?:p(?:age|\.)?\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|sur|de|of|-)\s*\d{1,4})?[\W_]*$", re.I
)
_CONTENTS_ENTRY = re.compile(r"(?:\.\s?){4,}\s*\d{1,4}$|(?:…\s?){2,}\s*\d{1,4}$|_{4,}\s*\d{1,4}$")
_CONTENTS_TITLE = re.compile(r"^(?:sommaire|table des mati[èe]res|contents|table of contents)\W*$", re.I)  # fmt: skip
_NOTE = re.compile(r"^[\[(]?(\d{1,3}|\*{1,3}|[ivx]{1,5})[\])]?[.:]?$")
_ZONE = 0.14


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its label as printed, and its lines without it."""

    label: str
    page: int
    lines: tuple[Line, ...]


def drop_furniture(pages: Sequence[Page], lines: dict[int, list[Line]]) -> dict[int, list[Line]]:
    """``lines`` by page number without what is repeated at the top and bottom of pages."""
    seen: dict[str, set[int]] = defaultdict(set)
    numbers: dict[int, set[int]] = defaultdict(set)
    edges: dict[int, list[Line]] = {}
    for page in pages:
        edges[page.number] = [
            line for line in lines[page.number]
            if line.base < _ZONE * page.height or line.base > (1 - _ZONE) * page.height
        ]  # fmt: skip
        for line in edges[page.number]:
            for key in _keys(line, page):
                seen[key].add(page.number)
            if _PAGE_NUMBER.match(line.text):
                numbers[round(line.base / 6)].add(page.number)
    filled = sum(bool(found) for found in lines.values())
    often = max(2, min(4, round(0.3 * filled)))

    def is_repeated(line: Line, page: Page, least: float) -> bool:
        counts = [len(seen[key]) for key in _keys(line, page)]
        return filled > 1 and max(counts) >= least

    def is_number(line: Line, page: Page) -> bool:
        row = round(line.base / 6)
        pages_there = sum(len(numbers[row + step]) for step in (-1, 0, 1))
        outermost = _is_outermost(line, lines[page.number])
        return bool(_PAGE_NUMBER.match(line.text)) and (pages_there >= 2 or outermost)

    kept: dict[int, list[Line]] = {}
    for page in pages:
        doomed: set[int] = set()
        ordered = sorted(lines[page.number], key=lambda line: line.base)
        marked = {id(line) for line in edges[page.number]}
        for run in (ordered, ordered[::-1]):
            # From the edge of the page inwards: furniture ends where text begins.
            block: list[Line] = []
            for line in run:
                known = is_repeated(line, page, often) or is_number(line, page)
                if id(line) not in marked or not known:
                    break
                block.append(line)
            inner = run[len(block)] if len(block) < len(run) else None
            while block:
                last = block[-1]
                apart = inner is None or abs(last.base - inner.base) > 1.5 * inner.size
                if apart or is_number(last, page) or is_repeated(last, page, max(4, 0.6 * filled)):
                    break
                inner = block.pop()  # as near as text: it is text
            doomed |= {id(line) for line in block}
        kept[page.number] = [line for line in lines[page.number] if id(line) not in doomed]
    return kept


def _keys(line: Line, page: Page) -> tuple[str, str]:
    """What a line looks like on other pages: figures apart, at about the same height."""
    text = re.sub(r"\d+", "#", line.text.casefold())
    row = line.base / 10
    side = "top" if line.base < page.height / 2 else "bottom"
    return f"{side} {int(row)} {text}", f"{side} {int(row + 0.5)} {text}"


def _is_outermost(line: Line, lines: Sequence[Line]) -> bool:
    return line.base in (min(item.base for item in lines), max(item.base for item in lines))


def drop_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines of one page without its table of contents (titles with page numbers)."""
    entries = [index for index, line in enumerate(lines) if _CONTENTS_ENTRY.search(line.text)]
    title = next((i for i, line in enumerate(lines) if _CONTENTS_TITLE.match(line.text)), None)
    if title is not None and len(entries) < 2:
        entries = []
        for index in range(title + 1, len(lines)):
            parts = split_at_gaps(lines[index])
            if not (len(parts) > 1 and parts[-1].text.isdecimal()):
                break
            entries.append(index)
    if len(entries) < 2:
        return list(lines)
    first = title if title is not None and title < entries[0] else entries[0]
    return [line for index, line in enumerate(lines) if not first <= index <= entries[-1]]


def split_notes(
    lines: Sequence[Line], page: Page, body_size: float, earlier: Note | None
) -> tuple[list[Line], list[Note]]:
    """The lines of one column without its footnotes, and these.

    A line that goes on from the note ``earlier`` on the page before is given to a note with
    that label once more.
    """
    rule = _separator(lines, page, body_size)
    start = len(lines)
    while start > 0:
        line = lines[start - 1]
        if rule is not None and line.words[0].bottom > rule:
            start -= 1
        elif rule is None and line.size < 0.95 * body_size:
            start -= 1
        else:
            break
    zone = list(lines[start:])
    opens = [i for i, line in enumerate(zone) if _opens_note(line, body_size, ruled=rule is not None)]
    if not opens or (rule is None and not any(_is_raised(zone[i]) for i in opens)):
        if zone and rule is not None and earlier is not None and all(l.size < 0.95 * body_size for l in zone):  # noqa: E741
            return list(lines[:start]), [Note(earlier.label, page.number, tuple(zone))]
        return list(lines), []
    body, notes = list(lines[:start]), []
    before = zone[: opens[0]]
    if before and rule is not None and earlier is not None:
        notes.append(Note(earlier.label, page.number, tuple(before)))
    else:
        body += before
    for begin, end in zip(opens, [*opens[1:], len(zone)], strict=True):
        first = zone[begin]
        match = _NOTE.match(first.words[0].text)
        assert match is not None
        rest = [Line(first.words[1:], first.column)] if len(first.words) > 1 else []
        notes.append(Note(match[1], page.number, (*rest, *zone[begin + 1 : end])))
    return body, [note for note in notes if note.lines]


def _separator(lines: Sequence[Line], page: Page, body_size: float) -> float | None:
    """The y of a short rule in the lower part of the column, with smaller text only below it."""
    if not lines:
        return None
    column = lines[0].column
    found = [
        edge.top for edge in page.horizontal
        if 18 <= edge.width <= 0.62 * page.width
        and edge.x0 < column.x0 + 12 and edge.x0 > column.x0 - 40
        and edge.top > 0.25 * page.height
        and not any(
            abs(post.x0 - edge.x0) < 3 and post.top - 3 < edge.top < post.bottom + 3
            for post in page.vertical
        )
        and not any(word.underlined and abs(word.base - edge.top) < 0.3 * word.size for word in page.words)
    ]  # fmt: skip
    for rule in sorted(found, reverse=True):
        below = [line for line in lines if line.words[0].bottom > rule + 1 and line.base > rule]
        if below and _opens_note(below[0], body_size, ruled=True):
            return rule
        if below and all(line.size < 0.95 * body_size for line in below) and len(below) < 6:
            return rule
    return None


def _opens_note(line: Line, body_size: float, *, ruled: bool) -> bool:
    first = line.words[0]
    if len(line.words) < 2 or not _NOTE.match(first.text):
        return False
    return _is_raised(line) or (ruled and line.size < 0.97 * body_size)


def _is_raised(line: Line) -> bool:
    first, second = line.words[0], line.words[1]
    return first.size < 0.9 * second.size and second.base - first.base > 0.1 * second.size


def body_style(lines: Sequence[Line]) -> tuple[float, int]:
    """The size and colour in which most characters are set."""
    sizes, colors = Counter[float](), Counter[int]()
    for line in lines:
        sizes[line.size] += len(line.text)
        colors[line.color] += len(line.text)
    return (sizes.most_common(1)[0][0], colors.most_common(1)[0][0]) if sizes else (10.0, 0)


def text_area(lines: Sequence[Line]) -> Box:
    """The area that running text takes on all pages: what most lines do not go beyond."""
    lefts = sorted(line.x0 for line in lines)
    rights = sorted(line.x1 for line in lines)
    left = lefts[int(0.02 * (len(lefts) - 1))]
    right = rights[int(0.97 * (len(rights) - 1))]
    return Box(left, min(line.base for line in lines), right, max(line.base for line in lines))
