"""What a sentence claims, and what it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.answering.cues import Cues, cues
from assistant.answering.evidence import Piece
from assistant.answering.gate.likeness import Likeness
from assistant.answering.gate.verdict import Reason
from assistant.answering.index import CallIndex
from assistant.values import Value, find_values
from assistant.words import stem, stop_words, tokens

CRITICAL = ("date", "email", "phone", "month", "time")
"""Kinds of values of which a wrong one does harm."""

Refusal = tuple[Reason | None, str]
"""(reason, detail) of one check; no reason when there is nothing to object."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a model: its typed values, and its other words as stems with weights."""

    text: str
    language: str
    values: tuple[Value, ...]
    stems: tuple[frozenset[str], ...]
    weights: tuple[float, ...]
    cues: Cues


@dataclass(frozen=True)
class Trial:
    """A claim before the pieces chosen to bear it out; ``contacts`` are those that may be named."""

    claim: Claim
    chosen: list[Piece]
    index: CallIndex
    likeness: Likeness
    contacts: frozenset[str]

    @cached_property
    def sources(self) -> list[str]:
        """What the pieces say, with the words that lead in to them."""
        return [f"{piece.lead}\n{piece.text}" for piece in self.chosen]

    @property
    def language(self) -> str:
        """The answer's language."""
        return self.claim.language

    @property
    def translated(self) -> bool:
        """Whether the claim is in another language than its first piece."""
        return self.index.document(self.chosen[0].document).language != self.language


def read_claim(sentence: str, language: str, index: CallIndex) -> Claim:
    """What ``sentence`` claims, in the call's vocabulary."""
    values = tuple(find_values(sentence))
    terms = index.lexicon.terms(blank(sentence, values))
    return Claim(
        sentence, language, values, tuple(t.stems | {t.exact} for t in terms),
        tuple(t.weight for t in terms), cues(sentence),
    )  # fmt: skip


def key(value: Value) -> tuple[str, str]:
    """What makes two values the same."""
    # "3 millions" may be read as a count here and as an amount there; the number must agree.
    return ("number" if value.kind in ("count", "year") else value.kind, value.value)


def blank(text: str, values: Sequence[Value]) -> str:
    """``text`` without its values, the offsets kept."""
    chars = list(text)
    for value in values:
        chars[value.start : value.end] = " " * (value.end - value.start)
    return "".join(chars)


def content_words(text: str) -> list[str]:
    """Stems of the content words of ``text``, in order."""
    stop = stop_words()
    return [stem(word) for word in tokens(text) if word not in stop]


def coverage(claim: Claim, words: frozenset[str]) -> float:
    """Share of the claim's words, weighted by how rare they are, that ``words`` holds."""
    total = sum(claim.weights)
    if not total:
        return 0.0
    held = sum(w for s, w in zip(claim.stems, claim.weights, strict=True) if s & words)
    return held / total
