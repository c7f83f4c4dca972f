"""What stands at the head of the pages of a file, which its reader leaves out of the text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from ingest.readers.archive import read_parts

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_WRITER = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_PAGES = 3
_SHARE = 0.12


def page_headers(path: Path) -> list[str]:
    """The lines at the head of the pages of a file that its reader has read, without repetition."""
    suffix = path.suffix.lower()
    if suffix == ".docx":
        lines = _of_word(path)
    elif suffix == ".odt":
        styles = read_parts(path.read_bytes(), ["styles.xml"]).values()
        lines = [line for root in styles for head in root.iter(f"{_STYLE}header", f"{_STYLE}header-first")
                 for line in _paragraphs([head], _WRITER)]  # fmt: skip
    elif suffix == ".pdf":
        lines = _of_pdf(path)
    else:
        lines = []
    return list(dict.fromkeys(line for line in lines if line))


def _of_word(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"word/header\d+\.xml", name)]
    return _paragraphs(list(read_parts(path.read_bytes(), sorted(names)).values()), _WORD)


def _of_pdf(path: Path) -> list[str]:
    from ingest.readers.pdf.lines import group_lines
    from ingest.readers.pdf.pages.page import Box
    from ingest.readers.pdf.pages.source import read_pages

    return [
        line.text for page in read_pages(path.read_bytes()).pages[:_PAGES]
        for line in group_lines(page.words, Box(0, 0, page.width, page.height))
        if line.base < _SHARE * page.height
    ]  # fmt: skip


def _paragraphs(roots: Sequence[etree._Element], tag: str) -> list[str]:
    return [" ".join("".join(p.itertext()).split()) for root in roots for p in root.iter(tag)]
