"""Whose address is asked: one person's phone must never pass for another's.

Embeddings hardly tell "the phone of the network" from "the phone of the officer", and a wrong
contact is worse than none. So words decide, as they do for dates (ends.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.answering.index import CallIndex
from assistant.answering.question import QUESTION_TO, Question, Term, asked_for
from assistant.answering.read import Reading
from assistant.answering.retrieve import Candidate
from assistant.answering.texts import SPOKEN, phrases
from assistant.types import FactKind, Unit
from assistant.values import find_values
from assistant.words import fold, stem, stop_words, tokens

_ADDRESSES: frozenset[FactKind] = frozenset({"email", "phone"})
# Words of any such question, which tell nobody apart, beside those that make it one.
_ANY = frozenset(
    "aap appel call numero numeros ligne directe adresse adresses coordonnees nom prenom personne personnes charge "
    "ecrire appeler demander parler donner communiquer transmettre indiquer connaitre avoir obtenir "
    "trouver svp plait merci "
    "number line direct address details name person give get write call ask speak "
    "nombre direccion persona escribir llamar pessoa endereco nummer رقم عنوان اسم".split()
)
# Where words say nothing (another language, a remark beside the question), the reader's word counts
# from this probability on.
_SURE = 0.95
# How many of the best candidates are looked through for the contact of a body that is named.
_LOOKED_THROUGH = 20
# First name and family name.
_FULL_NAME = 2
# "Ada Martin, elle est joignable à quel numéro ?"
_STANDS_FOR = re.compile(r"\b(?:elles?|ils?|lui|leur|celui-ci|celle-ci|she|he|her|him|his|they|them|their|ella|el|ele|ela|sie|ihn|ihm|ihr)\b|\bl[ae] (?:joindre|contacter|appeler)\b")
_SEES_TO = re.compile(
    r"\b(?:suit|suivent|pilote|gere|s'occupe|en charge|chargee?|responsable|referent\w*|instruit|coordonne|anime|handles?|manages?|in charge|runs?|deals?|zustandig|encargad\w+|responsavel)\b"
)
# Whoever sees to it is the officer.
_THIS_CALL = re.compile(r"\b(?:(?:ce|cet|cette|this|ese|este|esta|dies\w+) (?:appels?|aap|dispositif|programme|call|scheme|programa|convocatoria|aufruf)|l'(?:appel|aap)|the call)\b")
_CLAUSES = re.compile(r"[.!?,;:]\s+")


def somebody_else(
    question: Question, candidate: Candidate, probability: float, index: CallIndex
) -> bool:
    """Whether the question asks for the phone or mail of somebody of whom ``candidate``, which
    holds one, says nothing: neither in its words nor in its headings."""
    traits = index.traits(candidate.unit, candidate.parts)
    if question.asked != "contact" or not traits.kinds & _ADDRESSES:
        return False
    asking = asking_words(question)
    told = [term for term in question.terms if term.word in asking and _tells(term)]
    if not told and question.context:  # "et leur téléphone ?" asks of whom the question before it names
        told = [term for term in question.terms if _tells(term)]
    known = traits.around
    handoff, document = index.call.handoff, candidate.unit.document
    quoted = "\n".join(index.text(document, part) for part in candidate.parts)
    if any(address and address in quoted for address in (handoff.email, handoff.phone)):
        text = fold(question.plain)
        if _THIS_CALL.search(text) and _SEES_TO.search(text) and not any(_of_another(term, index) for term in told):
            return False
        known |= _authority(index)
    if any(_own_stems(term, index) & known for term in told):
        return False
    named = [t for t in told if t.known and (_is_name(t, question) or t.exact in index.people)]
    native = question.language == index.call.language
    return bool(named) or (native and bool(told) and probability < _SURE)


def _own_stems(term: Term, index: CallIndex) -> frozenset[str]:
    """A name or acronym that the sources use is itself, not any word of what it stands for."""
    itself = term.name and term.exact in index.catalog.vocabulary
    return frozenset({term.exact}) if itself else term.stems | {term.exact}


def named_before(question: Question, told: str, index: CallIndex) -> list[Unit]:
    """Whose address a follow-up asks ("et son téléphone ?"): the contacts whose mail or phone stands in ``told``,
    the answer before it, but to whom it only hands over; else those under a heading that the question before it
    names. None where it names somebody itself."""
    if question.asked != "contact" or not question.context:
        return []
    own = frozenset(tokens(question.plain))
    if any(_tells(term) and term.known for term in question.terms if term.word in own):
        return []
    told = re.sub("[\u2066-\u2069]", " ", told)  # isolates, as in an answer that runs from right to left
    answer = "\n".join(block for block in told.split("\n\n") if not _hands_over(block))
    addresses = {value.value for value in find_values(answer) if value.kind in _ADDRESSES}
    contacts = index.catalog.contacts
    found = [u for u in contacts if addresses & {fact.value for fact in index.catalog.facts(u.id)}]
    return found or _headed(question, contacts, index)


def _headed(question: Question, contacts: Sequence[Unit], index: CallIndex) -> list[Unit]:
    """The contacts of the one section whose heading holds words of the question that no other contact's does."""
    sections = {unit.section: index.heading_words(unit) for unit in contacts}
    fitting: Counter[int | None] = Counter()
    for term in question.terms:
        holding = [section for section, words in sections.items() if term.exact in words]
        if len(holding) == 1 and _tells(term):
            fitting[holding[0]] += 1
    best = fitting.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return []
    return [unit for unit in contacts if unit.section == best[0][0]]


def _hands_over(block: str) -> bool:
    """Whether a paragraph of an answer only says who may know."""
    return any(block.startswith(phrases(language)["ask_person"].split("{")[0]) for language in SPOKEN)


def addressed(question: Question, reading: Reading, index: CallIndex) -> Reading:
    """``reading`` with the one passage first that holds the kind of address asked for and, by itself, every word that
    tells whose ("le téléphone de Jean Martin"); there is nothing to judge about that. Otherwise, where the best is
    somebody else's, with the contact first that stands under all names of the question."""
    reading = _under_names(question, reading, index)
    told = [term for term in question.terms if _tells(term)]
    if question.asked != "contact" or question.context or len(told) < _FULL_NAME or not question.kinds & _ADDRESSES:
        return reading
    fitting = [
        c for c in reading.candidates
        if not c.unit.composite and question.kinds <= index.traits(c.unit, c.parts).kinds
        and all((t.stems | {t.exact}) & index.words(c.unit.document, c.unit.span) for t in told)
    ]  # fmt: skip
    if len({c.unit.id for c in fitting}) != 1:
        return reading
    first = max(fitting, key=lambda c: c.length)
    first.score = reading.candidates[0].score
    ranked = [first, *(c for c in reading.candidates if c is not first)]
    return replace(reading, candidates=ranked, probability=max(reading.probability, _SURE))


def _under_names(question: Question, reading: Reading, index: CallIndex) -> Reading:
    if not reading.candidates or not somebody_else(question, reading.candidates[0], reading.probability, index):
        return reading
    asking = asking_words(question)
    named = [t for t in question.terms if t.word in asking and _tells(t) and t.known and (_is_name(t, question) or t.exact in index.people)]
    for candidate in reading.candidates[:_LOOKED_THROUGH]:
        traits = index.traits(candidate.unit, candidate.parts)
        fits = candidate.unit.kind == "contact" and traits.kinds & question.kinds & _ADDRESSES
        if fits and named and all(_own_stems(term, index) & traits.around for term in named):
            candidate.score = reading.candidates[0].score
            return replace(reading, candidates=[candidate, *(c for c in reading.candidates if c is not candidate)])
    return reading


def about_named(reading: Reading, contacts: Sequence[Unit]) -> Reading:
    """``reading`` with these contacts first, the likeliest of them before the others; nothing else is meant."""
    ids = {unit.id for unit in contacts}
    ranked = [c for c in reading.candidates if c.unit.id in ids and c.parts == c.unit.parts]
    ranked += [Candidate(u, u.parts) for u in contacts if u.id not in {c.unit.id for c in ranked}]
    for candidate in ranked:
        candidate.score, candidate.share = reading.candidates[0].score, 1.0
    return replace(reading, candidates=ranked, probability=max(reading.probability, _SURE), settled=True)


def asking_words(question: Question) -> frozenset[str]:
    """The words of the clauses that ask for an address. Who writes ("Ville de Lyon ici, …") is not
    whom to write to. A follow-up that names somebody ("et pour l'ANCT ?") asks of nobody else."""
    own = _asking(question.plain)
    if own:
        return frozenset(tokens(" ".join(own)))
    words = frozenset(tokens(question.plain))
    if any(term.name and term.known and term.word in words for term in question.terms):
        return words
    return words.union(tokens(" ".join(_asking(question.context))))


def clauses(text: str) -> list[str]:
    """``text`` cut at its punctuation."""
    return _CLAUSES.split(text)


def _asking(text: str) -> list[str]:
    found = clauses(text)
    asking = [clause for clause in found if asked_for(clause)[0] == "contact"]
    meant = [before for before, clause in pairwise(found) if clause in asking and _STANDS_FOR.search(fold(clause))]
    return [*asking, *meant, *(clause for clause in found if asking and QUESTION_TO.search(fold(clause)))]


def _tells(term: Term) -> bool:
    return term.word not in _ANY and not term.word.isdigit() and asked_for(term.word)[0] != "contact"


def _is_name(term: Term, question: Question) -> bool:
    """Whether ``term`` is a name; in German, which writes all nouns with a capital, an acronym."""
    return term.name and (question.language != "de" or bool(re.search(rf"\b{term.word.upper()}\b", question.plain)))


def _of_another(term: Term, index: CallIndex) -> bool:
    """Whether ``term`` names the body or somebody of a contact that is not the officer's."""
    handoff = index.call.handoff
    own = frozenset(map(stem, tokens(handoff.name)))
    if term.exact in index.people:
        return term.exact not in own
    others = [
        unit for unit in index.catalog.contacts
        if not any(address and address in index.text(unit.document, unit.span) for address in (handoff.email, handoff.phone))
    ]  # fmt: skip
    return term.name and any(term.stems & index.heading_words(unit) for unit in others)


def _authority(index: CallIndex) -> frozenset[str]:
    """Stems of the body that runs the call, for which its referent officer speaks."""
    words = [word for word in tokens(index.call.authority) if word not in stop_words()]
    name = f" {' '.join(tokens(index.call.authority))} "
    for acronym, long in index.call.acronyms.items():
        if any(f" {' '.join(tokens(one))} " in name for one in (acronym, long)):
            words += tokens(acronym)
    return frozenset(map(stem, words))
