"""What turns the meaning of a sentence: negations, modal words, bounds, contraries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.call import read_toml
from assistant.words import fold


@dataclass(frozen=True, slots=True)
class Cues:
    """Which cues a text holds; ``absolute`` and ``contraries`` by position in cues.toml, the
    latter with 0 or 1 for its side."""

    negated: bool
    excepted: bool
    obliges: bool
    permits: bool
    advises: bool
    low: bool
    high: bool
    start: bool
    end: bool
    absolute: frozenset[int]
    contraries: frozenset[tuple[int, int]]


@cache
def cues(text: str) -> Cues:
    """The cues of ``text``."""
    folded = fold(text)
    book = _book()
    low, high = book["low"][0].search(folded), book["high"][0].search(folded)
    # A bound's own "ne … pas" and "peut" say nothing else.
    bare = book["high"][0].sub(" ", book["low"][0].sub(" ", folded))
    return Cues(
        negated=_any("negation", bare),
        excepted=_any("exception", folded),
        obliges=_any("obligation", bare),
        permits=_any("permission", bare),
        advises=_any("advice", bare),
        low=bool(low),
        high=bool(high),
        start=_any("start", folded),
        end=_any("end", folded),
        absolute=frozenset(i for i, p in enumerate(book["absolute"]) if p.search(folded)),
        contraries=frozenset(
            (i, side)
            for i, sides in enumerate(_contraries())
            for side, pattern in enumerate(sides)
            if pattern.search(folded)
        ),
    )


def instructs(text: str) -> bool:
    """Whether ``text`` gives orders to a machine."""
    return _any("instruction", fold(text))


def _any(name: str, folded: str) -> bool:
    return any(pattern.search(folded) for pattern in _book()[name])


@cache
def _book() -> dict[str, list[re.Pattern[str]]]:
    book: dict[str, list[re.Pattern[str]]] = {}
    for name, patterns in _read().items():
        if name == "contraries":
            continue
        if name in ("low", "high"):  # one pattern, whole words, the longest first
            longest = sorted(patterns, key=len, reverse=True)
            patterns = [rf"\b(?:{'|'.join(longest)})(?!\w)"]
        book[name] = [re.compile(pattern, re.DOTALL) for pattern in patterns]
    return book


@cache
def _contraries() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    return [(re.compile(one), re.compile(other)) for one, other in _read()["contraries"]]


@cache
def _read() -> dict[str, list]:  # type: ignore[type-arg]
    return read_toml(Path(__file__).with_name("cues.toml"))
