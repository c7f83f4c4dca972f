"""A whole PDF: opened, and read page by page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.errors import CorpusError
from ingest.readers.pdf.pages.coordinates import Placer
from ingest.readers.pdf.pages.drawings import Drawings, drawn_bullets, underline
from ingest.readers.pdf.pages.page import Page
from ingest.readers.pdf.pages.words import read_words

_MAX_PAGES = 3_000


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
        if len(document) > _MAX_PAGES:
            raise CorpusError(f"the PDF has {len(document)} pages, more than {_MAX_PAGES}.")
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
    place = Placer(left, bottom, right, top, rotation)
    drawings = Drawings(place)
    drawings.collect(page)
    # Some programs print a word twice to make it look bold.
    words = tuple(
        {(w.text, round(w.x0), round(w.base)): w for w in read_words(page, number, place)}.values()
    )
    words = tuple(underline((*words, *drawn_bullets(words, drawings.dots)), drawings.horizontal))
    width, height = (top - bottom, right - left) if rotation in (90, 270) else (right - left, top - bottom)  # fmt: skip
    return Page(
        number, width, height, words, tuple(drawings.horizontal), tuple(drawings.vertical),
        tuple(drawings.fills), drawings.has_image,
    )  # fmt: skip
