"""DOCX (Office Open XML) to structure: styles, automatic numbers, tables, notes, text boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from assistant.errors import CorpusError
from assistant.values import find_values
from ingest.readers.archive import read_parts
from ingest.readers.styled import Item, Styled, StyledBox, StyledTable, write_items
from ingest.structure import Structure, TextBuilder

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"^(?:heading|titre|überschrift|ttulo)\s*(\d)$", re.I)
_TITLE = re.compile(r"^(?:title|titre)$", re.I)
_LOOK_FIRST_ROW = 0x20
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", _FALLBACK})  # fmt: skip


def read_docx(data: bytes) -> Structure:
    """Parse a DOCX file. Raises CorpusError when it is broken, encrypted or a bomb."""
    parts = read_parts(
        data,
        ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml",
         "word/endnotes.xml"],
    )  # fmt: skip
    body = parts["word/document.xml"].find(f"{_W}body") if "word/document.xml" in parts else None
    if body is None:
        raise CorpusError("the file holds no Word document; export it again.")
    reader = _Reader(_styles(parts.get("word/styles.xml")), _Numbers(parts.get("word/numbering.xml")))  # fmt: skip
    builder = TextBuilder()
    write_items(builder, list(reader.items(body)))
    for prefix, name in (("f", "word/footnotes.xml"), ("e", "word/endnotes.xml")):
        root = parts.get(name)
        for note in root if root is not None else ():
            if note.get(f"{_W}type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            texts = [reader.text(p)[0].strip() for p in note.iter(f"{_W}p")]
            builder.footnote(f"{prefix}{note.get(f'{_W}id')}", "\n".join(t for t in texts if t))
    return builder.build()


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style with what it inherits."""

    name: str = ""
    level: int | None = None
    size: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    underlined: bool | None = None
    color: int | None = None
    number: tuple[str, int] | None = None
    framed: bool = False
    first_row: bool = False


def _styles(root: etree._Element | None) -> dict[str, _Style]:
    if root is None:
        return {}
    elements = {s.get(f"{_W}styleId", ""): s for s in root.iter(f"{_W}style")}
    default = _size_of(root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"))
    made: dict[str, _Style] = {}

    def make(key: str, seen: frozenset[str]) -> _Style:
        if key in made or key not in elements or key in seen:
            return made.get(key, _Style(size=default))
        element = elements[key]
        based = element.find(f"{_W}basedOn")
        parent = make(based.get(f"{_W}val", ""), seen | {key}) if based is not None else _Style(size=default)  # fmt: skip
        name_element = element.find(f"{_W}name")
        name = name_element.get(f"{_W}val", "") if name_element is not None else ""
        properties = element.find(f"{_W}pPr")
        outline = properties.find(f"{_W}outlineLvl") if properties is not None else None
        match = _HEADING.match(name)
        level = parent.level
        if outline is not None:
            value = int(outline.get(f"{_W}val", "9"))
            level = value + 1 if value < 9 else None
        elif match:
            level = int(match[1])
        elif _TITLE.match(name):
            level = 0
        run = element.find(f"{_W}rPr")
        number = _number_of(properties)
        made[key] = _Style(
            name, level, _size_of(run) or parent.size, _first(_on(run, "b"), parent.bold),
            _first(_on(run, "i"), parent.italic), _first(_on(run, "u"), parent.underlined),
            _first(_color_of(run), parent.color), number or parent.number,
            parent.framed or _is_framed(properties),
            parent.first_row or any(s.get(f"{_W}type") == "firstRow" for s in element.iter(f"{_W}tblStylePr")),
        )  # fmt: skip
        return made[key]

    for key in elements:
        make(key, frozenset())
    return made


def _first(value: object, other: object):  # type: ignore[no-untyped-def]
    return other if value is None else value


def _on(run: etree._Element | None, name: str) -> bool | None:
    element = run.find(f"{_W}{name}") if run is not None else None
    return None if element is None else element.get(f"{_W}val", "1") not in ("0", "false", "none", "off")


def _size_of(run: etree._Element | None) -> float | None:
    element = run.find(f"{_W}sz") if run is not None else None
    value = element.get(f"{_W}val", "") if element is not None else ""
    return float(value) / 2 if value.replace(".", "", 1).isdecimal() else None


def _color_of(run: etree._Element | None) -> int | None:
    element = run.find(f"{_W}color") if run is not None else None
    value = element.get(f"{_W}val", "") if element is not None else ""
    return int(value, 16) if re.fullmatch(r"[0-9A-Fa-f]{6}", value) else None


def _number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    element = properties.find(f"{_W}numPr") if properties is not None else None
    if element is None:
        return None
    id_, level = element.find(f"{_W}numId"), element.find(f"{_W}ilvl")
    if id_ is None:
        return None
    depth = level.get(f"{_W}val", "0") if level is not None else "0"
    return id_.get(f"{_W}val", "0"), int(depth) if depth.isdecimal() else 0


def _is_framed(properties: etree._Element | None) -> bool:
    borders = properties.find(f"{_W}pBdr") if properties is not None else None
    if borders is None:
        return False
    sides = [borders.find(f"{_W}{side}") for side in ("top", "bottom", "left", "right")]
    return all(s is not None and s.get(f"{_W}val") not in ("nil", "none") for s in sides)


@dataclass(slots=True)
class _Numbers:
    """Automatic numbers: what Word would print before a paragraph."""

    root: etree._Element | None
    _levels: dict[str, dict[int, tuple[str, str, int]]] = field(default_factory=dict)
    _lists: dict[str, str] = field(default_factory=dict)
    _counters: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.root is None:
            return
        for abstract in self.root.iter(f"{_W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{_W}lvl"):
                index = int(level.get(f"{_W}ilvl", "0"))
                levels[index] = (
                    _value(level, "numFmt", "decimal"), _value(level, "lvlText", ""),
                    int(_value(level, "start", "1") or 1),
                )  # fmt: skip
            self._levels[abstract.get(f"{_W}abstractNumId", "")] = levels
        for number in self.root.iter(f"{_W}num"):
            self._lists[number.get(f"{_W}numId", "")] = _value(number, "abstractNumId", "")

    def label(self, id_: str, depth: int) -> str | None:
        """The number of the next paragraph of list ``id_``; "" for a bullet, None for no list."""
        abstract = self._lists.get(id_)
        if abstract is None or depth not in self._levels.get(abstract, {}):
            return None
        levels = self._levels[abstract]
        format_, text, start = levels[depth]
        if format_ in ("bullet", "none") and "%" not in text:
            return ""
        counters = self._counters.setdefault(abstract, [])
        while len(counters) <= depth:
            counters.append(levels.get(len(counters), ("", "", 1))[2] - 1)
        counters[depth] += 1
        del counters[depth + 1 :]
        for index in range(depth):
            counters[index] = max(counters[index], levels.get(index, ("", "", 1))[2])

        def number(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            if index >= len(counters):
                return ""
            return format_number(counters[index], levels.get(index, ("decimal", "", 1))[0])

        return re.sub(r"%(\d)", number, text).strip()


def _value(element: etree._Element, name: str, default: str) -> str:
    child = element.find(f"{_W}{name}")
    return child.get(f"{_W}val", default) if child is not None else default


def format_number(number: int, format_: str) -> str:
    """A counter as Word or Writer prints it (decimal, roman, letters)."""
    if format_ in ("lowerLetter", "upperLetter", "a", "A"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if format_ in ("lowerLetter", "a") else letter.upper()
    if format_ in ("lowerRoman", "upperRoman", "i", "I"):
        digits, rest = "", max(number, 0)
        for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
                            (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
            digits += sign * (rest // value)
            rest %= value
        return digits if format_ in ("upperRoman", "I") else digits.lower()
    return f"{number:02}" if format_ == "decimalZero" else str(number)


@dataclass(slots=True)
class _Reader:
    styles: dict[str, _Style]
    numbers: _Numbers

    def items(self, parent: etree._Element) -> Iterator[Item]:
        """Paragraphs, tables and boxes below ``parent``, in order."""
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag == f"{_W}sdt":
                gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
                content = element.find(f"{_W}sdtContent")
                if content is not None and (gallery is None or "Contents" not in gallery.get(f"{_W}val", "")):  # fmt: skip
                    yield from self.items(content)
            elif element.tag in (f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
                yield from self.items(element)

    def _paragraph(self, element: etree._Element) -> Iterator[Item]:
        properties = element.find(f"{_W}pPr")
        style_element = properties.find(f"{_W}pStyle") if properties is not None else None
        key = style_element.get(f"{_W}val", "") if style_element is not None else "Normal"
        style = self.styles.get(key, _Style())
        if re.match(r"(?:toc|tm|table of)\s*\d?", style.name, re.I) or re.match(r"TOC|TM\d", key):
            return
        text, notes = self.text(element)
        outline = properties.find(f"{_W}outlineLvl") if properties is not None else None
        level = style.level
        if outline is not None:
            value = int(outline.get(f"{_W}val", "9"))
            level = value + 1 if value < 9 else None
        own = _number_of(properties)
        number = own or style.number
        label = self.numbers.label(*number) if number and number[0] != "0" and text.strip() else None
        if level is not None and len(text) > 400:
            level = None
        yield Styled(
            text, tuple(notes), level, number[1] if label is not None and number else None,
            label or "", framed=style.framed or _is_framed(properties),
            **self._print(element, style),
        )  # fmt: skip
        for box in element.iter(f"{_W}txbxContent"):
            if any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                continue
            inner = tuple(item for item in self.items(box) if not isinstance(item, StyledBox))
            if any(isinstance(i, StyledTable) or i.text.strip() for i in inner):
                yield StyledBox(inner)

    def _print(self, element: etree._Element, style: _Style) -> dict[str, Any]:
        """Size, weight … that all runs of a paragraph share."""
        sizes: dict[float, int] = {}
        counts = {"b": 0, "i": 0, "u": 0}
        colors: list[int] = []
        total = 0
        for run in element.iter(f"{_W}r"):
            length = sum(len(t.text or "") for t in run.iter(f"{_W}t"))
            properties = run.find(f"{_W}rPr")
            size = _size_of(properties) or style.size or 11.0
            sizes[size] = sizes.get(size, 0) + length
            total += length
            for name, inherited in (("b", style.bold), ("i", style.italic), ("u", style.underlined)):
                if _first(_on(properties, name), inherited):
                    counts[name] += length
            if length:
                colors.append(_first(_color_of(properties), style.color or 0))
        whole = {name: total > 0 and count > 0.85 * total for name, count in counts.items()}
        return {
            "size": max(sizes, key=lambda s: sizes[s]) if sizes else style.size or 11.0,
            "bold": whole["b"], "italic": whole["i"], "underlined": whole["u"],
            "color": colors[0] if colors and len(set(colors)) == 1 else 0,
        }  # fmt: skip

    def text(self, element: etree._Element) -> tuple[str, list[tuple[int, str]]]:
        """The text of a paragraph, and (offset, label) of the notes that it calls."""
        pieces: list[str] = []
        notes: list[tuple[int, str]] = []
        self._collect(element, pieces, notes)
        return "".join(pieces), notes

    def _collect(
        self, element: etree._Element, pieces: list[str], notes: list[tuple[int, str]]
    ) -> None:
        for child in element:
            tag = child.tag
            if tag in _SKIPPED or tag == f"{_W}txbxContent":
                continue
            if tag == f"{_W}t":
                pieces.append(child.text or "")
            elif tag in (f"{_W}br", f"{_W}cr"):
                pieces.append("\n" if child.get(f"{_W}type") in (None, "textWrapping") else " ")
            elif tag == f"{_W}tab":
                pieces.append(" ")
            elif tag == f"{_W}noBreakHyphen":
                pieces.append("-")
            elif tag == f"{_W}sym":
                pieces.append("•")
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                prefix = "f" if tag.endswith("footnoteReference") else "e"
                notes.append((sum(map(len, pieces)), f"{prefix}{child.get(f'{_W}id')}"))
            else:
                self._collect(child, pieces, notes)

    def _table(self, table: etree._Element) -> Iterator[Item]:
        rows: list[tuple[str, ...]] = []
        calls: list[tuple[str, ...]] = []
        above: dict[int, str] = {}
        declared, bold = 0, []
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue  # of a table within a cell
            if row.find(f"{_W}trPr/{_W}tblHeader") is not None and declared == len(rows):
                declared += 1
            cells: list[str] = []
            labels: list[str] = []
            column = 0
            strong: list[bool] = []
            for cell in row.iter(f"{_W}tc"):
                if next(cell.iterancestors(f"{_W}tr")) is not row:
                    continue
                properties = cell.find(f"{_W}tcPr")
                merge = properties.find(f"{_W}vMerge") if properties is not None else None
                span = int(_value(properties, "gridSpan", "1")) if properties is not None else 1
                if merge is not None and merge.get(f"{_W}val") != "restart":
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
            cell = next(table.iter(f"{_W}tc"))
            yield StyledBox(tuple(i for i in self.items(cell) if not isinstance(i, StyledBox)))
            return
        header = declared if 0 < declared < len(rows) else 0
        if not header and len(rows) > 1 and len(rows[0]) > 1 and bold[0] and not bold[1]:
            header = 1
        yield StyledTable(tuple(rows), min(header, 1) or int(self._styled_header(table, rows)), tuple(calls))

    def _styled_header(self, table: etree._Element, rows: Sequence[Sequence[str]]) -> bool:
        """Whether the table's style prints the first row in its own way, and is told to. Word tells it to
        by default: a first row that holds values is none."""
        properties = table.find(f"{_W}tblPr")
        if properties is None or len(rows) < 2 or len(rows[0]) < 2:
            return False
        look = properties.find(f"{_W}tblLook")
        told = look is not None and (
            look.get(f"{_W}firstRow") in ("1", "true", "on")
            or bool(int(look.get(f"{_W}val", "0"), 16) & _LOOK_FIRST_ROW)
        )
        style = self.styles.get(_value(properties, "tblStyle", ""), _Style())
        return told and style.first_row and not any(map(find_values, rows[0]))

    def _cell(self, cell: etree._Element) -> tuple[str, list[str]]:
        pieces: list[str] = []
        labels: list[str] = []
        for paragraph in cell.iter(f"{_W}p"):
            text, notes = self.text(paragraph)
            labels += [label for _, label in notes]
            number = _number_of(paragraph.find(f"{_W}pPr"))
            label = self.numbers.label(*number) if number and text.strip() else None
            mark = "" if label is None else f"{label or '-'} "
            if text.strip():
                pieces.append(mark + " ".join(text.split()))
        return " ".join(pieces), labels

    def _is_bold(self, cell: etree._Element) -> bool:
        for paragraph in cell.iter(f"{_W}p"):
            properties = paragraph.find(f"{_W}pPr/{_W}pStyle")
            key = properties.get(f"{_W}val", "") if properties is not None else "Normal"
            if self.text(paragraph)[0].strip() and not self._print(paragraph, self.styles.get(key, _Style()))["bold"]:  # fmt: skip
                return False
        return True
