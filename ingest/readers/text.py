"""Plain text to structure: paragraphs between empty lines, list marks, numbered headings."""

from __future__ import annotations

import re

from ingest.readers.pdf.headings import numbering
from ingest.structure import Structure, TextBuilder

_BULLET = re.compile(r"^\s*(?:[•▪◦●■➢➔►✓*–—-]|o(?=\s{2,}))\s+(?=\S)")
_NUMBERED_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)°]|[a-z][.)]|\(\w\))\s+(?=\S)")
_RULE = re.compile(r"^\s*([=\-_~*])\1{2,}\s*$")
_CELLS = re.compile(r"\t+|\s*\|\s*")


def read_text(source: str) -> Structure:
    """Parse plain text; hard-wrapped lines are joined, short ones keep their breaks."""
    builder = TextBuilder()
    lines = source.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    width = max((len(line) for line in lines if len(line) < 120), default=80)
    chunk: list[str] = []
    chunks: list[list[str]] = []
    for line in [*lines, ""]:
        if line.strip():
            chunk.append(line)
        elif chunk:
            chunks.append(chunk)
            chunk = []
    titled = False
    for number, chunk in enumerate(chunks):
        ruled = len(chunk) > 1 and _RULE.match(chunk[1])
        body = [line for line in chunk if not _RULE.match(line)]
        if not body:
            continue
        first = body[0].strip()
        if (ruled or len(body) == 1) and _is_heading(first, bool(ruled), number == 0):
            number_ = numbering(first)
            level = 1 if number == 0 and not number_ else 2 + (number_.depth - 1 if number_ else 0)
            builder.heading(level if not (titled and level == 1) else 2, first)
            titled = True
            body = body[1:]
        _body(body, builder, width)
    return builder.build()


def _is_heading(text: str, ruled: bool, first: bool) -> bool:
    if len(text) > 160 or text[-1:] in ".;,:" or not any(c.isalpha() for c in text):
        return False
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters) > 0.9 * len(letters) and len(letters) > 3
    return ruled or capitals or first or numbering(text) is not None


def _body(lines: list[str], builder: TextBuilder, width: int) -> None:
    group: int | None = None
    pending: list[str] = []
    is_item = False

    def flush() -> None:
        nonlocal pending
        text = _joined(pending, width)
        pending = []
        if text and is_item and group is not None:
            builder.item(text, group)
        elif text:
            builder.paragraph(text)

    rows = [_CELLS.split(line.strip().strip("|").strip()) for line in lines]
    if len(lines) > 1 and all(len(row) > 1 and len(row) == len(rows[0]) for row in rows):
        table = builder.new_group()
        for row in rows:
            builder.row(row, table)
        return
    for line in lines:
        bullet, item = _BULLET.match(line), _NUMBERED_ITEM.match(line)
        if bullet or item:
            flush()
            group = group or builder.new_group()
            is_item = True
            pending = [line[bullet.end() :] if bullet else line.strip()]
        else:
            pending.append(line.strip())
    flush()


def _joined(lines: list[str], width: int) -> str:
    text = ""
    for index, line in enumerate(lines):
        if not text:
            text = line.strip()
            continue
        full = len(lines[index - 1]) > 0.7 * width
        text += (" " if full or line[:1].islower() else "\n") + line.strip()
    return text
