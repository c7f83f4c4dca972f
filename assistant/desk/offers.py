"""Mail that sells something, or cheats: it gets no reply."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.call import read_toml
from assistant.words import fold

# So many cues surely make an offer, more leave no doubt.
_PLAIN = 2
# What a mail that sells may seem to want beside (ids of reasons.toml, and what the embedded model hears); and what
# words like "rédaction" and "garantie" make of it where there is no doubt.
_BESIDE = frozenset({"person", "call_wanted", "reminder"})
_MISREAD = frozenset({"press", "promise"})


def sells(text: str, signature: str, human: Collection[str], *, answered: bool, of_the_call: bool) -> bool:
    """Whether a mail, for which ``human`` are reasons to call for a person, is an offer.

    ``answered``: a question in it is. ``of_the_call``: one is surely answered, or near what is asked of any call.
    """
    if not human and not answered and re.search(_table()["offer"], fold(text)):
        return True
    cues = count_cues(text, signature)
    sure = cues > _PLAIN
    other = set(human) - (_BESIDE | _MISREAD if sure else _BESIDE)
    return not other and cues >= _PLAIN and (sure or not of_the_call)


def count_cues(text: str, signature: str = "") -> int:
    """By how many cues a mail sells something, or cheats; each alone may stand in anybody's."""
    folded = fold(text.replace("’", "'"))
    title = re.search(_table()["sells"], f"{folded}\n{fold(signature)}")
    return sum(bool(pattern.search(folded)) for pattern in _cues()) + bool(title)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml(Path(__file__).with_name("offers.toml"))


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.S) for pattern in _table()["offer_cues"])
