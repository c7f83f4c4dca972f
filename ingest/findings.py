"""What is found wrong in a call's folder, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.types import Document, Fact, Span, Unit

_MAX_QUOTE = 160


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; a grave one keeps the call from being served well."""

    grave: bool
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that was read; ``raw`` is its file's text where it has lines, else None."""

    file: str
    document: Document
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...]
    raw: str | None = None

    def sentences(self) -> Iterator[tuple[Unit, Span, str]]:
        """The sentences of all leaf units, rows whole, each with its span and text."""
        for unit in self.units:
            for span in () if unit.composite else unit.sentences:
                yield unit, span, self.document.text[span.start : span.end]

    def quoted(self, unit: Unit, span: Span) -> str:
        """The passage around ``span``, one line and not too long."""
        text = self.document.text
        home = next((s for s in unit.sentences if s.covers(span)), unit.span)
        start, end = home.start, home.end
        if end - start > _MAX_QUOTE:
            start = max(start, span.start - _MAX_QUOTE // 2)
            end = min(end, span.end + _MAX_QUOTE // 2)
            while home.start < start < span.start and not text[start - 1].isspace():
                start += 1
            while span.end < end < home.end and not text[end].isspace():
                end -= 1
        whole = " ".join(text[start:end].split())
        return f"« {'… ' if start > home.start else ''}{whole}{' …' if end < home.end else ''} »"

    def place(self, unit: Unit, span: Span) -> str:
        """File, page or line, and heading of what stands at ``span``."""
        page, line = self.document.page(span.start), self._line(span)
        heading = self.document.heading_path(unit.section)
        parts = [self.file, f"page {page}" if page else f"line {line}" if line else ""]
        parts.append(f"under « {' '.join(heading[-1].split())} »" if heading else "")
        return ", ".join(filter(None, parts))

    def _line(self, span: Span) -> int | None:
        """The line of the file, where the words at ``span`` stand there as often as in the text."""
        text, raw = self.document.text, self.raw
        words = text[span.start : span.end]
        if raw is None or not words or raw.count(words) != text.count(words):
            return None
        position = -1
        for _ in range(text.count(words, 0, span.start) + 1):
            position = raw.find(words, position + 1)
        return raw.count("\n", 0, position) + 1 if position >= 0 else None
