"""Tables whose rows alone are ruled: columns stand where no word of any row does."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.pdf.lines import group_lines
from ingest.readers.pdf.pages.page import Box, Page, Word
from ingest.readers.pdf.tables.table import NEAR, Table, cell_in


def ruled_rows(page: Page, horizontal: list[Box]) -> list[Table]:
    """Tables between horizontal rules that no grid of ``page`` has taken, in no order."""
    groups: list[list[Box]] = []
    for rule in sorted(horizontal, key=lambda h: h.top):
        if rule.width < 120:
            continue
        for group in groups:
            if abs(group[0].x0 - rule.x0) < 4 and abs(group[0].x1 - rule.x1) < 4:
                group.append(rule)
                break
        else:
            groups.append([rule])
    tables = []
    for group in groups:
        for run in _steady(page, group):
            table = _rows_between(page, run)
            if table is not None:
                tables.append(table)
    return tables


def _steady(page: Page, rules: list[Box]) -> list[list[Box]]:
    """Runs of at least three rules with nothing but a few lines between them."""
    runs: list[list[Box]] = [[rules[0]]]
    for rule in rules[1:]:
        if rule.top - runs[-1][-1].top > 110:
            runs.append([])
        runs[-1].append(rule)
    return [run for run in runs if len(run) >= 3]


def _rows_between(page: Page, rules: list[Box]) -> Table | None:
    left, right = rules[0].x0 - 2, rules[0].x1 + 2
    area = Box(left, rules[0].top, right, rules[-1].top)
    words = [w for w in page.words if area.holds((w.x0 + w.x1) / 2, w.base - 0.3 * w.size)]
    if not words:
        return None
    gaps = _joints(page, rules) or _free_strips(words, left, right)
    if not gaps:
        return None
    tops = [rule.top for rule in rules]
    header = _header_above(page, rules[0], gaps, words)
    if header is not None:
        tops = [header[0], *tops]
        gaps = header[1]
    edges = [left, *gaps, right]
    rows = []
    for top, bottom in zip(tops, tops[1:], strict=False):
        cells = tuple(
            cell_in(page, Box(x0, top, x1, bottom))
            for x0, x1 in zip(edges, edges[1:], strict=False)
        )
        counts = [len(cell.lines) for cell in cells if cell.lines]
        if len(counts) > 1 and min(counts) == max(counts) > 2:
            return None  # several rows between two rules: their alignment tells more
        if counts:
            rows.append(cells)
    several = sum(sum(bool(cell.lines) for cell in row) > 1 for row in rows)
    if len(rows) < 2 or several < 0.6 * len(rows):
        return None
    return Table(page.number, Box(left, tops[0], right, tops[-1]), tuple(rows))


def _joints(page: Page, rules: Sequence[Box]) -> list[float]:
    """Where all rules are drawn in pieces, one a cell: the edges of the columns."""
    common: set[int] | None = None
    for rule in rules:
        begins = {
            round(edge.x0 / 2) for edge in page.horizontal
            if abs(edge.top - rule.top) < NEAR and rule.x0 + 6 < edge.x0 < rule.x1 - 6
        }  # fmt: skip
        common = begins if common is None else {x for x in common if begins & {x - 1, x, x + 1}}
    return sorted(2.0 * x for x in common or ())


def _header_above(
    page: Page, rule: Box, gaps: list[float], words: Sequence[Word]
) -> tuple[float, list[float]] | None:
    """The top of a header that stands above the first rule, and the columns that it leaves."""
    left, right = rule.x0 - 2, rule.x1 + 2
    near = [w for w in page.words if left <= w.x0 and w.x1 <= right
            and rule.top - 40 < w.base < rule.top - 1]  # fmt: skip
    top: float | None = None
    for line in reversed(group_lines(near, rule)):
        if (top or rule.top) - line.base > 1.3 * line.size:
            break
        fitting = gaps
        if any(w.x0 < x - 2 and w.x1 > x + 2 for w in line.words for x in gaps):
            fitting = _free_strips([*words, *line.words], left, right)
        edges = [left, *fitting, right]
        if len(fitting) != len(gaps) or (top is None and len(_filled(line.words, edges)) < 2):
            break
        gaps = fitting
        top = line.base - 1.0 * line.size
    return (top, gaps) if top is not None else None


def _free_strips(words: Sequence[Word], left: float, right: float) -> list[float]:
    """The middles of the strips that no word stands in, at least 6 points wide."""
    strips: list[float] = []
    reach = left
    for word in sorted(words, key=lambda word: word.x0):
        if word.x0 - reach >= 6 and reach > left:
            strips.append((reach + word.x0) / 2)
        reach = max(reach, word.x1)
    return [x for x in strips if x < right]


def _filled(words: Sequence[Word], edges: Sequence[float]) -> set[int]:
    return {
        number for word in words
        for number, (x0, x1) in enumerate(zip(edges, edges[1:], strict=False))
        if x0 <= word.x0 < x1
    }  # fmt: skip
