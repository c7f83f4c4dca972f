"""Which standard questions a text holds a cue of: words that passages which answer them hold."""

from __future__ import annotations

from functools import lru_cache

from assistant.answering.prototypes import topics
from assistant.words import fold, tokens


def cued_topics(text: str) -> frozenset[str]:
    """Ids of the standard questions whose cues stand in ``text``: cues made of words only ("date
    limite") as whole words in a row, others ("n° siret", "h/f") anywhere."""
    phrases, others, longest = _cues()
    words, folded = tokens(text), fold(text)
    found: set[str] = set()
    for start in range(len(words)):
        phrase = ""
        for word in words[start : start + longest]:
            phrase = f"{phrase} {word}" if phrase else word
            found.update(phrases.get(phrase, ()))
    for cue, ids in others.items():
        if cue in folded:
            found.update(ids)
    return frozenset(found)


@lru_cache(maxsize=1)
def _cues() -> tuple[dict[str, list[str]], dict[str, list[str]], int]:
    """Topics by cue, for cues made of words and for others, and the most words of a cue."""
    phrases: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for topic in topics().values():
        for cue in topic.cues:
            of = phrases if cue.replace(" ", "").isalnum() else others
            of.setdefault(cue, []).append(topic.id)
    return phrases, others, max(len(cue.split()) for cue in phrases)
