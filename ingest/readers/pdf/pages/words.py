"""The words that are printed on a page, from its single characters."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.readers.pdf.pages.coordinates import Placer
from ingest.readers.pdf.pages.page import Word

_MAX_CHARS_PER_PAGE = 60_000
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|(?:^|[-,])bd", re.I)
_ITALIC = re.compile(r"italic|oblique", re.I)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u2010": "-", "\u2011": "-"})  # fmt: skip
_HYPHEN_MARKS = ("\x02", "\ufffe")


@dataclass(frozen=True, slots=True)
class _Font:
    size: float
    bold: bool
    italic: bool


class _Char(NamedTuple):
    text: str
    x0: float
    x1: float
    base: float
    font: _Font
    color: int


def read_words(page: pypdfium2.PdfPage, number: int, place: Placer) -> Iterator[Word]:
    """Words of page ``number`` in the order of the file; a word printed twice comes twice."""
    text = page.get_textpage()
    fonts: dict[int, _Font] = {}
    run: list[_Char] = []
    origin = ctypes.c_double(), ctypes.c_double()
    color = [ctypes.c_uint() for _ in range(4)]
    matrix = pdfium.FS_MATRIX()
    loose = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFText_CountChars(text), _MAX_CHARS_PER_PAGE)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        char = chr(code) if code else ""
        if pdfium.FPDFText_IsHyphen(text, index) == 1 or char in _HYPHEN_MARKS:
            char = "-"
        elif pdfium.FPDFText_IsGenerated(text, index) == 1:
            continue  # pdfium's own guess of a space: gaps decide here
        if char != "\xad" and (not char or (char.isspace() and char not in "\xa0\u202f\u2009")):
            yield from _word(run, number)
            run = []
            continue
        item = pdfium.FPDFText_GetTextObject(text, index)
        address = ctypes.addressof(item.contents) if item else 0
        pdfium.FPDFText_GetMatrix(text, index, matrix)
        if address not in fonts:
            fonts[address] = _font(text, index, item)
        font = fonts[address]
        if _is_turned(matrix, place.rotation):
            continue
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        font = replace(font, size=round(font.size * scale, 2))
        pdfium.FPDFText_GetLooseCharBox(text, index, loose)
        pdfium.FPDFText_GetCharOrigin(text, index, *origin)
        pdfium.FPDFText_GetFillColor(text, index, *color)
        shade = (color[0].value << 16) | (color[1].value << 8) | color[2].value
        area = place.box(loose.left, loose.bottom, loose.right, loose.top)
        base = place.point(origin[0].value, origin[1].value)[1]
        new = _Char(char, area.x0, max(area.x1, area.x0), base, font, shade)
        if run and _apart(run[-1], new):
            yield from _word(run, number)
            run = []
        run.append(new)
    yield from _word(run, number)
    text.close()


def _is_turned(matrix: pdfium.FS_MATRIX, rotation: int) -> bool:
    along, across = abs(matrix.a) + abs(matrix.d), abs(matrix.b) + abs(matrix.c)
    skew = abs(matrix.b) > 0.3 * max(abs(matrix.a), 1e-6)
    return along < across if rotation in (0, 180) and skew else rotation in (90, 270) and not skew


def _apart(last: _Char, new: _Char) -> bool:
    size = max(last.font.size, new.font.size, 1.0)
    if abs(new.base - last.base) > 0.02 * size or abs(new.font.size - last.font.size) > 0.08 * size:
        return True
    gap = new.x0 - last.x1
    return gap > 0.2 * size or gap < -1.3 * size


def _word(run: list[_Char], number: int) -> Iterator[Word]:
    if not run:
        return
    text = "".join(char.text for char in run).translate(_LIGATURES)
    text = re.sub(r"[\u202f\u2009]", "\xa0", text)
    if not text.strip("\xa0"):
        return
    plain = text.strip("\xa0")
    lead = len(text) - len(text.lstrip("\xa0"))
    start, end = min(lead, len(run) - 1), max(len(run) - (len(text) - len(text.rstrip("\xa0"))), 1)
    kept = run[start:end] or run
    bold = sum(char.font.bold for char in kept) * 2 > len(kept)
    italic = sum(char.font.italic for char in kept) * 2 > len(kept)
    yield Word(
        plain, kept[0].x0, max(char.x1 for char in kept), kept[0].base, kept[0].font.size, bold,
        italic, kept[0].color, number,
    )  # fmt: skip


def _font(text: pypdfium2.PdfTextPage, index: int, item: object) -> _Font:
    buffer = ctypes.create_string_buffer(256)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, index, buffer, 256, flags)
    name = buffer.value.decode("utf-8", "replace")
    weight = pdfium.FPDFText_GetFontWeight(text, index)
    size = pdfium.FPDFText_GetFontSize(text, index)
    painted = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else 0
    bold = bool(_BOLD.search(name)) or weight >= 600 or bool(flags.value & 1 << 18) or painted == 2
    return _Font(size, bold, bool(_ITALIC.search(name)) or bool(flags.value & 1 << 6))
