"""A table as data: rows of cells, each with its lines."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.readers.pdf.lines import Line, group_lines
from ingest.readers.pdf.pages.page import Box, Page

# Points within which two edges count as one.
NEAR = 3.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of one cell; the same object stands in every row and column that it spans."""

    lines: tuple[Line, ...]
    box: Box
    shaded: bool = False

    @property
    def text(self) -> str:
        """Its lines with spaces between them, hyphens and calls of notes as printed."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; ``column_edges`` are the x where columns begin."""

    page: int
    box: Box
    rows: tuple[tuple[Cell, ...], ...]
    ruled: bool = True

    @property
    def column_edges(self) -> tuple[int, ...]:
        """Where the cells of its widest row begin, in whole points."""
        row = max(self.rows, key=len)
        return tuple(round(cell.box.x0) for cell in row)


def cell_in(page: Page, box: Box) -> Cell:
    """What stands in ``box``: the words whose middle lies in it, and whether it is shaded."""
    words = [
        word for word in page.words
        if box.holds((word.x0 + word.x1) / 2, word.base - 0.3 * word.size)
    ]  # fmt: skip
    shaded = any(
        fill.x0 - 2 <= (box.x0 + box.x1) / 2 <= fill.x1 + 2
        and fill.top - 2 <= (box.top + box.bottom) / 2 <= fill.bottom + 2
        and fill.height < 3 * box.height
        for fill in page.fills
    )
    return Cell(
        tuple(group_lines(words, Box(box.x0 + 2, box.top, box.x1 - 2, box.bottom))), box, shaded
    )
