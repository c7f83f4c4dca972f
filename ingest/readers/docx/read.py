"""The body of a document, told as paragraphs, tables and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from assistant.errors import CorpusError
from assistant.values import find_values
from ingest.readers.archive import read_parts
from ingest.readers.docx.numbers import Numbers
from ingest.readers.docx.properties import (
    W,
    color_of,
    inherit,
    is_framed,
    is_on,
    number_of,
    size_of,
    value_of,
)
from ingest.readers.docx.styles import Style, read_styles
from ingest.readers.docx.text import FALLBACK, text_of
from ingest.readers.styled import Item, Styled, StyledBox, StyledTable, write_items
from ingest.structure import Structure, TextBuilder

_LOOK_FIRST_ROW = 0x20


def read_docx(data: bytes) -> Structure:
    """Parse a DOCX file. Raises CorpusError when it is broken, encrypted or a bomb."""
    parts = read_parts(
        data,
        ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml",
         "word/endnotes.xml"],
    )  # fmt: skip
    body = parts["word/document.xml"].find(f"{W}body") if "word/document.xml" in parts else None
    if body is None:
        raise CorpusError("the file holds no Word document; export it again.")
    reader = _Reader(read_styles(parts.get("word/styles.xml")), Numbers(parts.get("word/numbering.xml")))  # fmt: skip
    builder = TextBuilder()
    notes: dict[str, str] = {}
    for prefix, name in (("f", "word/footnotes.xml"), ("e", "word/endnotes.xml")):
        root = parts.get(name)
        for note in root if root is not None else ():
            if note.get(f"{W}type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            texts = [text_of(p)[0].strip() for p in note.iter(f"{W}p")]
            notes[f"{prefix}{note.get(f'{W}id')}"] = "\n".join(t for t in texts if t)
    write_items(builder, list(reader.items(body)), notes)
    return builder.build()


@dataclass(slots=True)
class _Reader:
    styles: dict[str, Style]
    numbers: Numbers

    def items(self, parent: etree._Element) -> Iterator[Item]:
        """Paragraphs, tables and boxes below ``parent``, in order."""
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                yield from self._table(element)
            elif element.tag == f"{W}sdt":
                gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
                content = element.find(f"{W}sdtContent")
                if content is not None and (gallery is None or "Contents" not in gallery.get(f"{W}val", "")):  # fmt: skip
                    yield from self.items(content)
            elif element.tag in (f"{W}ins", f"{W}customXml", f"{W}smartTag"):
                yield from self.items(element)

    def _paragraph(self, element: etree._Element) -> Iterator[Item]:
        properties = element.find(f"{W}pPr")
        style_element = properties.find(f"{W}pStyle") if properties is not None else None
        key = style_element.get(f"{W}val", "") if style_element is not None else "Normal"
        style = self.styles.get(key, Style())
        if re.match(r"(?:toc|tm|table of)\s*\d?", style.name, re.I) or re.match(r"TOC|TM\d", key):
            return
        text, notes = text_of(element)
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        level = style.level
        if outline is not None:
            value = int(outline.get(f"{W}val", "9"))
            level = value + 1 if value < 9 else None
        own = number_of(properties)
        number = own or style.number
        label = (
            self.numbers.label(*number) if number and number[0] != "0" and text.strip() else None
        )
        if level is not None and len(text) > 400:
            level = None
        yield Styled(
            text, tuple(notes), level, number[1] if label is not None and number else None,
            label or "", framed=style.framed or is_framed(properties),
            **self._print(element, style),
        )  # fmt: skip
        for box in element.iter(f"{W}txbxContent"):
            if any(parent.tag == FALLBACK for parent in box.iterancestors()):
                continue
            inner = tuple(item for item in self.items(box) if not isinstance(item, StyledBox))
            if any(isinstance(i, StyledTable) or i.text.strip() for i in inner):
                yield StyledBox(inner)

    def _print(self, element: etree._Element, style: Style) -> dict[str, Any]:
        """Size, weight … that all runs of a paragraph share."""
        sizes: dict[float, int] = {}
        counts = {"b": 0, "i": 0, "u": 0}
        colors: list[int] = []
        total = 0
        for run in element.iter(f"{W}r"):
            length = sum(len(t.text or "") for t in run.iter(f"{W}t"))
            properties = run.find(f"{W}rPr")
            size = size_of(properties) or style.size or 11.0
            sizes[size] = sizes.get(size, 0) + length
            total += length
            for name, inherited in (
                ("b", style.bold),
                ("i", style.italic),
                ("u", style.underlined),
            ):
                if inherit(is_on(properties, name), inherited):
                    counts[name] += length
            if length:
                colors.append(inherit(color_of(properties), style.color or 0))
        whole = {name: total > 0 and count > 0.85 * total for name, count in counts.items()}
        return {
            "size": max(sizes, key=lambda s: sizes[s]) if sizes else style.size or 11.0,
            "bold": whole["b"], "italic": whole["i"], "underlined": whole["u"],
            "color": colors[0] if colors and len(set(colors)) == 1 else 0,
        }  # fmt: skip

    def _table(self, table: etree._Element) -> Iterator[Item]:
        rows: list[tuple[str, ...]] = []
        calls: list[tuple[str, ...]] = []
        above: dict[int, str] = {}
        declared, bold = 0, []
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue  # of a table within a cell
            if row.find(f"{W}trPr/{W}tblHeader") is not None and declared == len(rows):
                declared += 1
            cells: list[str] = []
            labels: list[str] = []
            column = 0
            strong: list[bool] = []
            for cell in row.iter(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tr")) is not row:
                    continue
                properties = cell.find(f"{W}tcPr")
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                span = int(value_of(properties, "gridSpan", "1")) if properties is not None else 1
                if merge is not None and merge.get(f"{W}val") != "restart":
                    text = above.get(column, "")
                else:
                    text, found = self._cell(cell)
                    labels += found
                    if text:
                        strong.append(self._is_bold(cell))
                above[column] = text
                cells.append(text)
                column += max(span, 1)
            if any(cells):
                rows.append(tuple(cells))
                calls.append(tuple(labels))
                bold.append(bool(strong) and all(strong))
        if not rows:
            return
        if len(rows) == 1 and len(rows[0]) == 1:
            cell = next(table.iter(f"{W}tc"))
            yield StyledBox(tuple(i for i in self.items(cell) if not isinstance(i, StyledBox)))
            return
        header = declared if 0 < declared < len(rows) else 0
        if not header and len(rows) > 1 and len(rows[0]) > 1 and bold[0] and not bold[1]:
            header = 1
        yield StyledTable(
            tuple(rows), min(header, 1) or int(self._styled_header(table, rows)), tuple(calls)
        )

    def _styled_header(self, table: etree._Element, rows: Sequence[Sequence[str]]) -> bool:
        """Whether the table's style prints the first row in its own way, and is told to. Word tells it to
        by default: a first row that holds values is none."""
        properties = table.find(f"{W}tblPr")
        if properties is None or len(rows) < 2 or len(rows[0]) < 2:
            return False
        look = properties.find(f"{W}tblLook")
        told = look is not None and (
            look.get(f"{W}firstRow") in ("1", "true", "on")
            or bool(int(look.get(f"{W}val", "0"), 16) & _LOOK_FIRST_ROW)
        )
        style = self.styles.get(value_of(properties, "tblStyle", ""), Style())
        return told and style.first_row and not any(map(find_values, rows[0]))

    def _cell(self, cell: etree._Element) -> tuple[str, list[str]]:
        pieces: list[str] = []
        labels: list[str] = []
        for paragraph in cell.iter(f"{W}p"):
            text, notes = text_of(paragraph)
            labels += [label for _, label in notes]
            number = number_of(paragraph.find(f"{W}pPr"))
            label = self.numbers.label(*number) if number and text.strip() else None
            mark = "" if label is None else f"{label or '-'} "
            if text.strip():
                pieces.append(mark + " ".join(text.split()))
        return " ".join(pieces), labels

    def _is_bold(self, cell: etree._Element) -> bool:
        for paragraph in cell.iter(f"{W}p"):
            properties = paragraph.find(f"{W}pPr/{W}pStyle")
            key = properties.get(f"{W}val", "") if properties is not None else "Normal"
            if text_of(paragraph)[0].strip() and not self._print(paragraph, self.styles.get(key, Style()))["bold"]:  # fmt: skip
                return False
        return True
