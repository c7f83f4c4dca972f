"""Where sentences end, for French and its neighbours, with exact offsets."""

from __future__ import annotations

import re

from assistant.types import Span

_ABBREVIATIONS = frozenset(
    "m mm mme mmes mlle dr pr art al p pp ex cf n no nos vol éd ed env max min tél tel bd av st ste "
    "resp sq ss chap fig mr mrs ms jan janv fév févr avr juil sept oct nov déc".split()
)
_END = re.compile(r"[.!?…]+[»”\")\]]*(?=\s)|\n(?=\S)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+|\d+)\.$")
_STARTS = re.compile(r"\s*[«“\"(\[–—-]*\s*[A-ZÀ-ÖØ-Þ0-9]")


def split_sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Sentences of ``text[start:end]`` as spans without white space at their ends.

    A line break always ends a sentence: in canonical text it only stands where the author put
    one (lines of an address or a contact).
    """
    spans: list[Span] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if match.group() != "\n":
            before = _WORD_BEFORE.search(text, begin, match.start() + 1)
            if before and (before[1].lower() in _ABBREVIATIONS or len(before[1]) == 1):
                continue
            if not _STARTS.match(text, match.end(), end):
                continue
        _append(spans, text, begin, match.end())
        begin = match.end()
    _append(spans, text, begin, end)
    return tuple(spans)


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append(Span(start, end))
