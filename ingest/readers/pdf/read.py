"""PDF to structure: the stages in order, and what each paragraph is told as."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import CorpusError
from assistant.values import find_values
from ingest.readers.pdf.furniture import (
    Note,
    body_style,
    drop_contents,
    drop_furniture,
    split_notes,
    text_area,
)
from ingest.readers.pdf.headings import HeadingFinder, common_looks, look, numbering
from ingest.readers.pdf.lines import Line, columns, group_lines
from ingest.readers.pdf.page import Box, Page, Source, read_pages
from ingest.readers.pdf.paragraphs import (
    Measures,
    Paragraph,
    Text,
    is_marker,
    join,
    make_paragraphs,
    measure,
)
from ingest.readers.pdf.tables import Table, aligned_tables, ruled_tables
from ingest.structure import Structure, TextBuilder

_CELL_OF_TEXT = 700
_SCAN_CHARS = 25


@dataclass(frozen=True, slots=True)
class _Frame:
    """Lines that stand in a frame."""

    lines: tuple[Line, ...]


_Element = Line | Table | _Frame


def read_pdf(data: bytes) -> Structure:
    """Parse a PDF. Raises CorpusError saying why it can't be read: broken, encrypted, a scan."""
    source = read_pages(data)
    chars = [sum(len(word.text) for word in page.words) for page in source.pages]
    if sum(chars) < _SCAN_CHARS * max(1, len(source.pages)) and any(p.has_image for p in source.pages):  # fmt: skip
        raise CorpusError("the PDF is a scan without text; run it through OCR first.")
    if not sum(chars):
        raise CorpusError("the PDF holds no text.")
    pictures = [
        page.number for page, count in zip(source.pages, chars, strict=True)
        if page.has_image and count < _SCAN_CHARS
    ]  # fmt: skip
    layout = _lay_out(source)
    writer = _Writer(source, layout)
    writer.write()
    warnings = []
    if pictures:
        numbers = ", ".join(map(str, pictures[:10])) + (" …" if len(pictures) > 10 else "")
        warnings.append(f"page {numbers}: an image without text, not read.")
    return writer.builder.build(warnings)


@dataclass(slots=True)
class _Layout:
    """The document in reading order, and its notes."""

    elements: list[_Element] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    body: float = 10.0
    color: int = 0


def _lay_out(source: Source) -> _Layout:
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
    layout = _Layout()
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
        flow = aligned_tables(body, is_marker, earlier_table)
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


def _place_tables(flow: Sequence[Line | Table], tables: Sequence[Table]) -> list[_Element]:
    """``flow`` with ruled tables set in where they stand: before the first line of the same
    column that begins below them."""
    placed: list[_Element] = list(flow)
    for table in tables:
        where = len(placed)
        centre = (table.box.x0 + table.box.x1) / 2
        for index, element in enumerate(placed):
            if isinstance(element, _Frame):
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


def _told(table: Table) -> list[_Element]:
    """A grid as what it is: a table, a frame around text, or cells of running text."""
    if len(table.rows[0]) == 1 or len({id(c) for row in table.rows for c in row if c.lines}) == 1:
        seen: dict[int, tuple[Line, ...]] = {}
        for row in table.rows:
            for cell in row:
                seen.setdefault(id(cell), cell.lines)
        return [_Frame(tuple(line for lines in seen.values() for line in lines))]
    if len(table.rows) == 1:
        texts = [cell for cell in table.rows[0] if cell.lines]
        if any(sum(len(line.text) for line in cell.lines) > _CELL_OF_TEXT for cell in texts):
            return [_Frame(cell.lines) for cell in texts]
    return [table]


def _join_tables(elements: Sequence[_Element]) -> list[_Element]:
    """Tables that go on over a page break become one, a repeated header and a cut row joined."""
    joined: list[_Element] = []
    for element in elements:
        last = joined[-1] if joined else None
        if isinstance(element, _Frame) and isinstance(last, _Frame) and _frame_goes_on(last, element):
            joined[-1] = _Frame(last.lines + element.lines)
            continue
        if not (
            isinstance(element, Table) and isinstance(last, Table) and _continues(last, element)
        ):
            joined.append(element)
            continue
        rows = list(element.rows)
        if [_plain(c.lines) for c in rows[0]] == [_plain(c.lines) for c in last.rows[0]]:
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


def _frame_goes_on(last: _Frame, frame: _Frame) -> bool:
    """Whether a column or page break cuts a frame within a sentence."""
    a, b = last.lines[-1], frame.lines[0]
    apart = a.page != b.page or a.column != b.column
    return apart and not re.search(r"[.!?:][»”)]*$", a.text)


def _continues(last: Table, table: Table) -> bool:
    a, b = last.column_edges, table.column_edges
    return table.page == last.page + 1 and len(a) == len(b) and all(
        abs(x - y) <= 4 for x, y in zip(a, b, strict=True)
    )


def _is_cut(last: tuple, first: tuple) -> bool:  # type: ignore[type-arg]
    """Whether a row was cut by the page break: its empty or lower-case cells go on."""
    filled = [(a, b) for a, b in zip(last, first, strict=True) if b.lines]
    if not filled or any(not a.lines for a, _ in filled):
        return False
    lower = filled[0][1].lines[0].text[:1].islower()
    empty = len(filled) < len(first) and not first[0].lines
    open_end = not re.search(r"[.;:!?)»\d€%]$", filled[0][0].lines[-1].text)
    return lower and (empty or open_end) or (empty and open_end)


def _plain(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines)


class _Writer:
    """Tells the builder what every element is."""

    def __init__(self, source: Source, layout: _Layout) -> None:
        self.builder = TextBuilder()
        self._layout = layout
        lines: list[Line] = []
        for element in layout.elements:
            if isinstance(element, Line):
                lines.append(element)
            elif isinstance(element, _Frame):
                lines += element.lines
            else:
                lines += [line for row in element.rows for cell in row for line in cell.lines]
        self._measures: Measures = measure(lines, source.links)
        self._headings = HeadingFinder(layout.body, layout.color, source.bookmarks)
        self._calls: dict[int, dict[str, str]] = {}
        for note in layout.notes:
            self._calls.setdefault(note.page, {})[note.label] = f"{note.page}.{note.label}"
        self._lists: list[tuple[float, int]] = []
        self._titled = False
        self._is_open_title = False
        self._title: list[tuple[Text, Paragraph]] = []

    def write(self) -> None:
        """Write all elements, then the notes."""
        run: list[Line] = []
        parts: list[list[Paragraph] | Table | tuple[list[Paragraph]]] = []
        for element in self._layout.elements:
            if isinstance(element, Line):
                run.append(element)
                continue
            parts.append(make_paragraphs(run, self._measures))
            run = []
            if isinstance(element, Table):
                parts.append(element)
            else:
                parts.append((make_paragraphs(element.lines, self._measures),))
        parts.append(make_paragraphs(run, self._measures))
        flat = [p for part in parts for p in (part if isinstance(part, list) else part[0] if isinstance(part, tuple) else ())]  # fmt: skip
        self._looks = common_looks(flat, self._layout.color)
        for number, part in enumerate(parts):
            if isinstance(part, Table):
                self._flush_title()
                self._lists.clear()
                self._table(part)
            elif isinstance(part, tuple):
                self._lists.clear()
                titled = not self._titled and self._is_title_frame(part[0])
                if not titled:
                    self._flush_title()
                    self.builder.open_box()
                self._paragraphs(part[0], None)
                if not titled:
                    self.builder.close_box()
                self._lists.clear()
            else:
                after = next((p for p in parts[number + 1 :] if p), None)
                self._paragraphs(part, after)
        self._flush_title()
        self._notes()

    def _is_title_frame(self, paragraphs: Sequence[Paragraph]) -> bool:
        return all(look(p, self._layout.color).size > 1.12 * self._layout.body or
                   look(p, self._layout.color).strong for p in paragraphs) and not any(
            numbering(p.first.text) for p in paragraphs)  # fmt: skip

    def _paragraphs(self, paragraphs: Sequence[Paragraph], after: object) -> None:
        for index, paragraph in enumerate(paragraphs):
            following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
            if following is None and after is not None:
                # A table or frame follows: what stands before it may head it.
                following = Paragraph([replace_bold(paragraph.first)], gap_before=True)
            self._paragraph(paragraph, following)

    def _paragraph(self, paragraph: Paragraph, following: Paragraph | None) -> None:
        text = join(
            paragraph.lines, self._measures, self._calls, paragraph.breaks,
            skip_first=paragraph.bullet,
        )  # fmt: skip
        plain = re.sub(r"\s+", " ", text.text).strip()
        if not plain:
            return
        if self._headings.is_heading(paragraph, plain, following):
            self._lists.clear()
            self._heading(paragraph, text, plain)
            return
        self._flush_title()
        if not _is_dateline(plain):
            self._titled = self._titled or len(plain) > 200
        numbered = paragraph.numbered and numbering(plain) is not None
        if paragraph.bullet or (numbered and len(plain) < 1_200):
            x = paragraph.first.x0
            while self._lists and self._lists[-1][0] > x + 5:
                self._lists.pop()
            if not self._lists or self._lists[-1][0] < x - 5:
                self._lists.append((x, self.builder.new_group()))
            self.builder.item(text.text, self._lists[-1][1], text.notes, text.pages)
            return
        if self._lists and paragraph.first.x0 < self._lists[0][0] + 3:
            self._lists.clear()
        self.builder.paragraph(text.text, text.notes, text.pages)

    def _heading(self, paragraph: Paragraph, text: Text, plain: str) -> None:
        flat = replace(text, text=text.text.replace("\n", " "))
        style = look(paragraph, self._layout.color)
        marked = self._headings.bookmark(plain, paragraph.first.page)
        is_title = (
            not self._titled
            and paragraph.first.page <= 2
            and numbering(plain) is None
            and (self._looks[style] < 4 or marked == 1 or len(plain) > 60)
            and (not self._title or paragraph.first.page == self._title[0][1].first.page)
            and (marked is None or marked == 1)
        )
        if is_title:
            self._title.append((flat, paragraph))
            return
        self._flush_title()
        self._titled = True
        level = self._headings.level(paragraph, plain)
        self.builder.heading(level, flat.text, flat.notes, flat.pages)

    def _flush_title(self) -> None:
        """The headings before everything else are the title, on as many lines as they take."""
        if not self._title:
            return
        pieces, length = [], 0
        notes: list[tuple[int, str]] = []
        for text, _ in self._title:
            pieces.append(text.text)
            notes += [(offset + length, label) for offset, label in text.notes]
            length += len(text.text) + 1
        self.builder.heading(1, " ".join(pieces), notes, self._title[0][0].pages)
        self._title = []
        self._titled = True

    def _table(self, table: Table) -> None:
        group = self.builder.new_group()
        rows = list(table.rows)
        while rows and len({id(cell) for cell in rows[0]}) == 1 and len(rows) > 1:
            self._paragraphs(make_paragraphs(rows[0][0].lines, self._measures), table)
            rows = rows[1:]
        self._flush_title()
        header = _header_rows(rows)
        for number, row in enumerate(rows):
            cells: list[str] = []
            labels: list[str] = []
            pages: list[int] = []
            previous = None
            for cell in row:
                if cell is previous:
                    continue  # it spans several columns
                previous = cell
                text = self._cell(cell.lines)
                cells.append(text.text)
                labels += [label for _, label in text.notes]
                pages += [page for _, page in text.pages[:1]]
            self.builder.row(
                cells, group, header=number < header, page=min(pages, default=table.page),
                notes=labels,
            )  # fmt: skip

    def _cell(self, lines: Sequence[Line]) -> Text:
        if not lines:
            return Text("", [], [])
        pieces: list[str] = []
        notes: list[tuple[int, str]] = []
        pages: list[tuple[int, int]] = []
        length = 0
        for paragraph in make_paragraphs(lines, self._measures):
            text = join(paragraph.lines, self._measures, self._calls, paragraph.breaks, skip_first=paragraph.bullet)  # fmt: skip
            piece = ("- " if paragraph.bullet else "") + text.text.strip()
            pieces.append(piece)
            notes += text.notes
            pages += text.pages
            length += len(piece) + 1
        return Text(" ".join(pieces), notes, pages)

    def _notes(self) -> None:
        texts: dict[str, list[Text]] = {}
        home = ""
        for note in self._layout.notes:
            label = f"{note.page}.{note.label}"
            # A note that goes on over the page break keeps the label of its first page.
            goes_on = home.split(".", 1)[-1] == note.label and label != home
            key = home if goes_on else label
            texts.setdefault(key, []).append(join(note.lines, self._measures, {}))
            home = key
        for label, parts in texts.items():
            text = " ".join(part.text for part in parts)
            self.builder.footnote(label, text, parts[0].pages)


def replace_bold(line: Line) -> Line:
    """``line`` as plain print, for what follows a heading and is no paragraph."""
    return Line(tuple(replace(word, bold=False) for word in line.words), line.column)


def _header_rows(rows: Sequence[tuple]) -> int:  # type: ignore[type-arg]
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
    texts = [_plain(cell.lines) for cell in first]
    if any(find_values(text) for text in texts) or len(first) < len(set(map(id, rows[0]))) - 1:
        return 0
    below = [_plain(row[-1].lines) for row in rows[1:] if row[-1].lines]
    valued = sum(bool(find_values(text)) for text in below)
    return 1 if below and valued >= 0.6 * len(below) and len(texts[-1]) < 60 else 0


def _is_dateline(text: str) -> bool:
    return len(text) < 60 and any(value.kind == "date" for value in find_values(text))
