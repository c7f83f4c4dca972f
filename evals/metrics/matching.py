"""Whether two texts say the same value or the same words, formats apart.

Comparison ignores case, accents, punctuation and the format of typed values
('13/03/2024' = '13 mars 2024' = 'March 13, 2024'; '10 000' = '10000').
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assistant.values import Value, find_values
from assistant.words import tokens

MARKER = re.compile(r"\[\d{1,3}(?:\s*,\s*\d{1,3})*\](?!\()")
_EMPHASIS = re.compile(r"\*{1,3}|`+|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_BARE = re.compile(r"(?<!\w)\d{1,15}(?!\w)")
_NUMBERED: frozenset[str] = frozenset({"count", "year", "amount", "percent", "duration"})

Token = str | Value


def clean(text: str) -> str:
    """``text`` without citation markers and Markdown emphasis."""
    return _EMPHASIS.sub("", _ESCAPE.sub("", MARKER.sub(" ", text)))


def values_in(text: str) -> list[Value]:
    """Values of ``text`` in order, with the bare numbers that ``find_values`` leaves ("p.38")."""
    found = list(find_values(text))
    taken = [range(value.start, value.end) for value in found]
    for match in _BARE.finditer(text):
        if not any(match.start() in span for span in taken):
            found.append(Value("count", str(int(match.group())), *match.span()))
    return sorted(found, key=lambda value: value.start)


def supports(have: Value, want: Value) -> bool:
    """Whether ``have`` states ``want``: the same value, or one that implies it.

    A date implies its day and month, its month and its year; an amount, a percentage or a
    duration implies its number. Never the other way round.
    """
    if have.kind == want.kind and _key(have) == _key(want):
        return True
    if want.kind == "date" and want.value.startswith("--"):
        return have.kind == "date" and have.value[-5:] == want.value[-5:]
    if want.kind == "month":
        return have.kind == "date" and have.value.startswith(want.value + "-")
    if want.kind == "year" and have.kind in ("date", "month"):
        return have.value.startswith(want.value + "-")
    if want.kind in ("count", "year"):  # "1800 habitants" reads as a year, "1 800" as a count
        return have.kind in _NUMBERED and have.value.split()[0] == want.value
    return False


def supported(want: Value, values: Iterable[Value]) -> bool:
    """Whether one of ``values`` states ``want``."""
    return any(supports(have, want) for have in values)


def contains(text: str, wanted: str) -> bool:
    """Whether ``text`` says ``wanted``: its values and words in a row, at word boundaries."""
    pattern = _stream(wanted)
    if not pattern:
        return False
    if _in_a_row(pattern, _stream(text)):
        return True
    # A value can swallow a word ("juin" in "juin 2024", a name in an address of a page). A
    # bare value has no such excuse: "11" is not in "11 mars 2024".
    words = any(isinstance(token, str) for token in pattern)
    return words and _in_a_row(tokens(clean(wanted)), tokens(clean(text)))


def _key(value: Value) -> str:
    if value.kind == "url":
        return re.sub(r"^(?:https?://)?(?:www\.)?", "", value.value).rstrip("/")
    return value.value


@lru_cache(maxsize=4_096)
def _stream(text: str) -> tuple[Token, ...]:
    """Words (folded) and values of ``text`` in order."""
    plain = clean(text)
    stream: list[Token] = []
    position = 0
    for value in values_in(plain):
        stream += tokens(plain[position : value.start])
        stream.append(value)
        position = value.end
    return (*stream, *tokens(plain[position:]))


def _in_a_row(wanted: Sequence[Token], stream: Sequence[Token]) -> bool:
    return any(
        all(map(_same, wanted, stream[start : start + len(wanted)]))
        for start in range(len(stream) - len(wanted) + 1)
    )


def _same(want: Token, have: Token) -> bool:
    if isinstance(want, str) or isinstance(have, str):
        return want == have
    return supports(have, want)
