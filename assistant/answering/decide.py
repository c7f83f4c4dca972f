"""Answer, answer in part, or abstain, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.acronyms import acronym_asked, spelled_out
from assistant.answering.attributes import asks_for, untold
from assistant.answering.bodies import unnamed_body
from assistant.answering.counted import counts_asked, counts_others, items_missing, never_counted
from assistant.answering.elsewhere import other_call, other_year, years_untold
from assistant.answering.ends import end_asked
from assistant.answering.follow_ups import asks_why, only_thanks
from assistant.answering.index import CallIndex
from assistant.answering.membership import unnamed
from assistant.answering.personal import own_fate, private_address
from assistant.answering.question import Question, asked_for
from assistant.answering.read import Reading, load_thresholds
from assistant.answering.retrieve import Candidate, Retrieval
from assistant.answering.subgroups import another_group
from assistant.answering.whose import clauses, somebody_else
from assistant.call import Call
from assistant.types import FactKind, Status, Unit
from assistant.words import fold, tokens

# Topics that ask for an opinion on a case or for work that is not ours, whatever the text says.
_PERSONAL = frozenset({"chance_opinion", "own_application_status", "write_application", "legal_advice"})
_OPEN_NEAR = 0.5
_OPEN_LEAD = 0.03
_SURE = 0.5
# Against a reader that has no doubt, a standard question that is left open takes more than _SURE.
_NO_DOUBT, _OVERRULES = 0.95, 0.75
# From this probability on an answer in another language stands though it lacks a name of the question.
_CERTAIN = 0.99
# How probable a standard question must be to be named as what is missing.
_NAMED = 0.4
_NEARER = 0.08
# How probable some turn of conversation must be for a message to be off topic because it is near such ones.
_AWAY = 0.05
# Kinds of values of which "at what hour?" and "in which year?" want one.
_TOLD_EXACTLY: tuple[frozenset[FactKind], ...] = (frozenset({"time"}), frozenset({"year", "date", "month"}))

# What a call is called by: it names nobody.
_THE_CALL = frozenset(("aap", "ami", "appel", "call"))
# How many of the best candidates are looked through for what is asked, and what share each must have.
_SHOWN, _SHARE = 6, 0.03

_FIGURES: frozenset[FactKind] = frozenset({"count", "percent", "amount"})
_ATTACK = re.compile(
    r"<\s*/?\s*(?:script|img|iframe|svg|object|embed|style)\b|javascript:|onerror\s*=|"
    r"(?<!\bai )(?<!\ba )(?<!\bavons )(?<!\bavez )(?<!\bont )\b(?:ignorez?|oubliez?|forget|disregard|olvida|ignora)\b.{0,40}\b(?:instructions?|consignes?|"
    r"regles?|prompts?|rules|instrucciones|regras|instrucoes)\b|"
    r"\b(?:system prompt|prompt systeme|prompt initial|instructions? (?:systeme|initiales|cachees))\b|"
    r"\b(?:you are now|tu es maintenant|(?:^|[.!?:;]\s+|please |now )act as (?:if|an?|my|the)|fais comme si|pretend to be|jailbreak|dan mode|"
    r"mode developpeur|developer mode)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """``phrase`` names a set reply (greeting, refusal …), ``topic`` the standard question that
    the sources leave open; ``sure`` tells an answer from a partial one. ``elsewhere``: the
    regulation says nothing of it, but a resource that it links to may. ``other`` is the call that
    the question is about instead. ``near``: the best passage is worth showing all the same."""

    status: Status
    confidence: float
    sure: bool = True
    phrase: str | None = None
    topic: str | None = None
    elsewhere: bool = False
    other: Call | None = None
    near: bool = False


def decide(question: Question, retrieval: Retrieval, reading: Reading, index: CallIndex) -> Decision:
    """What to do with the best candidate."""
    limits = load_thresholds(validated=bool(retrieval.intents))
    probability = reading.probability
    topic = retrieval.topic
    topic_cosine = topic[1] if topic else 0.0
    known = max((max(c.faq, c.fact) for c in reading.candidates[:40]), default=0.0)
    folded = fold(question.text)
    if _ATTACK.search(folded):
        return Decision("refused", 1.0 - probability, phrase="refused")
    if reading.settled:
        return Decision("answered", probability)
    conduct = _conduct(retrieval)
    if conduct is None and only_thanks(question.text):
        return Decision("out_of_scope", 1.0 - probability, phrase="thanks")
    if conduct == "attack":
        return Decision("refused", 1.0 - probability, phrase="refused")
    if conduct and (probability < limits.scope or (conduct != "off_topic" and not question.terms)):
        phrase = "out_of_scope" if conduct == "off_topic" else conduct
        return Decision("out_of_scope", 1.0 - probability, phrase=phrase)
    likeliest, surely = (retrieval.intents or retrieval.standard)[0]
    if own_fate(question) or (likeliest.kind == "topic" and likeliest.id in _PERSONAL and surely >= _SURE):
        return Decision("not_in_sources", 1.0 - probability, phrase="personal")
    if question.context and asks_why(question.plain):
        return Decision("not_in_sources", 1.0 - probability, topic="author_opinion")
    acronym = acronym_asked(question.text)
    if acronym and not spelled_out(
        acronym, (index.document(id_).text for id_ in index.catalog.holding(acronym))
    ):
        return Decision("not_in_sources", 1.0, topic="acronym_meaning")
    if acronym and reading.candidates:
        best = reading.candidates[0]
        if spelled_out(acronym, (index.text(best.unit.document, part) for part in best.parts)):
            return Decision("answered", max(probability, limits.answer))
    if other_call(question, index):
        return Decision("out_of_scope", 1.0, phrase="out_of_scope")
    if other_year(question, index):
        return Decision("not_in_sources", 1.0 - probability)
    if _address_missing(question, retrieval, index) or private_address(question, index):
        return Decision("not_in_sources", 1.0 - probability)
    if reading.candidates and counts_asked(question, reading.candidates[0], index):
        return Decision("answered", max(probability, limits.answer))
    left_open = _left_open(
        retrieval, known, sure=_no_doubt(question, reading), likely=probability >= limits.answer
    )
    if left_open and not acronym:
        # The officer has confirmed that the sources leave this standard question open.
        return Decision("not_in_sources", left_open[1], topic=_named(left_open[0], retrieval))
    # Sources write names their own way ("Estados árabes", "États arabes").
    foreign = question.language != index.call.language
    told = probability >= min(limits.answer, limits.partial)
    if told and (
        retrieval.wrong_limit(reading.candidates[0])
        or _value_missing(question, reading.candidates[0], index)
        or items_missing(question, reading.candidates[0], index)
        or counts_others(question, reading.candidates[0], index)
        or another_group(question, reading.candidates[0], index)
        or never_counted(question, _shown(reading), index)
        or unnamed(question, _around(reading, index))
        or untold(question, _shown(reading), index)
        or years_untold(question, _shown(reading), index)
        or (_never_named(question) and not (foreign and probability >= _CERTAIN))
        or somebody_else(question, reading.candidates[0], probability, index)
    ):
        return Decision("not_in_sources", 1.0 - probability)
    if probability >= limits.answer and not unnamed_body(question, _around(reading, index)):
        return Decision("answered", probability)
    if probability >= limits.partial:
        return Decision("partial", probability, sure=False)
    away = retrieval.conduct("off_topic")
    conduct_mass = retrieval.mass("conduct") if retrieval.intents else retrieval.standard_mass("conduct")
    if away > max(topic_cosine, known) and conduct_mass >= _AWAY:
        return Decision("out_of_scope", 1.0 - probability, phrase="out_of_scope")
    named = likeliest.id if likeliest.kind == "topic" and surely >= _NAMED else None
    near = probability >= limits.near
    return Decision("not_in_sources", 1.0 - probability, topic=named, elsewhere=True, near=near)


def _shown(reading: Reading) -> list[Candidate]:
    """The candidates that an answer may quote."""
    best, *others = reading.candidates[:_SHOWN]
    return [best, *(c for c in others if c.share >= _SHARE)]


def _address_missing(question: Question, retrieval: Retrieval, index: CallIndex) -> bool:
    """Whether the phone or mail of somebody is asked whom the sources name without it."""
    names = [term.stems for term in question.terms if term.name and term.known and term.word not in _THE_CALL]
    if not names or question.kinds not in ({"phone"}, {"email"}):
        return False
    naming = [
        c
        for c in retrieval.candidates
        if not c.unit.composite
        and all(stems & _naming(c.unit, index) for stems in names)
    ]
    kinds = {v.kind for c in naming for v in index.values(c.unit.document, c.unit.span)}
    contacts = any(c.unit.kind == "contact" for c in naming)  # these say what they lack
    return bool(naming) and not contacts and not question.kinds & kinds


def _naming(unit: Unit, index: CallIndex) -> frozenset[str]:
    """The words that tell whom a passage is about: a contact stands under the name of its body."""
    own = index.words(unit.document, unit.span)
    return own | index.heading_words(unit) if unit.kind == "contact" else own


def _around(reading: Reading, index: CallIndex) -> frozenset[str]:
    """Stems of the best passage and of what it stands under."""
    best = reading.candidates[0]
    return index.traits(best.unit, best.parts).around


def _value_missing(question: Question, candidate: Candidate, index: CallIndex) -> bool:
    """Whether an hour or a year is asked for, in so many words, of which ``candidate`` has none."""
    kinds = index.traits(candidate.unit, candidate.parts).kinds
    return question.kinds in _TOLD_EXACTLY and not question.kinds & kinds


def _never_named(question: Question) -> bool:
    """Whether a figure is asked of something with a name that the sources never write. Who asks ("Ville de
    Lyon ici, …") is named in another clause, and German writes all nouns with a capital."""
    of_a_page = asks_for("page", question)
    if question.language == "de" or not (question.kinds & _FIGURES or of_a_page):
        return False
    asking = {
        word for clause in clauses(question.plain) if of_a_page or asked_for(clause)[1] & _FIGURES for word in tokens(clause)
    }
    return any(term.name and not term.known and term.word in asking for term in question.terms)


def _conduct(retrieval: Retrieval) -> str | None:
    """The turn of conversation that the message is, if any."""
    intent, probability = (retrieval.intents or retrieval.standard)[0]
    return intent.id if intent.kind == "conduct" and probability >= _SURE else None


def _no_doubt(question: Question, reading: Reading) -> bool:
    """Whether the best passage answers for sure, or states the very end of the period asked for."""
    if reading.probability < _SURE or not reading.candidates:
        return False
    asked = end_asked(question)
    return reading.probability >= _NO_DOUBT or (asked is not None and reading.candidates[0].end == asked)


def _nearer(id_: str, retrieval: Retrieval) -> bool:
    """Whether a standard question that the sources don't leave open is clearly nearer than this one."""
    cosines = {m.id: m.cosine for m in retrieval.matches if m.kind == "topic"}
    nearest = max(cosines, key=lambda one: cosines[one], default=id_)
    return nearest not in retrieval.open_topics and cosines[nearest] - cosines.get(id_, 0.0) >= _NEARER


def _named(id_: str, retrieval: Retrieval) -> str | None:
    """The standard question to name as missing: several that are open together may weigh enough to abstain while
    none of them is likely by itself."""
    likely = [p for intent, p in retrieval.intents if (intent.kind, intent.id) == ("topic", id_)]
    return id_ if not likely or likely[0] >= _NAMED else None


def _left_open(
    retrieval: Retrieval, known: float, *, sure: bool, likely: bool
) -> tuple[str, float] | None:
    """The standard question, left open by the sources, that the message asks, and how surely.

    Where the reader has no doubt (``sure``), it takes more. Where the reader answers (``likely``), the
    nearest standard question must not be another one that is not left open: once the validated question about
    it has expired, its kin take what is asked for their own.
    """
    if retrieval.intents:
        intent, mass = retrieval.likely("topic"), retrieval.mass("topic")
        limit = _OVERRULES if sure else _SURE
        if intent and mass >= limit and intent.id in retrieval.open_topics and not (likely and _nearer(intent.id, retrieval)):
            return intent.id, mass
        return None
    match = next((m for m in retrieval.matches if m.id in retrieval.open_topics), None)
    if match and match.cosine >= max(known + _OPEN_LEAD, _OPEN_NEAR):
        return match.id, min(match.cosine, 1.0)
    return None
