"""Whether the sources spell out an acronym that a question asks the meaning of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.words import fold

_ASKS_LETTERS = re.compile(
    r"\b(?:veut dire|veulent dire|signifi\w+|sigles?|acronymes?|abreviations?|stands? for|acronyms?|"
    r"siglas?|significa\w*|quiere decir|quer dizer|bedeutet|abkurzung|steht)\b"
)
# "ODD 17" is one of its kind: what it is about is asked, not what its letters stand for.
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,6}\b(?!\s\d)")
_NEAR = 120
# Letters of a small word between capitalised ones ("de", "pour"), and of an acronym that no other name has by chance.
_SMALL, _TELLING = 4, 3


def acronym_asked(question: str) -> str | None:
    """The acronym whose letters ``question`` asks the meaning of, None when it asks no such thing."""
    if not _ASKS_LETTERS.search(fold(question)):
        return None
    found = set(_ACRONYM.findall(question))
    return found.pop() if len(found) == 1 else None


def spelled_out(acronym: str, texts: Iterable[str]) -> bool:
    """Whether one of ``texts`` gives the words of ``acronym`` beside it: in brackets, after a dash or
    a colon, or as a name with these initials shortly before it ("… : le « PGO »")."""
    one = re.escape(acronym)
    near = re.compile(rf"([^\n]{{4,{_NEAR}}})\b{one}\b")
    before = re.compile(rf"([^.\n()]{{4,{_NEAR}}}?)\s*\(\s*{one}\b")
    after = re.compile(rf"\b{one}\s*[(:–—-]\s*([^.\n()]{{4,{_NEAR}}})")
    for text in texts:
        if any(_ends_with(match[1], acronym) or _shuffled(match[1], acronym) for match in before.finditer(text)):
            return True
        if any(_starts_with(match[1], acronym) for match in after.finditer(text)):
            return True
        if any(_named(match[1], acronym) for match in near.finditer(text)):
            return True
    return False


def _initials(words: str) -> list[str]:
    return [word[0] for word in re.findall(r"\w+", fold(words))]


def _starts_with(words: str, acronym: str) -> bool:
    """Whether the letters are initials, in order, from the first word on."""
    letters = iter(_initials(words)[: 2 * len(acronym) + 2])
    wanted = fold(acronym)
    return next(letters, "") == wanted[0] and all(c in letters for c in wanted[1:])


def _shuffled(words: str, acronym: str) -> bool:
    """Whether the last words that are not small have just the letters as initials, in whatever order ("Service
    d'action et de coopération culturelle (SCAC)")."""
    long = [word for word in re.findall(r"[^\W\d_]+", fold(words)) if len(word) > _SMALL]
    return len(acronym) >= _TELLING and sorted(word[0] for word in long[-len(acronym) :]) == sorted(fold(acronym))


def _named(words: str, acronym: str) -> bool:
    """Whether capitalised words in a row have just these initials, small words between them left out."""
    initials = "".join(
        fold(word[0]) if word[0].isupper() else "" if len(word) <= _SMALL else " " for word in re.findall(r"[^\W\d_]+|\d+", words)
    )
    return len(acronym) >= _TELLING and fold(acronym) in initials


def _ends_with(words: str, acronym: str) -> bool:
    letters = _initials(words)
    longest = min(len(letters), 2 * len(acronym) + 2)
    return any(
        _starts_with(" ".join(letters[-size:]), acronym)
        for size in range(len(acronym) if len(acronym) < 4 else len(acronym) - 1, longest + 1)
    )
