"""Lines of text: words that share a baseline, with raised figures set apart from the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from ingest.readers.pdf.pages.page import Box, Word


@dataclass(frozen=True)
class Line:
    """Words from left to right; ``column`` is the width that its text may take."""

    words: tuple[Word, ...]
    column: Box

    @cached_property
    def size(self) -> float:
        """The font size of most of its characters."""
        weights: dict[float, int] = {}
        for word in self.words:
            weights[word.size] = weights.get(word.size, 0) + len(word.text)
        return max(weights, key=lambda size: (weights[size], size))

    @cached_property
    def base(self) -> float:
        """The baseline of the words of its main size."""
        return median(word.base for word in self.words if word.size >= 0.9 * self.size)

    @property
    def page(self) -> int:
        """The number of its page."""
        return self.words[0].page

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.words[-1].x1

    @cached_property
    def text(self) -> str:
        """Its words with single spaces, raised figures included."""
        return "".join(
            ("" if index == 0 or touches(self.words[index - 1], word) else " ") + word.text
            for index, word in enumerate(self.words)
        )

    @cached_property
    def bold(self) -> bool:
        """Whether nearly all of it is bold."""
        return self._share("bold") > 0.85

    @cached_property
    def italic(self) -> bool:
        """Whether nearly all of it is in italics."""
        return self._share("italic") > 0.85

    @cached_property
    def underlined(self) -> bool:
        """Whether nearly all of it is underlined."""
        return self._share("underlined") > 0.85

    @property
    def color(self) -> int:
        """The colour of its first word."""
        return self.words[0].color

    @cached_property
    def is_capitals(self) -> bool:
        """Whether its letters are capitals."""
        letters = [c for c in self.text if c.isalpha()]
        return len(letters) > 3 and sum(c.isupper() for c in letters) > 0.9 * len(letters)

    def raised(self, word: Word) -> bool:
        """Whether ``word`` is small and stands above the line, like the call of a note."""
        return word.size < 0.85 * self.size and self.base - word.base > 0.12 * self.size

    def _share(self, name: str) -> float:
        solid = [word for word in self.words if any(c.isalnum() for c in word.text)]
        total = sum(len(word.text) for word in solid)
        return sum(len(w.text) for w in solid if getattr(w, name)) / total if total else 0.0


def touches(left: Word, right: Word) -> bool:
    """Whether no space stands between two words (the size or the baseline changed)."""
    return right.x0 - left.x1 < 0.12 * max(left.size, right.size)


def group_lines(words: Iterable[Word], column: Box) -> list[Line]:
    """Lines from top to bottom; small raised or lowered words join the line that they touch."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.base, word.x0)):
        for row in reversed(rows[-4:]):
            if abs(word.base - row[0].base) < 0.22 * min(word.size, row[0].size):
                row.append(word)
                break
        else:
            rows.append([word])
    rows = _join_small(rows)
    lines = [Line(tuple(sorted(row, key=lambda word: word.x0)), column) for row in rows]
    return sorted(lines, key=lambda line: line.base)


def _join_small(rows: list[list[Word]]) -> list[list[Word]]:
    main = [max(word.size for word in row) for row in rows]
    for index, row in enumerate(rows):
        for word in list(row):
            best: list[Word] | None = None
            for other in range(max(0, index - 3), min(len(rows), index + 4)):
                target, size = rows[other], main[other]
                if other == index or not target or word.size > 0.85 * size:
                    continue
                rise = max(w.base for w in target if w.size >= 0.9 * size) - word.base
                if not -0.35 * size < rise < 0.65 * size:
                    continue
                if any(-0.3 * size < word.x0 - w.x1 < 0.4 * size or
                       -0.3 * size < w.x0 - word.x1 < 0.2 * size
                       for w in target if w.size >= 0.9 * size):  # fmt: skip
                    best = target
            if best is not None:
                row.remove(word)
                best.append(word)
    return [row for row in rows if row]


def split_at_gaps(line: Line, least: float = 1.8) -> list[Line]:
    """The parts of a line that stand apart by more than ``least`` times its size."""
    parts: list[list[Word]] = [[line.words[0]]]
    for left, right in zip(line.words, line.words[1:], strict=False):
        if right.x0 - left.x1 > least * line.size:
            parts.append([])
        parts[-1].append(right)
    return [Line(tuple(part), line.column) for part in parts]


def columns(lines: Sequence[Line]) -> list[Line]:
    """The same words as lines of one column after the other, where the text has two columns.

    Lines over the full width cut the page into bands; a band has two columns when a white
    strip divides it and both sides are filled like running text.
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
            ordered += _band(band, gutter, left, right)
            band = []
            ordered.append(line)
        else:
            band.append(line)
    return ordered + _band(band, gutter, left, right)


def _bridges(line: Line, x: float) -> bool:
    """Whether words run on both sides of ``x`` with no more than a word space between them."""
    before = [word for word in line.words if word.x1 <= x + 1]
    after = [word for word in line.words if word.x0 >= x - 1]
    return bool(before and after) and after[0].x0 - before[-1].x1 < 0.9 * line.size


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
