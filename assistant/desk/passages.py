"""Quoted passages that a new version of the sources changed or left out: what quotes them must be
read again before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from assistant.index.comparison import plain
from assistant.types import Document

# From which likeness on (0..1) a passage of the new text counts as the old one, changed.
LIKE = 0.6
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A quote that no longer stands in its document; ``now`` is what stands there, "" when nothing
    like it does."""

    quote: str
    heading: str
    now: str


def changed_passages(citations: Iterable[Mapping[str, Any]], documents: Mapping[str, Document]) -> list[Passage]:
    """What changed of the passages that ``citations`` quote, each once, in their order."""
    found: dict[str, Passage] = {}
    for citation in citations:
        quote = citation["quote"]
        document = documents.get(citation["document"])
        text = document.text if document else ""
        if quote not in found and plain(quote) not in _plain(text):
            found[quote] = Passage(quote, citation.get("heading", ""), _nearest(quote, text))
    return list(found.values())


def to_reread(triage: Mapping[str, Any], documents: Mapping[str, Document]) -> list[Passage]:
    """The changed passages of a mail's draft that nobody confirmed, or that changed again since."""
    confirmed = triage.get("confirmed", {})
    passages = changed_passages(triage.get("citations", []), documents)
    return [passage for passage in passages if confirmed.get(passage.quote) != passage.now]


@lru_cache(maxsize=32)
def _plain(text: str) -> str:
    return plain(text)


@lru_cache(maxsize=512)
def _nearest(quote: str, text: str) -> str:
    """The lines or the sentence of ``text`` most like ``quote``, "" when none is like it."""
    lines = text.split("\n")
    size = quote.count("\n") + 1
    candidates = ["\n".join(lines[n : n + size]).strip() for n in range(len(lines) - size + 1)]
    candidates += [part for line in lines for part in _SENTENCE_END.split(line)]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(quote)
    best, likeness = "", LIKE
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() > likeness and matcher.quick_ratio() > likeness:
            ratio = matcher.ratio()
            if ratio > likeness:
                best, likeness = candidate, ratio
    return best
