"""Two columns of text as lines in reading order: one column after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.readers.pdf.headings import numbering
from ingest.readers.pdf.lines import Line, split_at_gaps
from ingest.readers.pdf.pages.page import Box, Word


def columns(lines: Sequence[Line]) -> list[Line]:
    """The same words as lines of one column after the other, where the text has two columns.

    Lines over the full width cut the page into bands; a band has two columns when a white
    strip divides it and both sides are filled like running text. Short headings may stand between
    the columns and a line over the full width.
    """
    if len(lines) < 6:
        return list(lines)
    parts = [part for line in lines for part in split_at_gaps(line, 0.9)]
    left, right = min(p.x0 for p in parts), max(p.x1 for p in parts)
    if right - left < 250:
        return list(lines)
    best: tuple[int, float] | None = None
    steps = [left + (right - left) * (0.3 + 0.005 * step) for step in range(81)]
    for x in steps:
        crossing = sum(p.x0 < x + 3 and p.x1 > x - 3 for p in parts)
        if best is None or crossing < best[0]:
            best = (crossing, x)
    assert best is not None
    tied = [
        x for x in steps if sum(p.x0 < x + 3 and p.x1 > x - 3 for p in parts) == best[0]
    ]
    gutter = tied[len(tied) // 2]
    ordered: list[Line] = []
    band: list[Line] = []
    for line in lines:
        crossed = any(w.x0 < gutter - 1 and w.x1 > gutter + 1 for w in line.words) or _bridges(line, gutter)  # fmt: skip
        if crossed:
            below = _end_of_columns(band, gutter)
            ordered += _band(band[:below], gutter, left, right)
            ordered += [*band[below:], line]
            band = []
        else:
            band.append(line)
    return ordered + _band(band, gutter, left, right)


def _bridges(line: Line, x: float) -> bool:
    """Whether words run on both sides of ``x`` with no more than a word space between them."""
    before = [word for word in line.words if word.x1 <= x + 1]
    after = [word for word in line.words if word.x0 >= x - 1]
    return bool(before and after) and after[0].x0 - before[-1].x1 < 0.9 * line.size


def _end_of_columns(band: Sequence[Line], x: float) -> int:
    """How many lines of a band that a line over the full width ends stand in its columns.

    A heading ends them that stands left of ``x`` with a space above it, below both columns: directly
    before the full width, or where both columns end about alike.
    """
    last = max((i for i, line in enumerate(band) if line.x1 > x), default=len(band))
    body = Counter[tuple[float, bool, int]]()
    for line in band[: last + 1]:
        body.update({_print(line): len(line.text)})
    for index in range(last + 1, len(band)):
        line, before = band[index], band[index - 1]
        if line.base - before.base < 1.5 * line.size or not _heads(line, body):
            continue
        even = before.base - band[last].base < 2.5 * before.size
        if even or all(_heads(other, body) for other in band[index:]):
            return index
    return len(band)


def _print(line: Line) -> tuple[float, bool, int]:
    return line.size, line.bold, line.color


def _heads(line: Line, body: Counter[tuple[float, bool, int]]) -> bool:
    """Whether a line looks like a heading above text that is printed like most of ``body``."""
    usual = body.most_common(1)[0][0] if body else None
    other = _print(line) != usual and line.size >= (usual[0] if usual else 0.0)
    stands_out = other or line.underlined or line.is_capitals or numbering(line.text) is not None
    return stands_out and line.text[-1] not in ".;,:"


def _has_hole(words: tuple[Word, ...]) -> bool:
    pairs = zip(words[1:], words[2:], strict=False)  # behind the first word: it may be a bullet
    return any(right.x0 - left.x1 > 1.8 * right.size for left, right in pairs)


def _band(lines: list[Line], x: float, left: float, right: float) -> list[Line]:
    sides = [
        [tuple(w for w in line.words if (w.x0 + w.x1) / 2 < x) for line in lines],
        [tuple(w for w in line.words if (w.x0 + w.x1) / 2 >= x) for line in lines],
    ]
    filled = []
    for side, width in zip(sides, (x - left, right - x), strict=True):
        rows = [words for words in side if words]
        wide = sum(words[-1].x1 - words[0].x0 > 0.6 * width for words in rows)
        cut = sum(_has_hole(words) for words in rows)
        filled.append(len(rows) >= 3 and wide >= 0.5 * len(rows) and cut <= 0.2 * len(rows))
    if not all(filled):
        return lines
    result: list[Line] = []
    for side in sides:
        rows = [words for words in side if words]
        x0, x1 = min(w[0].x0 for w in rows), max(w[-1].x1 for w in rows)
        box = Box(x0, rows[0][0].top, x1, rows[-1][0].bottom)
        result += [Line(words, box) for words in rows]
    return result
