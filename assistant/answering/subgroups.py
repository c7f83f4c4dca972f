"""Of whom a share is asked: "what share of rural women in Africa?" is not told by the share of women in Africa.

Each part of a population is as near to the others as can be, for embeddings, so its words are looked for: groups
(attributes.toml), ages, countries and continents.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale

from assistant.answering.index import CallIndex
from assistant.answering.question import Question, asked_for
from assistant.answering.read import Reading
from assistant.answering.retrieve import Candidate
from assistant.answering.texts import SPOKEN
from assistant.answering.whose import clauses
from assistant.call import read_toml
from assistant.words import fold, tokens

# "Over 60", "plus de 65 ans", "mayores de 60", "über 60".
_AGE = re.compile(
    r"\b(?:(?:plus|moins) de|over|under|above|below|aged|older than|younger than|mayores de|menores de|maiores de|mais de|uber|unter) (?P<n>\d{1,3})\b(?! ?(?:%|million|milliard|billion|thousand|mill|pays|countr|villes|cities|towns|euros|personnes|people|collectivit))|"
    r"\b(?P<n2>\d{1,3}) ?(?:ans|years?|anos) et (?:plus|moins)\b"
)
_SHARE = re.compile(r"\b(?:pourcentage|proportion|taux|part|share|percentage|rate|anteil|prozent|porcentaje|percentagem)\b")
_AMONG = re.compile(r"(?:et |and |y |und )?(?:chez|dans|en|au|aux|parmi|among|in|for|bei|entre|sur)\b")
# Words of a clause that only adds a place or a group.
_FEW = 3
# How many candidates are looked through, and what share one must have at least.
_LOOKED_THROUGH, _SHARE_LEAST = 12, 0.01
# Letters of the shortest name, and words of the longest.
_SHORTEST, _LONGEST = 4, 4
# Names of places that are words as well.
_WORDS = frozenset(("reunion", "monde", "world", "mundo", "welt", "jersey", "niger"))


def another_group(question: Question, candidate: Candidate, index: CallIndex) -> bool:
    """Whether a share is asked of some people or of a place that ``candidate``, with its lead-in and its headings, does
    not speak of."""
    asked = fold(_asking(question.plain))
    if question.kinds != {"percent"} and not ("percent" in question.kinds and _SHARE.search(asked)):
        return False
    told = fold(_text(candidate, index))
    meant = [(id_, words) for id_, one, words in _groups() if one.search(asked)]
    # "What share of people around the world live in rural areas": the narrower group counts.
    if any(not words.search(told) for id_, words in meant if id_ != "world" or len(meant) == 1):
        return True
    ages = {match["n"] or match["n2"] for match in _AGE.finditer(asked)}
    if any(not re.search(rf"\b{age}\b", told) for age in ages):
        return True
    words = f" {' '.join(tokens(told))}"
    return any(not any(f" {name}" in words for name in names) for names in _places(asked))


def of_the_group(question: Question, reading: Reading, index: CallIndex) -> Reading:
    """``reading`` with the first candidate that speaks of whom a share is asked, and gives one, where the best does
    not."""
    best = reading.candidates[:1]
    if not best or not another_group(question, best[0], index):
        return reading
    for candidate in reading.candidates[1:_LOOKED_THROUGH]:
        gives = "percent" in index.traits(candidate.unit, candidate.parts).kinds
        if gives and candidate.share >= _SHARE_LEAST and not another_group(question, candidate, index):
            candidate.score = best[0].score
            return replace(reading, candidates=[candidate, *(c for c in reading.candidates if c is not candidate)])
    return reading


def _asking(text: str) -> str:
    """The clauses of ``text`` that ask for a share, and short ones behind them ("…, Amérique latine ?"): who asks, and
    for whom, stands in others."""
    kept: list[str] = []
    before = ""
    for clause in clauses(text):
        if "percent" in asked_for(clause)[1]:
            # "Chez les plus de 65 ans, quel pourcentage …", "Women in landlocked countries, percentage"
            alone = len(tokens(clause)) <= 1 or _AMONG.match(fold(before))
            kept += [before, clause] if alone and before else [clause]
        elif kept and len(tokens(clause)) <= _FEW:
            kept.append(clause)
        before = clause
    return ", ".join(kept) or text


def _text(candidate: Candidate, index: CallIndex) -> str:
    unit = candidate.unit
    spans = [*([unit.lead] if unit.lead else []), *candidate.parts]
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
def _groups() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    stored = read_toml(Path(__file__).with_name("attributes.toml"))
    return tuple((one["id"], re.compile(one["asked"]), re.compile(one["words"])) for one in stored["group"])
