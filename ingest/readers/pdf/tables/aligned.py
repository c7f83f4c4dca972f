"""Tables without rules: rows whose parts begin at the same x."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.pdf.lines import Line, group_lines, split_at_gaps
from ingest.readers.pdf.marks import is_marker
from ingest.readers.pdf.pages.page import Box, Word
from ingest.readers.pdf.tables.table import Cell, Table


def aligned_tables(lines: Sequence[Line], earlier: Table | None = None) -> list[Line | Table]:
    """``lines`` with runs of at least two rows whose parts begin at the same x made tables.

    ``earlier`` is the table that ends the page before: one row at the top may go on with it.
    """
    result: list[Line | Table] = []
    index = 0
    while index < len(lines):
        end, starts = _aligned_run(lines, index)
        if end - index < 2 and index == 0 and earlier is not None and _fits(lines[0], earlier):
            starts = [float(edge) for edge in earlier.column_edges]
            end = _run_end(lines[:40], 0, starts)
            if end > 0:
                result.append(_aligned(lines[:end], starts))
                index = end
                continue
        if end - index >= 2:
            result.append(_aligned(lines[index:end], starts))
            index = end
        else:
            result.append(lines[index])
            index += 1
    return result


def _fits(line: Line, table: Table) -> bool:
    """Whether a line is a row of ``table``, which has no rules: a part in every column."""
    starts = [float(edge) for edge in table.column_edges]
    parts = _split_at(line, starts)
    gaps = [b.x0 - a.x1 for a, b in zip(parts, parts[1:], strict=False)]
    return not table.ruled and len(parts) == len(starts) and max(gaps, default=0.0) > line.size


def _parts(line: Line) -> list[Line]:
    """The parts of a line that stand apart; the bullet or number of a list item is none."""
    parts = split_at_gaps(line, 1.6)
    if len(parts) > 1 and is_marker(parts[0].text):
        parts = [Line(parts[0].words + parts[1].words, line.column), *parts[2:]]
    return parts


def _aligned_run(lines: Sequence[Line], start: int) -> tuple[int, list[float]]:
    """Where a run of aligned rows that begins at ``start`` ends, and where its columns begin."""
    first = _parts(lines[start])
    if len(first) < 2:
        return start, []
    window = [lines[start]]
    begins = [part.x0 for part in first]
    several = 1
    for before, line in zip(lines[start:], lines[start + 1 :], strict=False):
        step = line.base - before.base
        if line.page != before.page or line.column != before.column:
            break
        if not 0 < step < 3.2 * line.size:
            break
        parts = _parts(line)
        if len(parts) < 2 and line.x0 < begins[1] - 6 and line.x1 > begins[1] + 30:
            break
        window.append(line)
        if len(parts) > 1:
            begins += [part.x0 for part in parts]
            several += 1
    starts = _columns(begins, several)
    if len(starts) < 2 or several < 2:
        return start, []
    end = _run_end(window, start, starts)
    full = sum(len(_split_at(line, starts)) > 1 for line in lines[start:end])
    return (end, starts) if full >= 2 else (start, [])


def _run_end(window: Sequence[Line], start: int, starts: Sequence[float]) -> int:
    """Where the rows of ``window``, whose first line is number ``start``, no longer fit."""
    end = start
    for number, line in enumerate(window):
        if number and (line.page != window[0].page or line.column != window[0].column):
            break
        parts = _split_at(line, starts)
        places = [_place(part.x0, starts) for part in parts]
        step = line.base - window[number - 1].base if number else 0.0
        if None in places or (len(parts) == 1 and (
            step > 1.6 * line.size or parts[0].x1 > [*starts, 1e9][(places[0] or 0) + 1]
        )):  # fmt: skip
            break
        if number == 0 and len(parts) == 1:
            break
        end = start + number + 1
    return end


def _columns(begins: list[float], rows: int) -> list[float]:
    """Where at least two rows (a third of many) begin a cell."""
    groups: list[list[float]] = []
    for x in sorted(begins):
        if groups and x - groups[-1][0] <= 5:
            groups[-1].append(x)
        else:
            groups.append([x])
    return [min(group) for group in groups if len(group) >= max(2, rows / 3)]


def _split_at(line: Line, starts: Sequence[float]) -> list[Line]:
    """The parts of a line that begin where columns begin."""
    parts: list[list[Word]] = [[line.words[0]]]
    for left, word in zip(line.words, line.words[1:], strict=False):
        near = any(-1 < word.x0 - start < 5 for start in starts[1:])
        if near and word.x0 - left.x1 > 0.15 * line.size or word.x0 - left.x1 > 1.6 * line.size:
            parts.append([])
        parts[-1].append(word)
    if len(parts) > 1 and parts[0][-1].x1 < starts[0] + 25 and len(parts[0]) == 1 and len(parts[0][0].text) < 3 and _place(parts[1][0].x0, starts) is None:  # fmt: skip
        parts[:2] = [parts[0] + parts[1]]  # the mark of an item within the first cell
    return [Line(tuple(part), line.column) for part in parts]


def _place(x: float, starts: Sequence[float]) -> int | None:
    for number, start in enumerate(starts):
        if abs(x - start) <= 6:
            return number
    return None


def _tight_step(lines: Sequence[Line], starts: list[float]) -> float:
    """The distance of baselines up to which a line goes on with the row above it: where rows
    stand apart by more than lines do, the distance of lines; else nothing."""
    steps = [b.base - a.base for a, b in zip(lines, lines[1:], strict=False)]
    size = lines[0].size
    if not steps or min(steps) > 1.3 * size:
        return 0.0
    least = min(steps)
    rows = [
        step for step, line in zip(steps, lines[1:], strict=True)
        if len(_split_at(line, starts)) > 1
    ]  # fmt: skip
    wide = sum(step > 1.18 * least for step in rows)
    return 1.1 * least if rows and wide >= 0.5 * len(rows) else 0.0


def _aligned(lines: Sequence[Line], starts: list[float]) -> Table:
    rows: list[list[list[Word]]] = []
    last_base = 0.0
    tight = _tight_step(lines, starts)
    for line in lines:
        parts = _split_at(line, starts)
        step = line.base - last_base
        opens = (
            len(parts) >= 2
            and step > tight
            and (_place(parts[0].x0, starts) == 0 or step > 1.6 * line.size)
        )
        if opens or not rows:
            rows.append([[] for _ in starts])
        for part in parts:
            rows[-1][_place(part.x0, starts) or 0] += part.words
        last_base = line.base
    edges = [*starts, lines[0].column.x1 + 1]
    top, bottom = lines[0].words[0].top, lines[-1].words[0].bottom
    made = []
    for row in rows:
        cells = []
        for number, words in enumerate(row):
            box = Box(edges[number], top, edges[number + 1], bottom)
            cells.append(Cell(tuple(group_lines(words, box)), box))
        made.append(tuple(cells))
    area = Box(edges[0], top, edges[-1], bottom)
    return Table(lines[0].page, area, tuple(made), ruled=False)
