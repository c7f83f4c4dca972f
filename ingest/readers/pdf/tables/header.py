"""Whether the first row of a table names its columns."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.values import find_values
from ingest.readers.pdf.tables.table import Cell


def header_rows(rows: Sequence[tuple[Cell, ...]]) -> int:
    """1 when the first row names the columns: by its print, or because only it has no figures."""
    if len(rows) < 2 or len({id(cell) for cell in rows[0]}) < 2:
        return 0
    first = [cell for cell in rows[0] if cell.lines]
    rest = [cell for row in rows[1:] for cell in row if cell.lines]
    if len(first) < 2 and len(rows[0]) > 2 or not rest:
        return 0
    bold = [all(line.bold for line in cell.lines) for cell in first]
    rest_bold = sum(all(line.bold for line in cell.lines) for cell in rest)
    if all(bold) and rest_bold < 0.6 * len(rest):
        return 1
    if all(cell.shaded for cell in first) and not all(
        cell.shaded for row in rows[1:] for cell in row[1:]
    ):
        return 1
    texts = [cell.text for cell in first]
    if any(find_values(text) for text in texts) or len(first) < len(set(map(id, rows[0]))) - 1:
        return 0
    below = [row[-1].text for row in rows[1:] if row[-1].lines]
    valued = sum(bool(find_values(text)) for text in below)
    return 1 if below and valued >= 0.6 * len(below) and len(texts[-1]) < 60 else 0
