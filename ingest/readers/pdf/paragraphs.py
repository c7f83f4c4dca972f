"""Paragraphs: which lines belong together, over columns and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf.lines import Line, touches
from ingest.readers.pdf.marks import NUMBERED, is_bullet, is_glued_bullet
from ingest.readers.pdf.measures import Measures

_DASHES = frozenset("–—-−‐*")
_NAMED = re.compile(
    r"^(?:titre|partie|chapitre|section|article|annexe|volet|axe|fiche)\s+"
    r"(?:[IVXLC]+\b|\d+|[A-Z]\b|premier|1er|unique)", re.I
)  # fmt: skip
_ENDS = re.compile(r"[.!?;:…][»”\")\]]*$|[»”]$")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; ``bullet`` when the first word is the mark of a list item."""

    lines: list[Line]
    bullet: bool = False
    numbered: bool = False
    gap_before: bool = False
    breaks: set[int] = field(default_factory=set)

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0]


def make_paragraphs(lines: Iterable[Line], measures: Measures) -> list[Paragraph]:
    """Paragraphs of lines in reading order."""
    made: list[Paragraph] = []
    sequence = list(lines)
    rights = _right_edges(sequence, measures)
    for index, line in enumerate(sequence):
        before = sequence[index - 1] if index else None
        if before is None or not made:
            made.append(_open(line, gap=True))
            continue
        ended = _ended(before, line, rights[index - 1])
        marked = _marked(line, before, ended)
        gap = _gap(before, line, measures)
        if marked or gap or _restyled(before, line, ended):
            flows = gap == "page" or (gap == "space" and _is_slight(before, line, measures))
            if not (flows and not marked and _runs_on(before, line, ended, strict=gap != "page")):
                made.append(_open(line, gap=bool(gap), marked=marked))
                continue
        elif ended:
            indented = line.x0 > before.x0 + 0.5 * line.size and not made[-1].bullet
            if _ENDS.search(before.text) or indented or _hangs_out(made[-1], line):
                made.append(_open(line, gap=False))
                continue
            made[-1].breaks.add(len(made[-1].lines))
        elif _indented_opening(made[-1], line, before):
            made.append(_open(line, gap=False))
            continue
        made[-1].lines.append(line)
    return made


def _open(line: Line, *, gap: bool, marked: bool = True) -> Paragraph:
    first = line.words[0].text
    several = len(line.words) > 1
    bullet = marked and several and (is_bullet(first) or (first == "o" and _wide(line)))
    glued = marked and is_glued_bullet(first)
    numbered = marked and several and bool(NUMBERED.match(first)) and not first.isalnum()
    return Paragraph([line], bullet or glued, numbered, gap)


def _wide(line: Line) -> bool:
    return line.words[1].x0 - line.words[0].x1 > 0.5 * line.size


def _right_edges(lines: Sequence[Line], measures: Measures) -> list[float]:
    """For each line, how far its text might have gone: its column's edge, unless several lines
    around it agree on a nearer one."""
    edges: list[float] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index < len(lines) and not _gap(lines[index - 1], lines[index], measures):
            continue
        run = lines[start:index]
        reach = max(line.x1 for line in run)
        close = sum(line.x1 > reach - 2.5 for line in run)
        narrow = len(run) >= 3 and close >= 2 and close >= 0.5 * (len(run) - 1)
        edges += [min(reach, line.column.x1) if narrow else line.column.x1 for line in run]
        start = index
    return edges


def _gap(before: Line, line: Line, measures: Measures) -> str:
    """What parts two lines: "page" (the column ends), "space" (more than the usual leading) or ""."""
    if before.page != line.page or before.column != line.column or line.base < before.base - 2:
        return "page"
    pitch = line.base - before.base
    usual = measures.leading(max(line.size, before.size))
    return "space" if pitch > 1.16 * usual + 0.6 else ""


def _ended(before: Line, line: Line, right: float) -> bool:
    """Whether the author ended ``before``: the next word would have had room there."""
    words = line.words
    last = words[0].x1
    for left, word in zip(words, words[1:], strict=False):
        if not touches(left, word) and not (word.text in "»:;?!" or left.text == "«"):
            break
        last = word.x1
    needed = last - words[0].x0 + 0.28 * line.size
    centred = abs((before.x0 - before.column.x0) - (before.column.x1 - before.x1)) < 3 and before.x0 > before.column.x0 + 12  # fmt: skip
    room = (right - before.column.x0) - (before.x1 - before.x0) if centred else right - before.x1
    return room > needed + 0.35 * line.size


def _marked(line: Line, before: Line, ended: bool) -> bool:
    """Whether ``line`` opens an item or a numbered heading, and is not running text that
    happens to begin with a dash or a number."""
    first = line.words[0].text
    bullet = is_bullet(first) or (first == "o" and len(line.words) > 1 and _wide(line))
    if bullet and first not in _DASHES or is_glued_bullet(first):
        return True
    if not (bullet or NUMBERED.match(first) or _NAMED.match(line.text)):
        return False
    if first.isalnum() and not _NAMED.match(line.text):
        return False  # a bare number opens a paragraph, but not by itself
    return ended or bool(_ENDS.search(before.text)) or before.text.endswith(",") and bullet


def _restyled(before: Line, line: Line, ended: bool) -> bool:
    if abs(before.size - line.size) > 0.06 * max(before.size, line.size):
        return True
    return ended and (
        before.bold != line.bold or before.underlined != line.underlined
        or (before.color != line.color and (before.bold or line.bold))
        or (before.italic != line.italic)
    )  # fmt: skip


def _is_slight(before: Line, line: Line, measures: Measures) -> bool:
    """Whether the space above ``line`` may come from a raised figure or a symbol in it."""
    return line.base - before.base < 1.5 * measures.leading(max(line.size, before.size))


def _runs_on(before: Line, line: Line, ended: bool, *, strict: bool = False) -> bool:
    """Whether a paragraph goes on in the next column or on the next page.

    ``strict`` asks that the line before is full and the next one begins in lower case.
    """
    if strict and (ended or not line.text[:1].islower()):
        return False
    if abs(before.size - line.size) > 0.06 * line.size or before.bold != line.bold:
        return False
    if re.search(r"[.!?:;…][»”\")\]]*$", before.text):
        return False
    starts_low = line.text[:1].islower() or line.text[:1] in '«("[' or line.text[:1].isdigit()
    return starts_low or not ended


def _hangs_out(paragraph: Paragraph, line: Line) -> bool:
    """Whether ``line`` stands left of the text of the list item before it."""
    return paragraph.bullet and line.x0 < paragraph.first.x0 + 2


def _indented_opening(paragraph: Paragraph, line: Line, before: Line) -> bool:
    """Whether a first line's indent opens a paragraph although ``before`` is full."""
    if paragraph.bullet or paragraph.numbered or not _ENDS.search(before.text):
        return False
    others = paragraph.lines[1:] or [before]
    return all(line.x0 > other.x0 + 0.8 * line.size for other in others) and (
        len(paragraph.lines) > 1 or abs(line.x0 - before.x0) < 2
    )
