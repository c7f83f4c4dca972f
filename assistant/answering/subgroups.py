"""Of whom a share is asked: "what share of rural women in Africa?" is not told by the share of women in Africa.

Each part of a population is as near to the others as can be, for embeddings, so its words are looked for: groups
(attributes.toml), ages, countries and continents.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale

from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.answering.texts import SPOKEN
from assistant.call import read_toml
from assistant.words import fold, tokens

# "Over 60", "plus de 65 ans", "mayores de 60", "über 60".
_AGE = re.compile(
    r"\b(?:(?:plus|moins) de|over|under|above|below|aged|older than|younger than|mayores de|menores de|maiores de|mais de|uber|unter) (?P<n>\d{1,3})\b(?! ?%)(?= ?(?:ans|years?|anos|jahren?|[,;?.!]|$|\w))|"
    r"\b(?P<n2>\d{1,3}) ?(?:ans|years?|anos) et (?:plus|moins)\b"
)
_SHARE = re.compile(r"\b(?:pourcentage|proportion|taux|part|share|percentage|rate|anteil|prozent|porcentaje|percentagem)\b")
# Letters of the shortest name, and words of the longest.
_SHORTEST, _LONGEST = 4, 4
# Names of places that are words as well.
_WORDS = frozenset(("monde", "world", "mundo", "welt", "jersey", "niger"))


def another_group(question: Question, candidate: Candidate, index: CallIndex) -> bool:
    """Whether a share is asked of some people or of a place that ``candidate``, with its lead-in and its headings, does
    not speak of."""
    asked = fold(question.plain)
    if question.kinds != {"percent"} and not ("percent" in question.kinds and _SHARE.search(asked)):
        return False
    told = fold(_text(candidate, index))
    if any(one.search(asked) and not words.search(told) for one, words in _groups()):
        return True
    ages = {match["n"] or match["n2"] for match in _AGE.finditer(asked)}
    if any(not re.search(rf"\b{age}\b", told) for age in ages):
        return True
    words = f" {' '.join(tokens(told))}"
    return any(not any(f" {name}" in words for name in names) for names in _places(asked))


def _text(candidate: Candidate, index: CallIndex) -> str:
    unit = candidate.unit
    whole = [sentence for sentence in unit.sentences if any(part.overlap(sentence) for part in candidate.parts)]
    spans = [*([unit.lead] if unit.lead else []), *candidate.parts, *whole]
    headings = index.document(unit.document).heading_path(unit.section)
    return "\n".join([*headings, *(index.text(unit.document, span) for span in spans)])


def _places(asked: str) -> list[frozenset[str]]:
    """For each country or continent in ``asked`` the names that it has in the languages that are spoken."""
    words, known = tokens(asked), _territories()
    runs = (" ".join(words[at : at + length]) for at in range(len(words)) for length in range(1, _LONGEST + 1))
    found = [known.get(run) or known.get(run.removesuffix("s")) for run in runs]  # "Frankreichs"
    return [names for names in dict.fromkeys(found) if names]


@lru_cache(maxsize=1)
def _territories() -> dict[str, frozenset[str]]:
    """All names of each country and continent, by each of them."""
    found: dict[str, frozenset[str]] = {}
    for territory in Locale("en").territories:
        if territory in ("001", "ZZ"):  # the world, an unknown region
            continue
        spoken = (" ".join(tokens(Locale(code).territories.get(territory, ""))) for code in SPOKEN)
        names = frozenset(name for name in spoken if len(name) >= _SHORTEST and name not in _WORDS)
        found.update(dict.fromkeys(names, names))
    return found


@cache
def _groups() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    stored = read_toml(Path(__file__).with_name("attributes.toml"))
    return tuple((re.compile(one["asked"]), re.compile(one["words"])) for one in stored["group"])
