"""PDF to structure: the stages in order, and what can't be read."""

from __future__ import annotations

from assistant.errors import CorpusError
from ingest.readers.pdf.layout import lay_out
from ingest.readers.pdf.pages.source import read_pages
from ingest.readers.pdf.writer import Writer
from ingest.structure import Structure

_SCAN_CHARS = 25


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
    writer = Writer(source, lay_out(source))
    writer.write()
    warnings = []
    if pictures:
        numbers = ", ".join(map(str, pictures[:10])) + (" …" if len(pictures) > 10 else "")
        warnings.append(f"page {numbers}: an image without text, not read.")
    return writer.builder.build(warnings)
