"""When the call opens and closes, read off its facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from assistant.words import stems

if TYPE_CHECKING:
    from assistant.answering.index import CallIndex

# What a calendar calls the two ends, as stems; "ouverture" and "clôture" of something else
# (a session, a round) make the dates ambiguous, and then none is computed.
OPENING = frozenset(stems("ouverture lancement"))
CLOSING = frozenset(stems("clôture limite"))


def call_dates(index: CallIndex) -> tuple[date | None, date] | None:
    """(opening, closing) when the calendar names exactly one closing date, else None."""
    opening: set[str] = set()
    closing: set[str] = set()
    for fact in index.dated_rows:
        if len(fact.value) != 10:
            continue
        words = set(stems(fact.label))
        if words & CLOSING:
            closing.add(fact.value)
        elif words & OPENING:
            opening.add(fact.value)
    if len(closing) != 1:
        return None
    start = date.fromisoformat(opening.pop()) if len(opening) == 1 else None
    return start, date.fromisoformat(closing.pop())
