"""Which part of a paragraph is a contact, and which says something that has a date."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Literal

from assistant.types import Span
from assistant.values import Value, find_values
from ingest.sentences import split_sentences

CONTACT_MAX_CHARS = 240
DATES = frozenset({"date", "month"})
_ADDRESSES = frozenset({"email", "phone"})
_ENDS = re.compile(r"[.!?…][»”\")\]]*$")
_TERM = re.compile(
    r"\b(?:avant|jusqu['’]|au plus tard|d['’]ici|à compter|à partir|dès|before|until|by)\W*"
    r"(?:(?:au|à|du|le|la|fin|the|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)*$", re.I
)  # fmt: skip
_VERB = re.compile(
    r"\b(?:est|sont|sera|seront|doit|doivent|peut|peuvent|a lieu|ont lieu|aura lieu|se tient|se tiennent|"
    r"is|are|must|can|takes place)\b", re.I
)  # fmt: skip

Part = tuple[Literal["contact", "paragraph"], Span]


def paragraph_parts(text: str) -> list[Part]:
    """A paragraph in parts: a short one that holds a mail address or phone number is a contact, but for
    the sentences in it that tell a date."""
    whole = Span(0, len(text))
    values = _values(text)
    if not any(value.kind in _ADDRESSES for value in values):
        return [("paragraph", whole)]
    if not any(value.kind in DATES for value in values):
        return [("contact", whole)]
    sentences = split_sentences(text, 0, len(text))
    parts: list[Part] = []
    for tells, run in groupby(sentences, key=lambda s: _tells_a_date(text[s.start : s.end])):
        spans = list(run)
        span = Span(spans[0].start, spans[-1].end)
        named = not tells and any(v.kind in _ADDRESSES for v in find_values(text[span.start : span.end]))
        parts.append(("contact" if named else "paragraph", span))
    if all(kind == "paragraph" for kind, _ in parts):
        return [("paragraph", whole)]
    return parts


def _values(text: str) -> tuple[Value, ...]:
    """The values of a text that is short enough for a contact."""
    if len(text) > CONTACT_MAX_CHARS or not ("@" in text or sum(c.isdigit() for c in text) >= 9):
        return ()
    return find_values(text)


def _tells_a_date(sentence: str) -> bool:
    """Whether it says something that has a date, and is no address with a date in brackets, say."""
    values = find_values(sentence)
    dates = [value for value in values if value.kind in DATES]
    if not dates:
        return False
    if any(_TERM.search(sentence, 0, value.start) for value in dates):
        return True
    address = any(value.kind in _ADDRESSES for value in values)
    return bool(_VERB.search(sentence) if address else _ENDS.search(sentence))
