"""What is drawn on a page: ruled edges, filled areas, and marks that belong to its words."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.readers.pdf.pages.coordinates import Placer
from ingest.readers.pdf.pages.page import Box, Word

_MAX_OBJECTS = 40_000


@dataclass(slots=True)
class Drawings:
    """Ruled lines, filled areas and small dots of a page, from its paths."""

    place: Placer
    horizontal: list[Box] = field(default_factory=list)
    vertical: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    has_image: bool = False

    def collect(self, page: pypdfium2.PdfPage) -> None:
        """Take over what ``page`` draws; the objects beyond a limit are left out."""
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


def drawn_bullets(words: Sequence[Word], dots: Sequence[Box]) -> Iterator[Word]:
    """Bullets that are drawn, not printed: a small dot or square before the first word of a line."""
    for dot in dots:
        middle = (dot.top + dot.bottom) / 2
        row = [word for word in words if word.top <= middle <= word.bottom]
        after = [word for word in row if dot.x1 < word.x0 < dot.x1 + 2.5 * word.size]
        if after and not any(dot.x0 - 30 < word.x1 <= dot.x0 for word in row):
            first = min(after, key=lambda word: word.x0)
            yield replace(first, text="•", x0=dot.x0, x1=dot.x1, bold=False, italic=False)


def underline(words: Sequence[Word], edges: Sequence[Box]) -> Iterator[Word]:
    """``words``, marked as underlined where a horizontal edge runs below them."""
    for word in words:
        under = any(
            -0.05 * word.size < edge.top - word.base < 0.28 * word.size
            and edge.x0 < word.x0 + 0.25 * word.size
            and edge.x1 > word.x1 - 0.25 * word.size
            for edge in edges
        )
        yield replace(word, underlined=True) if under else word
