"""What is usual in a document: leading, words, links, hyphenation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from assistant.words import fold
from ingest.readers.pdf.lines import Line


@dataclass(frozen=True)
class Measures:
    """What is usual in this document; ``hyphenated`` when it cuts words at the end of lines.

    ``pitch`` is the usual distance of baselines by font size, both in points; ``words`` are in lower
    case; ``domains`` are those of its mail addresses.
    """

    pitch: dict[float, float]
    words: frozenset[str]
    links: frozenset[str]
    domains: frozenset[str] = frozenset()
    hyphenated: bool = False

    @cached_property
    def folded(self) -> frozenset[str]:
        """The words without accents."""
        return frozenset(
            part for word in self.words for part in (fold(word), *fold(word).split("-"))
        )

    @cached_property
    def common(self) -> float:
        """Leading by size, in the mean."""
        ratios = [pitch / size for size, pitch in self.pitch.items() if size]
        return median(ratios) if ratios else 1.2

    def leading(self, size: float) -> float:
        """The usual distance of baselines for ``size``."""
        return self.pitch.get(size, self.common * size)


def measure(lines: Sequence[Line], links: frozenset[str]) -> Measures:
    """Measures of a document from its lines in reading order."""
    pitches: dict[float, list[float]] = {}
    words = Counter[str]()
    for before, line in zip(lines, lines[1:], strict=False):
        gap = line.base - before.base
        same = before.page == line.page and before.column == line.column
        if same and before.size == line.size and 0.9 * line.size < gap < 2 * line.size:
            pitches.setdefault(line.size, []).append(gap)
    for line in lines:
        kept = line.words[:-1] if line.text.endswith("-") else line.words
        words.update(token for word in kept for token in re.findall(r"[\w-]+", word.text.lower()))
    domains = {
        match[1].lower() for line in lines
        for match in re.finditer(r"@([\w-]+(?:\.[\w-]+)+)", line.text)
    } | {link.rpartition("@")[2].lower() for link in links if link.startswith("mailto:")}  # fmt: skip
    return Measures(
        {size: _usual(gaps) for size, gaps in pitches.items() if len(gaps) > 2},
        frozenset(words), links, frozenset(domains),
        sum(line.text.endswith("-") for line in lines) > 0.02 * len(lines),
    )  # fmt: skip


def _usual(gaps: list[float]) -> float:
    counts = Counter(round(gap * 2) / 2 for gap in gaps)
    top = max(counts.values())
    return min(gap for gap, count in counts.items() if count >= 0.5 * top)
