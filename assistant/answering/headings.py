"""When a passage needs the headings that it stands under to make sense as an answer."""

from __future__ import annotations

import re

from assistant.words import fold

# "Dans quel volet … ?": the answer is where a passage stands, not what it says.
_DIVISION = re.compile(
    r"\b(?:quel(?:le)?s?|kel(?:le)?s?|which|what|que|cual|qual|welche[mnrs]?)\s+"
    r"(?:volets?|axes?|champs?|themes?|thematiques?|categories?|parties?|articles?|rubriques?|mesures?|"
    r"lots?|strands?|categor(?:y|ia)|parts?|sections?|ejes?|eixos?|bereich|kategorie)\b"
)
# A personal pronoun at the start of a French sentence, the impersonal "il" apart.
_PRONOUN = re.compile(
    r"(?:elles?|ils|cel(?:ui|le)s?-ci|ceux-ci|"
    r"il(?!\s+(?:est|sera|s'agit|faut|faudra|peut|n'|ne|y|convient|appartient|importe)\b))\b"
)

# "Dépenses non éligibles", "Ne sont pas retenus :": what stands below is meant the other way round.
_NEGATES = re.compile(
    r"\b(?:non|ne|n'\w+|pas|exclu\w*|ineligib\w*|interdi\w*|irrecevab\w*|inadmissib\w*|hors|sauf|"
    r"not|excluded|exclusions?|ineligible|forbidden|nicht|ausgeschlossen|no|excluid\w*)\b"
)
# What says of itself that it is excluded; "hors contrat" or "non bâti" only names a kind of thing.
_DENIES = re.compile(
    r"\b(?:ne|n'\w+|pas|exclu\w*|ineligib\w*|interdi\w*|irrecevab\w*|non eligib\w*|not|excluded|ineligible|nicht|no)\b"
)
# "(liste non exhaustive)", "à but non lucratif": nothing is excluded.
_ASIDE = re.compile(r"\([^)]*\)|\b(?:non|not)[ -](?:exhausti\w*|limitati\w*|lucrati\w*)")


def asks_division(question: str) -> bool:
    """Whether a question asks under which part of the document something falls."""
    return bool(_DIVISION.search(fold(question)))


def opens_with_pronoun(sentence: str) -> bool:
    """Whether a French sentence opens with a pronoun for something named before it."""
    return bool(_PRONOUN.match(fold(sentence)))


def negates(text: str) -> bool:
    """Whether a heading or a lead-in says that what follows is excluded."""
    return bool(_NEGATES.search(_ASIDE.sub(" ", fold(text))))


def denies(text: str) -> bool:
    """Whether a passage says itself that what it names is excluded."""
    return bool(_DENIES.search(_ASIDE.sub(" ", fold(text))))
