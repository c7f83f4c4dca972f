"""The structure of a document: every element of its layout told as what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.values import find_values
from ingest.readers.pdf.headings import HeadingFinder, common_looks, look, numbering
from ingest.readers.pdf.joining import Text, join
from ingest.readers.pdf.layout import Frame, Layout
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.measures import Measures, measure
from ingest.readers.pdf.pages.source import Source
from ingest.readers.pdf.paragraphs import Paragraph, make_paragraphs
from ingest.readers.pdf.tables.header import header_rows
from ingest.readers.pdf.tables.table import Table
from ingest.structure import TextBuilder


class Writer:
    """Tells ``builder`` what every element is; call ``write`` once."""

    def __init__(self, source: Source, layout: Layout) -> None:
        self.builder = TextBuilder()
        self._layout = layout
        lines: list[Line] = []
        for element in layout.elements:
            if isinstance(element, Line):
                lines.append(element)
            elif isinstance(element, Frame):
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
                following = Paragraph([_in_plain_print(paragraph.first)], gap_before=True)
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
        header = header_rows(rows)
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
        for paragraph in make_paragraphs(lines, self._measures):
            text = join(paragraph.lines, self._measures, self._calls, paragraph.breaks, skip_first=paragraph.bullet)  # fmt: skip
            pieces.append(("- " if paragraph.bullet else "") + text.text.strip())
            notes += text.notes
            pages += text.pages
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


def _in_plain_print(line: Line) -> Line:
    """``line`` as plain print, for what follows a heading and is no paragraph."""
    return Line(tuple(replace(word, bold=False) for word in line.words), line.column)


def _is_dateline(text: str) -> bool:
    return len(text) < 60 and any(value.kind == "date" for value in find_values(text))
