"""Things that a passage counts: "11 cities" tells how many they are, and not which."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.types import Span, Unit
from assistant.values import Value
from assistant.words import fold, stem, stems, stop_words, tokens

# What stands between items of an enumeration.
_BETWEEN = re.compile(r"[,;:\n\t•–]|\b(?:et|ou|and|or)\b")
# "Which are the cities?", "the names of the countries".
_WHICH = re.compile(
    r"\b(?:(?:quel(?:le)?s|cuales|quais)(?: (?:sont|son|sao))?(?: (?:l[ea]s|los|os|as|ces))?|which|what are(?: the)?|welche|"
    r"(?:liste|noms?) des|(?:citez|citer|listez|lister|nommez|nommer) (?:[lc]es|the)|(?:list|names?) of(?: the)?)\s+(?:\d+\s+)?(?P<noun>\w{3,})|"
    # "Les onze villes du réseau, ce sont lesquelles ?"
    r"\bles (?:(?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt\w*) )?(?P<noun2>\w{3,})\b[^?.!]{0,50}\b(?:lesquel(?:le)?s|quel(?:le)?s sont-(?:ils|elles)|comment s'appellent)\b"
)
_HOW_MANY = re.compile(
    r"\b(?:combien (?:de |d'|y a-t-il (?:de |d'))|nombre (?:de |d')|cuant[oa]s|quant[oa]s)\s*(?P<noun>\w{3,})(?: (?P<kind>\w{5,}))?|"
    r"\b(?:how many|number of|wie viele)\s*(?P<noun2>\w{3,})"
)
_ONE = frozenset(("un", "une", "aucun", "aucune", "chaque", "plusieurs", "one", "no", "each"))
_NUMBER = re.compile(r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|cents?|mille|milliers?|millions?|milliards?|\w+aines?|double|triple|moitie)")
# What is measured with, not counted.
_UNITS = frozenset("temps fois annee annees ans mois jour jours semaine semaines heure heures minutes point points euros argent pages".split())
# A figure counts what stands within so many telling words behind it ("les 10 plus grandes villes").
_NEAR = 3
_LIMITS = frozenset(("maximum", "minimum", "max", "min", "plus", "moins", "most", "least"))
# Words of such a question that name nothing: they only say that what is counted belongs to something.
_ASKING = frozenset(
    stems(
        "combien nombre participe participent participant participants participer compte comptent compter regroupe regroupent "
        "regrouper rassemble rassemblent rassembler reunit reunissent reunir comprend comprennent composent compose "
        "partie membre membres adherent adherents adherentes appartiennent total dedans actuellement "
        "many number members member belong join joined part take takes include includes included gather together there total"
    )
)


def items_missing(question: Question, candidate: Candidate, index: CallIndex) -> bool:
    """Whether things are to be named ("which are the eleven cities?", "which are the cities?") that ``candidate``
    counts ("11 cities") and does not name."""
    unit = candidate.unit
    named = [match["noun"] or match["noun2"] for match in _WHICH.finditer(fold(question.plain))]
    if not (question.asked == "list" or named) or unit.composite or len(candidate.parts) > 1:
        return False
    numbers = {v.value for v in question.values if v.kind == "count"}
    nouns = set(map(stem, named))
    for value, behind, _ in _counts(unit, candidate.parts[0], index):
        asked = value.value in numbers or _noun(behind) in nouns
        if asked and not behind.rstrip().endswith(":"):
            return len(_BETWEEN.findall(behind)) + 1 < float(value.value)
    return False


def counts_asked(question: Question, candidate: Candidate, index: CallIndex) -> bool:
    """Whether it is asked how many there are of something, and ``candidate`` counts just that, under the name
    that the question gives what they belong to."""
    said = {match["noun"] or match["noun2"] for match in _HOW_MANY.finditer(fold(question.plain))}
    nouns = {one for term in question.terms if term.word in said for one in term.stems}
    names = [term for term in question.terms if term.name and term.known]
    if not nouns or not names or question.context:
        return False
    unit, around = candidate.unit, index.traits(candidate.unit, candidate.parts).around
    if not all(term.stems & around for term in question.terms if stem(term.word) not in _ASKING):
        return False
    for part in candidate.parts:
        for _, behind, sentence in _counts(unit, part, index):
            # The network is named where the cities are counted, not beside it.
            words = index.words(unit.document, sentence) | index.heading_words(unit)
            if _noun(behind) in nouns and all(term.stems & words for term in names):
                return True
    return False


def counts_others(question: Question, candidate: Candidate, index: CallIndex) -> bool:
    """Whether it is asked how many there are of some kind ("combien de villes asiatiques"), and ``candidate`` counts
    others ("11 villes africaines") and says nothing of these."""
    around = index.traits(candidate.unit, candidate.parts).around
    behind = [tokens(rest[:60])[:2] for part in candidate.parts for _, rest, _ in _counts(candidate.unit, part, index)]
    for match in _HOW_MANY.finditer(fold(question.plain)):
        of_kind = [t for t in question.terms if t.word == match["kind"] and stem(t.word) not in _ASKING]
        if not of_kind or of_kind[0].stems & around:
            continue
        counted = [words for words in behind if len(words) == 2 and stem(words[0]) == stem(match["noun"])]
        if any(words[1] not in stop_words() for words in counted):
            return True
    return False


def never_counted(question: Question, candidates: Sequence[Candidate], index: CallIndex) -> bool:
    """Whether it is asked how many there are of something that ``candidates`` speak of, while every figure beside it
    counts something else ("79 countries, local authorities and …")."""
    said = {match["noun"] or match["noun2"] for match in _HOW_MANY.finditer(fold(question.plain))}
    terms = [term for term in question.terms if term.word in said and term.known and term.word not in _UNITS]
    if len(terms) != 1 or question.context or question.language != index.call.language:  # words of others stand for several
        return False
    sentences = [
        index.text(candidate.unit.document, sentence)
        for candidate in candidates
        for sentence in (*candidate.unit.sentences, *([candidate.unit.lead] if candidate.unit.lead else []), *candidate.parts)
    ]
    named = [text for text in sentences if terms[0].stems & frozenset(stems(text))]
    return bool(named) and not any(_counted(text, terms[0].stems) for text in sentences)


def _counted(text: str, noun: frozenset[str]) -> bool:
    """Whether a figure in ``text`` may count ``noun``: it stands within three telling words before it, no comma between
    them, or behind it with nothing else to count ("partenaires : 3 au plus")."""
    for part in re.split(r"[,;]", text):
        telling = [word for word in tokens(part) if word not in stop_words() or word in _ONE]
        at = [number for number, word in enumerate(telling) if stem(word) in noun]
        for n, word in enumerate(telling):
            if word in _ONE or any(c.isdigit() for c in word) or _NUMBER.fullmatch(word):
                alone = n + 1 == len(telling) or telling[n + 1] in _LIMITS
                if any(0 < one - n <= _NEAR or (n > one and alone) for one in at):
                    return True
    return False


def _counts(unit: Unit, part: Span, index: CallIndex) -> list[tuple[Value, str, Span]]:
    """Figures of a passage, each with what stands behind it in its sentence, and that sentence."""
    found = []
    for sentence in unit.sentences:
        if part.overlap(sentence):
            text = index.text(unit.document, sentence)
            values = index.values(unit.document, sentence)
            found += [(value, text[value.end :], sentence) for value in values if value.kind == "count"]
    return found


def _noun(behind: str) -> str | None:
    """The stem of what a figure counts: the first word behind it that tells something."""
    telling = (word for word in tokens(behind[:60]) if word not in stop_words())
    return next(map(stem, telling), None)
