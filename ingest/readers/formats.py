"""Which reader reads a file: by what the file holds, and never against what its name says."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Literal

from assistant.errors import CorpusError
from ingest.readers.markdown import read_markdown
from ingest.structure import Structure

Format = Literal["pdf", "docx", "odt", "html", "markdown", "text"]

SUFFIXES: dict[str, Format] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
}
MAX_BYTES = 100_000_000
_ODT = b"application/vnd.oasis.opendocument.text"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_source(path: Path) -> Structure:
    """The structure of a source file in any supported format.

    Raises CorpusError with one sentence when it can't be read (missing, broken, encrypted, empty, a
    scan, too large, of another format than its name says).
    """
    named = SUFFIXES.get(path.suffix.lower())
    if named is None:
        known = ", ".join(SUFFIXES)
        raise CorpusError(f"the format '{path.suffix}' can't be read; use one of {known}.")
    data = _bytes_of(path)
    if not data.strip():
        raise CorpusError("the file is empty.")
    held = sniff(data)
    if held is None and named in ("pdf", "docx", "odt"):
        reason = "encrypted or of an old format" if data.startswith(_OLD_OFFICE) else "broken or something else"  # fmt: skip
        raise CorpusError(f"the name says {named.upper()}, but the file is {reason}; export it again.")
    if held is not None and held != named and not (held == "html" and named in ("markdown", "text")):
        raise CorpusError(
            f"the name says {named.upper()}, but the file is {held.upper()}; "
            f"give it its right suffix."
        )
    try:
        structure = _reader(named)(data)
    except CorpusError:
        raise
    except Exception as error:  # a reader's library may raise anything on a hostile file
        raise CorpusError(f"the file can't be parsed ({type(error).__name__}); export it again.") from error
    if not structure.blocks:
        raise CorpusError("the document holds no text.")
    return structure


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CorpusError(f"the file is larger than {MAX_BYTES // 1_000_000} MB.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise CorpusError(f"there is no file {path}; put it there, or correct its path in call.toml.") from error
    except OSError as error:
        raise CorpusError(f"{path} can't be read ({error.strerror}); check its permissions.") from error


def sniff(data: bytes) -> Format | None:
    """The format that the first bytes show; None for plain text and everything unknown."""
    head = data[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1_024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                names = set(archive.namelist())
                if "word/document.xml" in names:
                    return "docx"
                if "mimetype" in names and archive.read("mimetype")[:80].startswith(_ODT):
                    return "odt"
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
            return None
    lower = head[:300].lower()
    if lower.startswith((b"<!doctype html", b"<html")) or (
        lower.startswith(b"<?xml") and b"<html" in data[:2_000].lower()
    ):
        return "html"
    return None


def decode(data: bytes) -> str:
    """Text as UTF-8, else as Windows wrote it in France. Raises CorpusError for binary data."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:10_000]:
        raise CorpusError("the file is binary, not text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _reader(format_: Format) -> Callable[[bytes], Structure]:
    """The reader of a format; its libraries are loaded only when a file needs them."""
    if format_ == "pdf":
        from ingest.readers.pdf.read import read_pdf

        return read_pdf
    if format_ == "docx":
        from ingest.readers.docx.read import read_docx

        return read_docx
    if format_ == "odt":
        from ingest.readers.odt import read_odt

        return read_odt
    if format_ == "html":
        from ingest.readers.html import read_html

        return read_html
    if format_ == "text":
        from ingest.readers.text import read_text

        return lambda data: read_text(decode(data))
    return lambda data: read_markdown(decode(data))
