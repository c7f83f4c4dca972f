"""ODT (OpenDocument text) to structure: styles, lists, tables, notes, frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from assistant.errors import CorpusError
from ingest.readers.archive import read_parts
from ingest.readers.counters import format_number
from ingest.readers.styled import Item, Styled, StyledBox, StyledTable, write_items
from ingest.structure import Structure, TextBuilder

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _STYLE, _TEXT, _TABLE, _DRAW = (_NS % n for n in ("office", "style", "text", "table", "drawing"))  # fmt: skip
_FO = _NS % "xsl-fo-compatible"
_SKIPPED = frozenset({
    f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}annotation-end",
    f"{_TEXT}table-of-content", f"{_TEXT}sequence-decls", f"{_TEXT}alphabetical-index",
    f"{_OFFICE}forms", f"{_TEXT}variable-decls", f"{_TEXT}user-field-decls", f"{_TEXT}note-citation",
})  # fmt: skip


def read_odt(data: bytes) -> Structure:
    """Parse an ODT file. Raises CorpusError when it is broken, encrypted or a bomb."""
    parts = read_parts(data, ["META-INF/manifest.xml", "content.xml", "styles.xml"]) if _is_open(data) else {}  # fmt: skip
    root = parts.get("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text") if root is not None else None
    if root is None or body is None:
        raise CorpusError("the file is encrypted or holds no text document; save it again.")
    reader = _Reader()
    for source in (parts.get("styles.xml"), root):
        if source is not None:
            reader.learn(source)
    builder = TextBuilder()
    items = list(reader.items(body))
    write_items(builder, items, reader.notes)
    return builder.build()


def _is_open(data: bytes) -> bool:
    manifest = read_parts(data, ["META-INF/manifest.xml"]).get("META-INF/manifest.xml")
    tag = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"
    return manifest is None or next(manifest.iter(tag), None) is None


@dataclass(slots=True)
class _Reader:
    notes: dict[str, str] = field(default_factory=dict)
    _styles: dict[str, etree._Element] = field(default_factory=dict)
    _list_styles: dict[str, dict[int, etree._Element]] = field(default_factory=dict)
    _counters: dict[tuple[str, int], int] = field(default_factory=dict)

    def learn(self, root: etree._Element) -> None:
        """Take over the styles of a part."""
        for style in root.iter(f"{_STYLE}style"):
            self._styles[style.get(f"{_STYLE}name", "")] = style
        for style in root.iter(f"{_TEXT}list-style"):
            levels = {}
            for level in style:
                number = level.get(f"{_TEXT}level", "")
                if number.isdecimal():
                    levels[int(number)] = level
            self._list_styles[style.get(f"{_STYLE}name", "")] = levels

    def items(self, parent: etree._Element) -> Iterator[Item]:
        """Paragraphs, tables and frames below ``parent``, in order."""
        for element in parent:
            if element.tag in _SKIPPED:
                continue
            if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                yield from self._paragraph(element)
            elif element.tag == f"{_TEXT}list":
                yield from self._list(element, 0, element.get(f"{_TEXT}style-name", ""))
            elif element.tag == f"{_TABLE}table":
                yield from self._table(element)
            elif element.tag in (f"{_TEXT}section", f"{_TEXT}index-body", f"{_DRAW}text-box"):
                yield from self.items(element)
            elif element.tag == f"{_DRAW}frame":
                yield from self._frame(element)

    def _frame(self, frame: etree._Element) -> Iterator[Item]:
        for box in frame.iter(f"{_DRAW}text-box"):
            inner = tuple(item for item in self.items(box) if not isinstance(item, StyledBox))
            if inner:
                yield StyledBox(inner)

    def _paragraph(
        self, element: etree._Element, depth: int | None = None, label: str = ""
    ) -> Iterator[Item]:
        text, notes = self.text(element)
        level: int | None = None
        if element.tag == f"{_TEXT}h":
            number = element.get(f"{_TEXT}outline-level", "1")
            level = int(number) if number.isdecimal() else 1
            depth = None
        elif self._is_title(element.get(f"{_TEXT}style-name", "")):
            level = 0
        yield Styled(text, tuple(notes), level, depth, label, **self._print(element))
        for frame in element.iter(f"{_DRAW}frame"):
            yield from self._frame(frame)

    def _is_title(self, name: str) -> bool:
        while name:
            if name == "Title":
                return True
            style = self._styles.get(name)
            name = style.get(f"{_STYLE}parent-style-name", "") if style is not None else ""
        return False

    def _list(self, element: etree._Element, depth: int, style: str) -> Iterator[Item]:
        style = element.get(f"{_TEXT}style-name") or style
        level = self._list_styles.get(style, {}).get(depth + 1)
        is_number = level is not None and level.tag == f"{_TEXT}list-level-style-number"
        key = (style, depth)
        if element.get(f"{_TEXT}continue-numbering") != "true" and not element.get(f"{_TEXT}continue-list"):  # fmt: skip
            self._counters.pop(key, None)
        for item in element:
            if item.tag not in (f"{_TEXT}list-item", f"{_TEXT}list-header"):
                continue
            first = item.tag == f"{_TEXT}list-item"
            for child in item:
                if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                    label = ""
                    if first and is_number and level is not None:
                        label = self._label(level, key)
                    yield from self._paragraph(child, depth if first else None, label)
                    first = False
                elif child.tag == f"{_TEXT}list":
                    yield from self._list(child, depth + 1, style)

    def _label(self, level: etree._Element, key: tuple[str, int]) -> str:
        start = level.get(f"{_TEXT}start-value", "1")
        format_ = level.get(f"{_STYLE}num-format", "1")
        self._counters[key] = self._counters.get(key, int(start) - 1 if start.isdecimal() else 0) + 1
        if not format_:
            return ""
        shown = level.get(f"{_TEXT}display-levels", "1")
        numbers = []
        for depth in range(max(0, key[1] + 1 - int(shown)), key[1] + 1):
            above = self._list_styles.get(key[0], {}).get(depth + 1)
            kind = above.get(f"{_STYLE}num-format", "1") if above is not None else "1"
            numbers.append(format_number(self._counters.get((key[0], depth), 1), kind or "1"))
        prefix, suffix = level.get(f"{_STYLE}num-prefix", ""), level.get(f"{_STYLE}num-suffix", "")
        return f"{prefix}{'.'.join(numbers)}{suffix}".strip()

    def _print(self, element: etree._Element) -> dict[str, Any]:
        """Size, weight … of a paragraph: of its style, or of the spans that hold all its text."""
        names = [element.get(f"{_TEXT}style-name", "")]
        spans = [child for child in element if child.tag == f"{_TEXT}span"]
        inside = sum(len("".join(span.itertext())) for span in spans)
        whole = len("".join(element.itertext()))
        if spans and inside > 0.85 * whole:
            names.append(spans[0].get(f"{_TEXT}style-name", ""))
        size = self._property(names, f"{_FO}font-size") or "11pt"
        weight = self._property(names, f"{_FO}font-weight") or "normal"
        color = self._property(names, f"{_FO}color") or "#000000"
        border = self._property(names[:1], f"{_FO}border") or "none"
        line = self._property(names, f"{_STYLE}text-underline-style") or "none"
        points = size.removesuffix("pt")
        return {
            "size": float(points) if points.replace(".", "", 1).isdecimal() else 11.0,
            "bold": weight == "bold" or weight.isdecimal() and int(weight) >= 600,
            "italic": self._property(names, f"{_FO}font-style") == "italic",
            "underlined": line != "none",
            "color": int(color[1:], 16) if len(color) == 7 and color.startswith("#") else 0,
            "framed": border != "none" and not border.startswith("0pt"),
        }  # fmt: skip

    def _property(self, names: list[str], name: str) -> str | None:
        for style_name in reversed(names):
            seen: set[str] = set()
            while style_name and style_name not in seen:
                seen.add(style_name)
                style = self._styles.get(style_name)
                if style is None:
                    break
                for properties in style:
                    value = properties.get(name)
                    if value and not value.endswith("%"):
                        return value
                style_name = style.get(f"{_STYLE}parent-style-name", "")
        return None

    def text(self, element: etree._Element) -> tuple[str, list[tuple[int, str]]]:
        """The text of a paragraph, and (offset, label) of the notes that it calls."""
        pieces: list[str] = []
        calls: list[tuple[int, str]] = []
        self._collect(element, pieces, calls)
        return "".join(pieces), calls

    def _collect(
        self, element: etree._Element, pieces: list[str], calls: list[tuple[int, str]]
    ) -> None:
        pieces.append(_spaces(element.text))
        for child in element:
            if child.tag == f"{_TEXT}note":
                label = child.get(f"{_TEXT}id") or f"n{len(self.notes) + 1}"
                body = child.find(f"{_TEXT}note-body")
                texts = [self.text(p)[0].strip() for p in body.iter(f"{_TEXT}p")] if body is not None else []  # fmt: skip
                self.notes[label] = "\n".join(texts)
                calls.append((sum(map(len, pieces)), label))
            elif child.tag == f"{_TEXT}line-break":
                pieces.append("\n")
            elif child.tag in (f"{_TEXT}tab", f"{_TEXT}s"):
                pieces.append(" ")
            elif child.tag not in _SKIPPED and child.tag != f"{_DRAW}frame":
                self._collect(child, pieces, calls)
            pieces.append(_spaces(child.tail))

    def _table(self, table: etree._Element) -> Iterator[Item]:
        rows: list[tuple[str, ...]] = []
        calls: list[tuple[str, ...]] = []
        bold: list[bool] = []
        header = 0
        open_spans: dict[int, tuple[int, str]] = {}
        only: etree._Element | None = None
        count = 0
        for row in table.iter(f"{_TABLE}table-row"):
            if next(row.iterancestors(f"{_TABLE}table")) is not table:
                continue
            cells: list[str] = []
            labels: list[str] = []
            strong: list[bool] = []
            for column, cell in enumerate(row):
                if cell.tag == f"{_TABLE}covered-table-cell":
                    left, text = open_spans.get(column, (0, ""))
                    if left > 0:
                        cells.append(text)
                        open_spans[column] = (left - 1, text)
                    continue
                if cell.tag != f"{_TABLE}table-cell":
                    continue
                only, count = cell, count + 1
                pieces = []
                for paragraph in cell.iter(f"{_TEXT}p", f"{_TEXT}h"):
                    if next(paragraph.iterancestors(f"{_TEXT}note"), None) is not None:
                        continue
                    text, notes = self.text(paragraph)
                    labels += [label for _, label in notes]
                    in_list = next(paragraph.iterancestors(f"{_TEXT}list"), None) is not None
                    if text.strip():
                        pieces.append(("- " if in_list else "") + " ".join(text.split()))
                        strong.append(bool(self._print(paragraph)["bold"]))
                text = " ".join(pieces)
                down = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
                if down > 1:
                    open_spans[column] = (down - 1, text)
                cells.append(text)
            if any(cells):
                parent = row.getparent()
                if parent is not None and parent.tag == f"{_TABLE}table-header-rows" and header == len(rows):
                    header += 1
                rows.append(tuple(cells))
                calls.append(tuple(labels))
                bold.append(bool(strong) and all(strong))
        if not rows:
            return
        if count == 1 and only is not None:
            yield StyledBox(tuple(i for i in self.items(only) if not isinstance(i, StyledBox)))
            return
        if header >= len(rows):
            header = 0
        if not header and len(rows) > 1 and len(rows[0]) > 1 and bold[0] and not bold[1]:
            header = 1
        yield StyledTable(tuple(rows), min(header, 1), tuple(calls))


def _spaces(text: str | None) -> str:
    """White space as ODF collapses it."""
    if not text:
        return ""
    lead = " " if text[0].isspace() and text[0] != "\xa0" else ""
    tail = " " if text[-1].isspace() and text[-1] != "\xa0" else ""
    inner = " ".join(text.replace("\xa0", "\ue000").split()).replace("\ue000", "\xa0")
    return lead + inner + tail if inner else " "
