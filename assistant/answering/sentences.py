"""A stream of text cut into sentences with the passages that each cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MARK = re.compile(r"[\[【]\s*(?:\^|passages?\s*|n°\s*|S)?\s*(\d+(?:\s*(?:[,;]|et|and)\s*\d+)*)\s*[\]】]", re.I)
_END = re.compile(rf"(?:{_MARK.pattern}\s*)+[.!?]?(?=\s+[^\s\[【])|\n", re.I)
_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ«\"])")
_ABBREVIATION = re.compile(r"(?:\b(?:M|MM|Mme|Mmes|Mlle|Dr|art|cf|ex|p|n|St|Mr|Mrs|no|e\.g|i\.e)|\b[A-Z])\.$", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•–➔]|\d{1,2}[.)])\s+")
_MAX_BUFFER = 2_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its markers; ``item`` when it was an item of a list."""

    text: str
    cited: tuple[int, ...]
    item: bool


def cut(pieces: Iterable[str]) -> Iterator[Sentence]:
    """Sentences as soon as they are complete. A sentence without a marker of its own shares that
    of the next one on its line."""
    buffer = ""
    for piece in pieces:
        buffer += piece
        while match := _END.search(buffer):
            yield from _sentences(buffer[: match.end()])
            buffer = buffer[match.end() :]
        if len(buffer) > _MAX_BUFFER:
            yield from _sentences(buffer)
            buffer = ""
    yield from _sentences(buffer)


def _sentences(segment: str) -> Iterator[Sentence]:
    cited: list[int] = []
    for match in _MARK.finditer(segment):
        cited += [int(n) for n in re.findall(r"\d+", match[1]) if len(n) < 7]
    item = bool(_BULLET.match(segment))
    text = re.sub(r"[*_#]{1,3}(?=\S)|(?<=\S)[*_]{1,3}", "", _BULLET.sub("", _MARK.sub(" ", segment)))
    text = re.sub(r"\s+([.,;!?])(?=\s|$)", lambda m: m[1] if m[1] in ".," else m[0], text)
    for sentence in _split(re.sub(r"\s+", " ", text).strip()):
        if any(c.isalnum() for c in sentence):
            yield Sentence(sentence, tuple(dict.fromkeys(cited)), item)


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for part in _BETWEEN.split(text):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts
