"""What a page holds: words with place and font, ruled edges, links. The only importer of pdfium."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.errors import CorpusError

MAX_PAGES = 3_000
MAX_CHARS_PER_PAGE = 60_000
_MAX_OBJECTS = 40_000
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|(?:^|[-,])bd", re.I)
_ITALIC = re.compile(r"italic|oblique", re.I)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u2010": "-", "\u2011": "-"})  # fmt: skip
_HYPHEN_MARKS = ("\x02", "\ufffe")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them; ``base`` is the y of its baseline."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    italic: bool
    color: int
    page: int
    underlined: bool = False

    @property
    def top(self) -> float:
        """About where its capitals end."""
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """About where its descenders end."""
        return self.base + 0.25 * self.size


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``number`` counts from 1. Edges are thin: (x0, top, x1, bottom)."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    horizontal: tuple[Box, ...]
    vertical: tuple[Box, ...]
    fills: tuple[Box, ...]
    has_image: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A whole PDF: its pages, its bookmarks as (title, level from 1, page), the links it holds."""

    pages: tuple[Page, ...]
    bookmarks: tuple[tuple[str, int, int], ...]
    links: frozenset[str]


def read_pages(data: bytes) -> Source:
    """All pages of a PDF.

    Raises CorpusError saying in one line what is wrong: broken, encrypted, too long.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise CorpusError(
                "the PDF is encrypted; save it without a password and try again."
            ) from error
        raise CorpusError("the PDF is broken and can't be opened; export it again.") from error
    try:
        if len(document) > MAX_PAGES:
            raise CorpusError(f"the PDF has {len(document)} pages, more than {MAX_PAGES}.")
        pages: list[Page] = []
        links: set[str] = set()
        for number in range(len(document)):
            try:
                page = document[number]
            except pypdfium2.PdfiumError:
                continue  # a damaged page does not cost the others
            pages.append(_page(page, number + 1))
            links |= set(_links(document, page))
            page.close()
        return Source(tuple(pages), tuple(_bookmarks(document)), frozenset(links))
    finally:
        document.close()


def _bookmarks(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, int, int]]:
    try:
        for item in document.get_toc(max_depth=8):
            target = item.get_dest()
            index = target.get_index() if target else None
            if index is not None:
                yield " ".join(item.get_title().split()), item.level + 1, index + 1
    except (pypdfium2.PdfiumError, UnicodeDecodeError, ValueError):
        return


def _links(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    position = ctypes.c_int(0)
    link = pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
            continue
        size = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
        if 1 < size < 4_000:
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDFAction_GetURIPath(document, action, buffer, size)
            yield buffer.value.decode("utf-8", "replace")


def _page(page: pypdfium2.PdfPage, number: int) -> Page:
    left, bottom, right, top = page.get_cropbox()
    rotation = page.get_rotation()
    place = _Placer(left, bottom, right, top, rotation)
    edges = _Edges(place)
    edges.collect(page)
    # Some programs print a word twice to make it look bold.
    words = tuple({(w.text, round(w.x0), round(w.base)): w for w in _words(page, number, place)}.values())
    words = tuple(_underline((*words, *_drawn_bullets(words, edges.dots)), edges.horizontal))
    width, height = (top - bottom, right - left) if rotation in (90, 270) else (right - left, top - bottom)  # fmt: skip
    return Page(
        number, width, height, words, tuple(edges.horizontal), tuple(edges.vertical),
        tuple(edges.fills), edges.has_image,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placer:
    """From the space of the file to ours, the page's rotation included."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        (a, b), (c, d) = self.point(x0, y0), self.point(x1, y1)
        return Box(min(a, c), min(b, d), max(a, c), max(b, d))


@dataclass(frozen=True, slots=True)
class _Font:
    size: float
    bold: bool
    italic: bool


def _words(page: pypdfium2.PdfPage, number: int, place: _Placer) -> Iterator[Word]:
    text = page.get_textpage()
    fonts: dict[int, _Font] = {}
    run: list[tuple[str, float, float, float, _Font, int]] = []
    box = [ctypes.c_double() for _ in range(4)]
    origin = ctypes.c_double(), ctypes.c_double()
    color = [ctypes.c_uint() for _ in range(4)]
    matrix = pdfium.FS_MATRIX()
    loose = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFText_CountChars(text), MAX_CHARS_PER_PAGE)):
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
        turned = _is_turned(matrix, place.rotation)
        if turned:
            continue
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        font = replace(font, size=round(font.size * scale, 2))
        pdfium.FPDFText_GetLooseCharBox(text, index, loose)
        pdfium.FPDFText_GetCharBox(text, index, *box)
        pdfium.FPDFText_GetCharOrigin(text, index, *origin)
        pdfium.FPDFText_GetFillColor(text, index, *color)
        shade = (color[0].value << 16) | (color[1].value << 8) | color[2].value
        area = place.box(loose.left, loose.bottom, loose.right, loose.top)
        base = place.point(origin[0].value, origin[1].value)[1]
        new = (char, area.x0, max(area.x1, area.x0), base, font, shade)
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


def _apart(
    last: tuple[str, float, float, float, _Font, int],
    new: tuple[str, float, float, float, _Font, int],
) -> bool:
    size = max(last[4].size, new[4].size, 1.0)
    if abs(new[3] - last[3]) > 0.02 * size or abs(new[4].size - last[4].size) > 0.08 * size:
        return True
    gap = new[1] - last[2]
    return gap > 0.2 * size or gap < -1.3 * size


def _word(run: list[tuple[str, float, float, float, _Font, int]], number: int) -> Iterator[Word]:
    if not run:
        return
    text = "".join(item[0] for item in run).translate(_LIGATURES)
    text = re.sub(r"[\u202f\u2009]", "\xa0", text)
    start, end = 0, len(run)
    if not text.strip("\xa0"):
        return
    plain = text.strip("\xa0")
    lead = len(text) - len(text.lstrip("\xa0"))
    start, end = min(lead, len(run) - 1), max(len(run) - (len(text) - len(text.rstrip("\xa0"))), 1)
    kept = run[start:end] or run
    bold = sum(item[4].bold for item in kept) * 2 > len(kept)
    italic = sum(item[4].italic for item in kept) * 2 > len(kept)
    yield Word(
        plain, kept[0][1], max(item[2] for item in kept), kept[0][3], kept[0][4].size, bold,
        italic, kept[0][5], number,
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


@dataclass(slots=True)
class _Edges:
    """Ruled lines and filled areas of a page, from its paths."""

    place: _Placer
    horizontal: list[Box] = field(default_factory=list)
    vertical: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    has_image: bool = False

    def collect(self, page: pypdfium2.PdfPage) -> None:
        for count, item in enumerate(page.get_objects(max_depth=4)):
            if count > _MAX_OBJECTS:
                break
            if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                self.has_image = True
            elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(item)

    def _path(self, item: pypdfium2.PdfObject) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item.raw, fill, stroke)
        if not fill.value and not stroke.value:
            return
        matrix = item.get_matrix()
        if item.container is not None:
            matrix = matrix.multiply(item.container.get_matrix())
        color = [ctypes.c_uint() for _ in range(4)]
        white = False
        if fill.value and not stroke.value:
            pdfium.FPDFPageObj_GetFillColor(item.raw, *color)
            white = all(part.value >= 254 for part in color[:3])
        for points in _subpaths(item, matrix):
            placed = [self.place.point(x, y) for x, y in points]
            xs, ys = [x for x, _ in placed], [y for _, y in placed]
            box = Box(min(xs), min(ys), max(xs), max(ys))
            if 1.5 <= box.width <= 7 and 0.7 < box.width / max(box.height, 0.1) < 1.4 and not white:
                self.dots.append(box)
                continue
            if len(placed) >= 4 and fill.value and box.width > 3 and box.height > 3:
                if not white:
                    self.fills.append(box)
                if not stroke.value:
                    continue
            if not white:
                self._edges(placed, box)

    def _edges(self, points: list[tuple[float, float]], box: Box) -> None:
        if box.height <= 3 < box.width:
            middle = (box.top + box.bottom) / 2
            self.horizontal.append(Box(box.x0, middle, box.x1, middle))
        elif box.width <= 3 < box.height:
            middle = (box.x0 + box.x1) / 2
            self.vertical.append(Box(middle, box.top, middle, box.bottom))
        else:
            for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
                if abs(y1 - y0) <= 1 < abs(x1 - x0):
                    self.horizontal.append(Box(min(x0, x1), y0, max(x0, x1), y0))
                elif abs(x1 - x0) <= 1 < abs(y1 - y0):
                    self.vertical.append(Box(x0, min(y0, y1), x0, max(y0, y1)))


def _subpaths(
    item: pypdfium2.PdfObject, matrix: pypdfium2.PdfMatrix
) -> Iterator[list[tuple[float, float]]]:
    count = pdfium.FPDFPath_CountSegments(item.raw)
    if not 2 <= count <= 2_000:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for number in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item.raw, number)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
            if len(points) > 1:
                yield points
            points = []
        points.append(matrix.on_point(x.value, y.value))
        if pdfium.FPDFPathSegment_GetClose(segment) and len(points) > 2:
            points.append(points[0])
    if len(points) > 1:
        yield points


def _drawn_bullets(words: tuple[Word, ...], dots: list[Box]) -> Iterator[Word]:
    """Bullets that are drawn, not printed: a small dot or square before the first word of a line."""
    for dot in dots:
        middle = (dot.top + dot.bottom) / 2
        row = [word for word in words if word.top <= middle <= word.bottom]
        after = [word for word in row if dot.x1 < word.x0 < dot.x1 + 2.5 * word.size]
        if after and not any(dot.x0 - 30 < word.x1 <= dot.x0 for word in row):
            first = min(after, key=lambda word: word.x0)
            yield replace(first, text="•", x0=dot.x0, x1=dot.x1, bold=False, italic=False)


def _underline(words: tuple[Word, ...], edges: list[Box]) -> Iterator[Word]:
    for word in words:
        under = any(
            -0.05 * word.size < edge.top - word.base < 0.28 * word.size
            and edge.x0 < word.x0 + 0.25 * word.size
            and edge.x1 > word.x1 - 0.25 * word.size
            for edge in edges
        )
        yield replace(word, underlined=True) if under else word
