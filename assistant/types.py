"""The nouns that every part of the product shares.

Offsets are always character offsets, half open, into the canonical text of one document:
``document.text[start:end]`` is the passage.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["answered", "partial", "not_in_sources", "out_of_scope", "refused"]
Mode = Literal["extractive", "generated", "validated"]
ABSTENTIONS: frozenset[Status] = frozenset({"not_in_sources", "out_of_scope", "refused"})

UnitKind = Literal[
    "title", "heading", "paragraph", "list", "item", "row", "box", "footnote", "contact", "outline"
]
FactKind = Literal[
    "date",
    "month",
    "year",
    "time",
    "duration",
    "amount",
    "percent",
    "count",
    "email",
    "phone",
    "url",
    "person",
]
DocumentKind = Literal["regulation", "linked"]
Origin = Literal["faq", "proposed", "fact"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of one document's canonical text."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Span) -> int:
        """Number of characters that both spans share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it, up to the next heading of its level or above."""

    ordinal: int
    level: int
    heading: Span
    span: Span
    parent: int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed value that stands in the text.

    ``value`` is canonical (dates ISO 8601, mails in lower case, phones E.164, amounts and
    numbers as plain decimals), ``label`` says what it is the value of (cell, lead-in, role).
    """

    kind: FactKind
    value: str
    label: str
    span: Span
    unit: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of retrieval: one block that can be cited, with its sentences.

    ``parts`` are the spans that are quoted when the unit is cited whole: one for a plain block,
    several for an outline (a lead-in and the headings below it). ``lead`` is the sentence that
    introduces the block (a list's lead-in, what announces a contact), ``caller`` the sentence
    that calls a footnote. A ``composite`` unit (a list, a table, an outline, a box of
    several blocks) overlaps the leaves that it is made of.
    """

    id: str
    document: str
    kind: UnitKind
    section: int | None
    span: Span
    sentences: tuple[Span, ...]
    parts: tuple[Span, ...]
    lead: Span | None = None
    caller: Span | None = None
    composite: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One source with its canonical text; ``url`` is where the original is published.

    ``pages`` are (offset, page number), in the order of the text: that page begins there.
    """

    id: str
    title: str
    kind: DocumentKind
    language: str
    url: str | None
    text: str
    sections: tuple[Section, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()

    def page(self, offset: int) -> int | None:
        """The page of the original on which the text at ``offset`` stands, where that is known."""
        index = bisect_right(self.pages, offset, key=lambda mark: mark[0])
        return self.pages[index - 1][1] if index else None

    def heading_path(self, section: int | None) -> tuple[str, ...]:
        """Headings from the outermost to ``section`` itself, as they stand in the text."""
        path: list[str] = []
        while section is not None:
            node = self.sections[section]
            path.append(self.text[node.heading.start : node.heading.end])
            section = node.parent
        return tuple(reversed(path))


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question whose answer is bound to exact spans: from the FAQ, or made from a passage by a
    model (``proposed``) or by its form (``fact``). Only those of the FAQ were validated."""

    id: str
    text: str
    language: str
    origin: Origin
    entry: str
    unit: str
    document: str
    parts: tuple[Span, ...]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(_Model):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    text: str = Field(max_length=20_000)


class Citation(_Model):
    """An exact quote: ``document.text[start:end] == quote``."""

    index: int
    quote: str
    document: str
    title: str
    heading: str
    page: int | None = None
    start: int
    end: int
    url: str


class Handoff(_Model):
    """The person to write to when the sources do not answer."""

    name: str
    email: str
    phone: str | None = None
    reason: str


class Timings(_Model):
    """Milliseconds spent in each stage."""

    understand: float = 0.0
    retrieve: float = 0.0
    read: float = 0.0
    compose: float = 0.0
    verify: float = 0.0
    total: float = 0.0


class Answer(_Model):
    """What every interface shows; field names are a public contract."""

    id: str
    question: str
    language: str
    call: str
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    handoff: Handoff | None = None
    mode: Mode = "extractive"
    confidence: float = Field(ge=0.0, le=1.0)
    suggestions: tuple[str, ...] = ()
    timings_ms: Timings = Timings()

    @property
    def abstained(self) -> bool:
        """Whether the answer claims nothing."""
        return self.status in ABSTENTIONS
