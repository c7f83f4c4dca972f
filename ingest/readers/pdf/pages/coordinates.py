"""From the coordinates of the file to ours: the page's crop and rotation taken off."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.readers.pdf.pages.page import Box


@dataclass(frozen=True, slots=True)
class Placer:
    """The crop box of a page, in points of the file, and its rotation: 0, 90, 180 or 270 degrees."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file as (x, y) on the page."""
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A rectangle of the file, by two opposite corners, as one on the page."""
        (a, b), (c, d) = self.point(x0, y0), self.point(x1, y1)
        return Box(min(a, c), min(b, d), max(a, c), max(b, d))
