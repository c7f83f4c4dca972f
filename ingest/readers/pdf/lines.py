"""Lines of text: words that share a baseline, with raised figures set apart from the rest."""

from __future__ import annotations

from collections.abc import Iterable
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
