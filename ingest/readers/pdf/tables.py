"""Tables: ruled grids on a page, and rows that only their alignment makes a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.pdf.lines import Line, group_lines, split_at_gaps
from ingest.readers.pdf.page import Box, Page, Word

_NEAR = 3.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of one cell; the same object stands in every row and column that it spans."""

    lines: tuple[Line, ...]
    box: Box
    shaded: bool = False


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


def ruled_tables(page: Page) -> list[Table]:
    """Grids drawn with lines, from top to bottom; a frame around text has a single cell."""
    horizontal = _merge(page.horizontal, across=True)
    vertical = [e for e in _merge(page.vertical, across=False) if e.height > 6]
    tables = []
    for rules in _components(horizontal, vertical):
        table = _grid(page, *rules)
        if table is not None:
            tables.append(table)
    areas = [table.box for table in tables]
    loose = [h for h in horizontal if not any(a.holds((h.x0 + h.x1) / 2, h.top) for a in areas)]
    tables += _ruled_rows(page, loose)
    tables.sort(key=lambda table: (table.box.top, table.box.x0))
    return [t for t in tables if not any(_inside(t.box, o.box) for o in tables if o is not t)]


def _inside(inner: Box, outer: Box) -> bool:
    return (
        outer.x0 - 1 <= inner.x0 and inner.x1 <= outer.x1 + 1
        and outer.top - 1 <= inner.top and inner.bottom <= outer.bottom + 1
        and inner != outer
    )  # fmt: skip


def _merge(edges: Iterable[Box], *, across: bool) -> list[Box]:
    """Collinear edges that touch become one."""
    merged: list[Box] = []
    if across:
        for edge in sorted(edges, key=lambda e: (round(e.top / _NEAR), e.x0)):
            for index in range(len(merged) - 1, max(-1, len(merged) - 60), -1):
                last = merged[index]
                if abs(last.top - edge.top) <= _NEAR and last.x0 - _NEAR <= edge.x0 <= last.x1 + _NEAR:
                    merged[index] = Box(min(last.x0, edge.x0), last.top, max(last.x1, edge.x1), last.top)
                    break
            else:
                merged.append(edge)
        return merged
    turned = [Box(e.top, e.x0, e.bottom, e.x1) for e in edges]
    return [Box(e.top, e.x0, e.bottom, e.x1) for e in _merge(turned, across=True)]


def _meet(h: Box, v: Box) -> bool:
    return h.x0 - _NEAR <= v.x0 <= h.x1 + _NEAR and v.top - _NEAR <= h.top <= v.bottom + _NEAR


def _components(horizontal: list[Box], vertical: list[Box]) -> list[tuple[list[Box], list[Box]]]:
    parent = list(range(len(horizontal) + len(vertical)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical):
            if _meet(h, v):
                parent[root(i)] = root(len(horizontal) + j)
    groups: dict[int, tuple[list[Box], list[Box]]] = {}
    for i, h in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + j), ([], []))[1].append(v)
    return [group for group in groups.values() if group[0] and group[1]]


def _cluster(values: Iterable[float]) -> list[float]:
    places: list[list[float]] = []
    for value in sorted(values):
        if places and value - places[-1][-1] <= _NEAR:
            places[-1].append(value)
        else:
            places.append([value])
    return [sum(group) / len(group) for group in places]


def _grid(page: Page, horizontal: list[Box], vertical: list[Box]) -> Table | None:
    left = min([h.x0 for h in horizontal] + [v.x0 for v in vertical])
    right = max([h.x1 for h in horizontal] + [v.x0 for v in vertical])
    top = min([h.top for h in horizontal] + [v.top for v in vertical])
    bottom = max([h.top for h in horizontal] + [v.bottom for v in vertical])
    # A table may lack its outer rules: they are drawn in thought.
    outline = [Box(left, top, right, top), Box(left, bottom, right, bottom)]
    posts = [Box(left, top, left, bottom), Box(right, top, right, bottom)]
    xs = _cluster([v.x0 for v in vertical] + [left, right])
    ys = _cluster([h.top for h in horizontal] + [top, bottom])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns > 40 or rows > 400:
        return None
    if columns * rows == 1 and (
        right - left > 0.8 * page.width and bottom - top > 0.75 * page.height
    ):
        return None  # a frame around the page
    parent = list(range(columns * rows))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    walls, floors = vertical + posts, horizontal + outline
    for row in range(rows):
        for column in range(columns):
            middle = (ys[row] + ys[row + 1]) / 2
            if column + 1 < columns and not any(
                abs(v.x0 - xs[column + 1]) <= _NEAR and v.top <= middle <= v.bottom for v in walls
            ):
                parent[root(row * columns + column + 1)] = root(row * columns + column)
            centre = (xs[column] + xs[column + 1]) / 2
            if row + 1 < rows and not any(
                abs(h.top - ys[row + 1]) <= _NEAR and h.x0 <= centre <= h.x1 for h in floors
            ):
                parent[root((row + 1) * columns + column)] = root(row * columns + column)
    areas: dict[int, Box] = {}
    for row in range(rows):
        for column in range(columns):
            key = root(row * columns + column)
            box = Box(xs[column], ys[row], xs[column + 1], ys[row + 1])
            old = areas.get(key, box)
            areas[key] = Box(
                min(old.x0, box.x0), min(old.top, box.top), max(old.x1, box.x1),
                max(old.bottom, box.bottom),
            )  # fmt: skip
    cells = {key: _cell(page, box) for key, box in areas.items()}
    if not any(cell.lines for cell in cells.values()):
        return None
    grid = []
    for row in range(rows):
        line = tuple(cells[root(row * columns + column)] for column in range(columns))
        if any(cell.lines for cell in line):
            grid.append(line)
    return Table(page.number, Box(left, top, right, bottom), tuple(grid))


def _ruled_rows(page: Page, horizontal: list[Box]) -> list[Table]:
    """Tables whose rows alone are ruled: columns stand where no word of any row does."""
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
            _cell(page, Box(x0, top, x1, bottom))
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
            if abs(edge.top - rule.top) < _NEAR and rule.x0 + 6 < edge.x0 < rule.x1 - 6
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


def _cell(page: Page, box: Box) -> Cell:
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
    return Cell(tuple(group_lines(words, Box(box.x0 + 2, box.top, box.x1 - 2, box.bottom))), box, shaded)


def aligned_tables(
    lines: Sequence[Line], is_marker: Callable[[str], bool], earlier: Table | None = None
) -> list[Line | Table]:
    """``lines`` with runs of at least two rows whose parts begin at the same x made tables.

    ``is_marker(text)`` tells the bullet or number of a list item, which is no cell. ``earlier``
    is the table that ends the page before: one row at the top may go on with it.
    """
    result: list[Line | Table] = []
    index = 0
    while index < len(lines):
        end, starts = _aligned_run(lines, index, is_marker)
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


def _parts(line: Line, is_marker: Callable[[str], bool]) -> list[Line]:
    parts = split_at_gaps(line, 1.6)
    if len(parts) > 1 and is_marker(parts[0].text):
        parts = [Line(parts[0].words + parts[1].words, line.column), *parts[2:]]
    return parts


def _aligned_run(
    lines: Sequence[Line], start: int, is_marker: Callable[[str], bool]
) -> tuple[int, list[float]]:
    """Where a run of aligned rows that begins at ``start`` ends, and where its columns begin."""
    first = _parts(lines[start], is_marker)
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
        parts = _parts(line, is_marker)
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
        opens = len(parts) >= 2 and step > tight and (
            _place(parts[0].x0, starts) == 0 or step > 1.6 * line.size
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
