"""A page as data: words with place and font, ruled edges, filled areas."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them; ``base`` is the y of its baseline."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    italic: bool
    color: int
    page: int
    underlined: bool = False

    @property
    def top(self) -> float:
        """About where its capitals end."""
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """About where its descenders end."""
        return self.base + 0.25 * self.size


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``number`` counts from 1. Edges are thin: (x0, top, x1, bottom)."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    horizontal: tuple[Box, ...]
    vertical: tuple[Box, ...]
    fills: tuple[Box, ...]
    has_image: bool
