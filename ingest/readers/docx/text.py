"""The text of a paragraph: its runs, breaks and symbols, and the notes that it calls."""

from __future__ import annotations

from lxml import etree

from ingest.readers.docx.properties import W

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = frozenset({f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}pPr", f"{W}rPr", FALLBACK})  # fmt: skip


def text_of(element: etree._Element) -> tuple[str, list[tuple[int, str]]]:
    """The text of a paragraph, and (offset, label) of the notes that it calls."""
    pieces: list[str] = []
    notes: list[tuple[int, str]] = []
    _collect(element, pieces, notes)
    return "".join(pieces), notes


def _collect(element: etree._Element, pieces: list[str], notes: list[tuple[int, str]]) -> None:
    for child in element:
        tag = child.tag
        if tag in _SKIPPED or tag == f"{W}txbxContent":
            continue
        if tag == f"{W}t":
            pieces.append(child.text or "")
        elif tag in (f"{W}br", f"{W}cr"):
            pieces.append("\n" if child.get(f"{W}type") in (None, "textWrapping") else " ")
        elif tag == f"{W}tab":
            pieces.append(" ")
        elif tag == f"{W}noBreakHyphen":
            pieces.append("-")
        elif tag == f"{W}sym":
            pieces.append("•")
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            prefix = "f" if tag.endswith("footnoteReference") else "e"
            notes.append((sum(map(len, pieces)), f"{prefix}{child.get(f'{W}id')}"))
        else:
            _collect(child, pieces, notes)
