"""A document in reading order: lines, tables and frames, with furniture and notes taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.readers.pdf.columns import columns
from ingest.readers.pdf.furniture import (
    Note,
    body_style,
    drop_contents,
    drop_furniture,
    split_notes,
    text_area,
)
from ingest.readers.pdf.lines import Line, group_lines
from ingest.readers.pdf.pages.page import Box, Page
from ingest.readers.pdf.pages.source import Source
from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.grids import ruled_tables
from ingest.readers.pdf.tables.table import Cell, Table

_CELL_OF_TEXT = 700


@dataclass(frozen=True, slots=True)
class Frame:
    """Lines that stand in a frame."""

    lines: tuple[Line, ...]


Element = Line | Table | Frame


@dataclass(slots=True)
class Layout:
    """The elements in reading order, the notes, and the size (points) and colour of running text."""

    elements: list[Element] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    body: float = 10.0
    color: int = 0


def lay_out(source: Source) -> Layout:
    """Put the elements of all pages in the order in which a reader meets them."""
    tables = {page.number: ruled_tables(page) for page in source.pages}
    lines: dict[int, list[Line]] = {}
    for page in source.pages:
        areas = [table.box for table in tables[page.number]]
        free = [
            word for word in page.words
            if not any(box.holds((word.x0 + word.x1) / 2, word.base - 0.3 * word.size) for box in areas)
        ]  # fmt: skip
        lines[page.number] = group_lines(free, Box(0, 0, page.width, page.height))
    lines = drop_furniture(source.pages, lines)
    layout = Layout()
    everything = [line for page in source.pages for line in lines[page.number]]
    cells = [line for found in tables.values() for table in found for row in table.rows
             for cell in row for line in cell.lines]  # fmt: skip
    layout.body, layout.color = body_style(everything or cells)
    areas_by_size: dict[tuple[int, int], list[Line]] = {}
    for page in source.pages:
        areas_by_size.setdefault(_format(page), []).extend(lines[page.number])
    for page in source.pages:
        found = lines[page.number]
        if found:
            area = text_area(areas_by_size[_format(page)])
            found = [replace(line, column=area) for line in drop_contents(found)]
            found = columns(found)
        body: list[Line] = []
        for chunk in _chunks(found):
            earlier = layout.notes[-1] if layout.notes else None
            if earlier is not None and earlier.page < page.number - 1:
                earlier = None
            rest, notes = split_notes(chunk, page, layout.body, earlier)
            body += rest
            layout.notes += notes
        last = layout.elements[-1] if layout.elements else None
        earlier_table = last if isinstance(last, Table) and last.page == page.number - 1 else None
        flow = aligned_tables(body, earlier_table)
        layout.elements += _place_tables(flow, tables[page.number])
    layout.elements = _join_tables(layout.elements)
    return layout


def _format(page: Page) -> tuple[int, int]:
    return round(page.width), round(page.height)


def _chunks(lines: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines of the same column."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and runs[-1][-1].column == line.column and line.base >= runs[-1][-1].base:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _place_tables(flow: Sequence[Line | Table], tables: Sequence[Table]) -> list[Element]:
    """``flow`` with ruled tables set in where they stand: before the first line of the same
    column that begins below them."""
    placed: list[Element] = list(flow)
    for table in tables:
        where = len(placed)
        centre = (table.box.x0 + table.box.x1) / 2
        for index, element in enumerate(placed):
            if isinstance(element, Frame):
                continue
            box = element.box if isinstance(element, Table) else element.column
            top = element.box.top if isinstance(element, Table) else element.base
            beside = box.x0 - 5 <= centre <= box.x1 + 5
            if beside and top > table.box.top + 2:
                where = index
                break
            if not beside and box.x0 > table.box.x1 and index and where == len(placed):
                where = index  # the next column begins here
                break
        placed[where:where] = _told(table)
    return placed


def _told(table: Table) -> list[Element]:
    """A grid as what it is: a table, a frame around text, or cells of running text."""
    if len(table.rows[0]) == 1 or len({id(c) for row in table.rows for c in row if c.lines}) == 1:
        seen: dict[int, tuple[Line, ...]] = {}
        for row in table.rows:
            for cell in row:
                seen.setdefault(id(cell), cell.lines)
        return [Frame(tuple(line for lines in seen.values() for line in lines))]
    if len(table.rows) == 1:
        texts = [cell for cell in table.rows[0] if cell.lines]
        if any(sum(len(line.text) for line in cell.lines) > _CELL_OF_TEXT for cell in texts):
            return [Frame(cell.lines) for cell in texts]
    return [table]


def _join_tables(elements: Sequence[Element]) -> list[Element]:
    """Tables that go on over a page break become one, a repeated header and a cut row joined."""
    joined: list[Element] = []
    for element in elements:
        last = joined[-1] if joined else None
        if isinstance(element, Frame) and isinstance(last, Frame) and _frame_goes_on(last, element):
            joined[-1] = Frame(last.lines + element.lines)
            continue
        if not (
            isinstance(element, Table) and isinstance(last, Table) and _continues(last, element)
        ):
            joined.append(element)
            continue
        rows = list(element.rows)
        if [c.text for c in rows[0]] == [c.text for c in last.rows[0]]:
            rows = rows[1:]
        merged = list(last.rows)
        if rows and _is_cut(merged[-1], rows[0]):
            merged[-1] = tuple(
                replace(a, lines=a.lines + b.lines)
                for a, b in zip(merged[-1], rows[0], strict=True)
            )
            rows = rows[1:]
        joined[-1] = replace(last, page=element.page, rows=(*merged, *rows))
    return joined


def _frame_goes_on(last: Frame, frame: Frame) -> bool:
    """Whether a column or page break cuts a frame within a sentence."""
    a, b = last.lines[-1], frame.lines[0]
    apart = a.page != b.page or a.column != b.column
    return apart and not re.search(r"[.!?:][»”)]*$", a.text)


def _continues(last: Table, table: Table) -> bool:
    a, b = last.column_edges, table.column_edges
    return (
        table.page == last.page + 1
        and len(a) == len(b)
        and all(abs(x - y) <= 4 for x, y in zip(a, b, strict=True))
    )


def _is_cut(last: tuple[Cell, ...], first: tuple[Cell, ...]) -> bool:
    """Whether a row was cut by the page break: its empty or lower-case cells go on."""
    filled = [(a, b) for a, b in zip(last, first, strict=True) if b.lines]
    if not filled or any(not a.lines for a, _ in filled):
        return False
    lower = filled[0][1].lines[0].text[:1].islower()
    empty = len(filled) < len(first) and not first[0].lines
    open_end = not re.search(r"[.;:!?)»\d€%]$", filled[0][0].lines[-1].text)
    return lower and (empty or open_end) or (empty and open_end)
