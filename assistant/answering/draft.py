"""An answer being written: its lines, and the spans that its markers quote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.answering.index import CallIndex
from assistant.types import Citation, Span

_TRAIL = re.compile(r"[\s;,:]+$")
_LEAD = re.compile(r"^(?:[-–•➔►▪*]\s*)+")


@dataclass(slots=True)
class Draft:
    """An answer being written: text with [n] markers, and what each n quotes."""

    index: CallIndex
    language: str
    lines: list[str] = field(default_factory=list)
    quoted: list[tuple[str, Span]] = field(default_factory=list)

    def cite(self, document: str, *spans: Span) -> str:
        """Markers for spans; a span that is quoted already keeps its number."""
        marks = []
        for span in spans:
            key = (document, span)
            if key not in self.quoted:
                self.quoted.append(key)
            marks.append(f"[{self.quoted.index(key) + 1}]")
        return "".join(marks)

    @property
    def text(self) -> str:
        """The answer's text so far; what two questions have in common is said once."""
        return "\n\n".join(dict.fromkeys(filter(None, self.lines)))


def citations(draft: Draft) -> tuple[Citation, ...]:
    """The numbered citations of a draft."""
    made = []
    for number, (document_id, span) in enumerate(draft.quoted, start=1):
        document = draft.index.document(document_id)
        section = None
        for candidate in document.sections:
            if candidate.span.start <= span.start < candidate.span.end:
                section = candidate.ordinal
        path = " › ".join(display_heading(text) for text in document.heading_path(section))
        made.append(
            Citation(
                index=number,
                quote=document.text[span.start : span.end],
                document=document_id,
                title=document.title,
                heading=path or document.title,
                page=document.page(span.start),
                start=span.start,
                end=span.end,
                url=f"/documents/{draft.index.call.id}/{document_id}"
                f"?start={span.start}&end={span.end}#passage",
            )
        )
    return tuple(made)


def display_heading(text: str) -> str:
    """A heading in capitals written as a sentence: "IV. CALENDRIER" gives "IV. Calendrier"."""
    letters = [c for c in text if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) < 0.9 * len(letters):
        return text
    head, space, rest = text.partition(" ")
    numbered = bool(re.fullmatch(r"[IVXLC]+[.)]*|\d[\d.)]*", head))
    body = rest if numbered else text
    plain = body.lower()
    plain = plain[:1].upper() + plain[1:]
    return f"{head}{space}{plain}" if numbered else plain


def trim(text: str, span: Span) -> Span:
    """``span`` without the list mark before and the separator behind."""
    quote = text[span.start : span.end]
    lead = _LEAD.match(quote)
    start = span.start + (lead.end() if lead else 0)
    trail = _TRAIL.search(quote)
    end = span.start + (trail.start() if trail else len(quote))
    return Span(start, end) if start < end else span


def clean(text: str, span: Span, keep: str = "") -> str:
    """The words of ``span`` on one line, trimmed, with ``keep`` behind them."""
    trimmed = trim(text, span)
    return re.sub(r"\s+", " ", text[trimmed.start : trimmed.end]) + (f" {keep}" if keep else "")
