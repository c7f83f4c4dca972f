"""What ``Assistant.stream`` yields while an answer comes into being."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from assistant.answering.draft import Draft, citations
from assistant.types import Answer, Citation

Stage = Literal["understand", "retrieve", "read", "write"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage begins."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote that the text from here on refers to as [index]."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Text:
    """More of the answer; what is yielded has been verified."""

    delta: str


@dataclass(frozen=True, slots=True)
class Restart:
    """Forget the text and the quotes so far: another answer comes instead."""


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer, which alone counts; always the last event."""

    answer: Answer


Event = Progress | Cited | Text | Restart | Done


@dataclass(slots=True)
class Outlet:
    """Turns a draft that grows, or is given up, into events."""

    _text: str = ""
    _cited: list[Citation] = field(default_factory=list)

    def follow(self, draft: Draft) -> Iterator[Event]:
        """What changed since the last call."""
        yield from self.show(draft.text, citations(draft))

    def show(self, text: str, quotes: tuple[Citation, ...]) -> Iterator[Event]:
        """The same, for a text with its quotes."""
        seen = len(self._cited)
        if not text.startswith(self._text) or list(quotes[:seen]) != self._cited:
            yield Restart()
            self._text, self._cited, seen = "", [], 0
        for citation in quotes[seen:]:
            self._cited.append(citation)
            yield Cited(citation)
        if text != self._text:
            yield Text(text[len(self._text) :])
            self._text = text
