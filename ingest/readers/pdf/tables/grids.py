"""Tables that are drawn as a grid of horizontal and vertical rules."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.readers.pdf.pages.page import Box, Page
from ingest.readers.pdf.tables.ruled_rows import ruled_rows
from ingest.readers.pdf.tables.table import NEAR, Table, cell_in


def ruled_tables(page: Page) -> list[Table]:
    """Grids and ruled rows, from top to bottom; a frame around text is a grid of a single cell."""
    horizontal = _merge(page.horizontal, across=True)
    vertical = [e for e in _merge(page.vertical, across=False) if e.height > 6]
    tables = []
    for rules in _components(horizontal, vertical):
        table = _grid(page, *rules)
        if table is not None:
            tables.append(table)
    areas = [table.box for table in tables]
    loose = [h for h in horizontal if not any(a.holds((h.x0 + h.x1) / 2, h.top) for a in areas)]
    tables += ruled_rows(page, loose)
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
        for edge in sorted(edges, key=lambda e: (round(e.top / NEAR), e.x0)):
            for index in range(len(merged) - 1, max(-1, len(merged) - 60), -1):
                last = merged[index]
                if abs(last.top - edge.top) <= NEAR and last.x0 - NEAR <= edge.x0 <= last.x1 + NEAR:
                    merged[index] = Box(
                        min(last.x0, edge.x0), last.top, max(last.x1, edge.x1), last.top
                    )
                    break
            else:
                merged.append(edge)
        return merged
    turned = [Box(e.top, e.x0, e.bottom, e.x1) for e in edges]
    return [Box(e.top, e.x0, e.bottom, e.x1) for e in _merge(turned, across=True)]


def _meet(h: Box, v: Box) -> bool:
    return h.x0 - NEAR <= v.x0 <= h.x1 + NEAR and v.top - NEAR <= h.top <= v.bottom + NEAR


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
        if places and value - places[-1][-1] <= NEAR:
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
                abs(v.x0 - xs[column + 1]) <= NEAR and v.top <= middle <= v.bottom for v in walls
            ):
                parent[root(row * columns + column + 1)] = root(row * columns + column)
            centre = (xs[column] + xs[column + 1]) / 2
            if row + 1 < rows and not any(
                abs(h.top - ys[row + 1]) <= NEAR and h.x0 <= centre <= h.x1 for h in floors
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
    cells = {key: cell_in(page, box) for key, box in areas.items()}
    if not any(cell.lines for cell in cells.values()):
        return None
    grid = []
    for row in range(rows):
        line = tuple(cells[root(row * columns + column)] for column in range(columns))
        if any(cell.lines for cell in line):
            grid.append(line)
    return Table(page.number, Box(left, top, right, bottom), tuple(grid))
