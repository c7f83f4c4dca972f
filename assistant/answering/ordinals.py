"""« Le deuxième, c'est quoi ? » after an answer with a list: the item by its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.types import Turn
from assistant.words import fold

# Folded; the last one counts from the end.
_PLACES: tuple[tuple[int, str], ...] = (
    (0, r"premier|premiere|1er|1ere|first|primer[oa]|primeir[oa]|erste[rns]?|primo|prima|الاول|الاولي"),
    (1, r"deuxieme|second|seconde|2e|2eme|2nd|segund[oa]|zweite[rns]?|second[oa]|الثاني|الثانيه"),
    (2, r"troisieme|3e|3eme|third|3rd|tercer[oa]|terceir[oa]|dritte[rns]?|terz[oa]|الثالث|الثالثه"),
    (3, r"quatrieme|4e|4eme|fourth|4th|cuart[oa]|quart[oa]|vierte[rns]?"),
    (4, r"cinquieme|5e|5eme|fifth|5th|quint[oa]|funfte[rns]?"),
    (-1, r"dernier|derniere|last|ultim[oa]|letzte[rns]?"),
)
_ARTICLE = r"(?P<article>\b(?:le|la|du|de la|au|a la|the|el|los|o|a|do|da|der|die|das|dem|den|vom|il) )?"
# Alone, or before what is asked of it: "le deuxième, c'est quoi ?", not "le deuxième volet de …".
_ENDS_THERE = (
    r"(?: (?:one|de la liste|of them))?(?=\W*$|\W+(?:c|cest|ca|il|elle|ils|elles|fait|font|est|son|sa|is|does|it|he|she|"
    r"what|es|que|hace|faz|ist|macht|was|e)\b)"
)
_ITEM = re.compile(r"^- (?P<text>.+)$", re.MULTILINE)
_MARKS = re.compile(r"\s*\[\d+\]")
_NUMBERED = re.compile(r"^(?:[\dIVX]+(?:\.\d+)*[.)]*\s+)+")
# How many answers back a list is looked for, and how much of an item is read.
_BACK = 3
_WORDS = 14


def name_ordinal(piece: str, history: Sequence[Turn]) -> str:
    """``piece`` with the item that it means by its place in the last list of an answer, if any."""
    folded = fold(piece)
    if len(folded) != len(piece):
        return piece
    for place, words in _PLACES:
        found = re.search(rf"{_ARTICLE}\b(?:{words})\b{_ENDS_THERE}", folded)
        if found is None:
            continue
        items = _items(history)
        if -len(items) <= place < len(items):
            of = "de " if (found["article"] or "").strip() in ("du", "de la", "do", "da", "vom") else ""
            return f"{piece[: found.start()]}{of}« {items[place]} »{piece[found.end() :]}"
    return piece


def _items(history: Sequence[Turn]) -> list[str]:
    answers = [turn.text for turn in history if turn.role == "assistant"]
    for answer in reversed(answers[-_BACK:]):
        items = [_NUMBERED.sub("", _MARKS.sub("", match["text"])) for match in _ITEM.finditer(answer)]
        if len(items) > 1:
            return [" ".join(item.split()[:_WORDS]) for item in items]
    return []
