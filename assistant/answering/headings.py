"""When a passage needs the headings that it stands under to make sense as an answer."""

from __future__ import annotations

import re

from assistant.answering.draft import trim
from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.types import Span
from assistant.words import fold

MAX_HEADING_WORDS = 30

# "Dans quel volet … ?": the answer is where a passage stands, not what it says.
_DIVISION = re.compile(
    r"\b(?:quel(?:le)?s?|kel(?:le)?s?|which|what|que|cual|qual|welche[mnrs]?)\s+"
    r"(?:volets?|axes?|champs?|themes?|thematiques?|categories?|parties?|articles?|rubriques?|mesures?|"
    r"lots?|strands?|categor(?:y|ia)|parts?|sections?|ejes?|eixos?|bereich|kategorie)\b"
)
# "Tableau 3 – Taux d'aide", but no sentence about it.
_CAPTION = re.compile(r"(?:Tableau|Table|Figure|Grille|Encadré)\s+(?:n°\s?)?[\dA-Z]+\b(?!.*\w\s*[.;]$)", re.IGNORECASE)
# A personal pronoun at the start of a French sentence, the impersonal "il" apart.
_PRONOUN = re.compile(
    r"(?:elles?|ils|cel(?:ui|le)s?-ci|ceux-ci|"
    r"il(?!\s+(?:est|sera|s'agit|faut|faudra|peut|n'|ne|y|convient|appartient|importe)\b))\b"
)

# "Dépenses non éligibles", "Ne sont pas retenus :": what stands below is meant the other way round.
_NEGATES = re.compile(
    r"\b(?:non|ne|n'\w+|pas|exclu\w*|ineligib\w*|interdi\w*|irrecevab\w*|inadmissib\w*|hors|sauf|"
    r"not|excluded|exclusions?|ineligible|forbidden|nicht|ausgeschlossen|excluid\w*)\b"
)
# What says of itself that it is excluded; "hors contrat" or "non bâti" only names a kind of thing.
_DENIES = re.compile(
    r"\b(?:ne|n'\w+|pas|exclu\w*|ineligib\w*|interdi\w*|irrecevab\w*|non eligib\w*|not|excluded|ineligible|nicht)\b"
)
# "(liste non exhaustive)", "à but non lucratif", "n'hésitez pas à": nothing is excluded.
_ASIDE = re.compile(r"\([^)]*\)|\b(?:(?:non|not)[ -](?:exhausti\w*|limitati\w*|lucrati\w*)|n'hesitez pas|pas a pas|non seulement|not only)\b")


def is_caption(text: str) -> bool:
    """Whether ``text`` is what a table is called, which says nothing without its rows."""
    return bool(_CAPTION.match(text))


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


def headings_to_show(index: CallIndex, question: Question, candidate: Candidate, *, path: bool) -> list[Span]:
    """The headings to show before a passage: all that it stands under (``path``), the nearest one when it opens
    with a pronoun that stands for something before it, and what says that it is excluded; for an item, the lead-in
    that tells of what is asked."""
    unit, document = candidate.unit, index.document(candidate.unit.document)
    excluding = _excluding(index, candidate) or _leading_in(index, question, candidate)
    if excluding or unit.composite or unit.kind in ("heading", "title"):
        return excluding
    first = trim(document.text, candidate.parts[0])
    pronoun = document.language == "fr" and opens_with_pronoun(index.text(document.id, first))
    found: list[Span] = []
    section = unit.section
    while section is not None and (path or (pronoun and not found)):
        found.insert(0, document.sections[section].heading)
        section = document.sections[section].parent
    words = sum(len(index.text(document.id, heading).split()) for heading in found)
    return found if words <= MAX_HEADING_WORDS else []


def _leading_in(index: CallIndex, question: Question, candidate: Candidate) -> list[Span]:
    """The lead-in of an item, where it has a value of the kind asked, or words of the question, that the item
    lacks. A whole sentence before a list says something of its own."""
    unit, lead = candidate.unit, candidate.unit.lead
    if unit.kind != "item" or lead is None or lead in candidate.parts:
        return []
    text = index.text(unit.document, lead)
    if not text.rstrip().endswith(":") or len(text.split()) > MAX_HEADING_WORDS:
        return []
    own = frozenset[str]().union(*(index.words(unit.document, part) for part in candidate.parts))
    above = index.words(unit.document, lead) - own
    kinds = {value.kind for part in candidate.parts for value in index.values(unit.document, part)}
    values = {value.kind for value in index.values(unit.document, lead)} - kinds
    asked = any(term.stems & above and not term.stems & own for term in question.terms)
    return [trim(index.document(unit.document).text, lead)] if asked or values & question.kinds else []


def _excluding(index: CallIndex, candidate: Candidate) -> list[Span]:
    """The lead-in or the heading by which a passage that does not say so itself is excluded ("Dépenses non
    éligibles")."""
    unit, document = candidate.unit, index.document(candidate.unit.document)
    if unit.kind in ("heading", "title", "outline", "contact"):
        return []
    if any(denies(index.text(document.id, part)) for part in candidate.parts):
        return []
    if unit.lead and unit.lead not in candidate.parts and negates(index.text(document.id, unit.lead)):
        return [trim(document.text, unit.lead)]
    section = unit.section
    while section is not None:
        heading = document.sections[section].heading
        text = index.text(document.id, heading)
        if negates(text) and len(text.split()) <= MAX_HEADING_WORDS:
            return [heading]
        section = document.sections[section].parent
    return []
