"""Resources that the regulation links to: they rank below it, and are named when they speak.

They have an index of their own, which is asked only after the regulation was read. They answer
what the regulation says nothing about, and stand beside it where their figure is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.decide import Decision
from assistant.answering.draft import Draft, citations, clean, trim
from assistant.answering.ends import end_told
from assistant.answering.index import CallIndex
from assistant.answering.prototypes import Prototypes
from assistant.answering.question import Question
from assistant.answering.read import Reading, load_thresholds, read
from assistant.answering.retrieve import Candidate, retrieve
from assistant.answering.texts import say
from assistant.answering.understand import analyse
from assistant.answering.verify import problems
from assistant.embedding import Embedded
from assistant.types import FactKind, Span
from assistant.values import Value
from assistant.words import stem, stop_words, tokens

# How much of the question, by weight, the passage of a linked resource must speak of.
COVER = 0.75
ALIKE = 0.5
MAX_WORDS = 60
_LOOKED_AT = 40
_FIGURES: frozenset[FactKind] = frozenset({"date", "amount", "percent", "count", "duration"})
_MARKER = re.compile(r"\[\d+\]")
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Consulted:
    """What an index of linked resources holds on one part of a question, best first."""

    index: CallIndex
    question: Question
    reading: Reading


def consult(
    index: CallIndex, prototypes: Prototypes, asked: Question, embedded: Embedded
) -> list[Consulted]:
    """Look up a question, whose search texts are ``embedded``, in the linked resources of a call; what
    is surest comes first."""
    found = []
    for linked in index.linked:
        question = analyse(asked.text, asked.language, asked.context, linked)
        retrieval = retrieve(linked, prototypes, question, embedded, most=_LOOKED_AT)
        found.append(Consulted(linked, question, read(question, retrieval)))
    return sorted(found, key=lambda one: -one.reading.probability)


def tell_linked(
    draft: Draft, consulted: Sequence[Consulted], decision: Decision, said: str
) -> float | None:
    """Answer from a linked resource what the regulation leaves open, under the resource's name.

    The confidence; None when no passage speaks clearly of all that is asked.
    """
    least = load_thresholds(validated=False).answer
    for one in consulted:
        sure = one.reading.probability
        if not decision.elsewhere or sure < least:
            return None
        for candidate in one.reading.candidates[:1]:
            if _fits(one, candidate) and _tell(draft, one, candidate, "linked", said):
                return sure
    return None


def tell_difference(
    draft: Draft, consulted: Sequence[Consulted], quoted: Sequence[tuple[str, Span]], said: str
) -> None:
    """Quote the linked resource that gives another figure than the spans ``quoted``, if any."""
    for one in consulted:
        for candidate in one.reading.candidates[:_LOOKED_AT]:
            if len(candidate.parts) != 1 or candidate.unit.composite:
                continue
            for document, span in quoted:
                if _differs(draft.index, document, span, one, candidate):
                    if _tell(draft, one, candidate, "differs", said):
                        return


def _tell(
    draft: Draft, consulted: Consulted, candidate: Candidate, phrase: str, said: str
) -> bool:
    """Write the line, if it holds on its own against the rules for every answer."""
    trial = Draft(draft.index, draft.language)
    _line(trial, candidate, phrase)
    text = consulted.index.text(candidate.unit.document, candidate.parts[0])
    if _MARKER.search(text) or problems(
        trial.text, citations(trial), "answered", said, draft.index, draft.language
    ):
        return False
    _line(draft, candidate, phrase)
    return True


def _line(draft: Draft, candidate: Candidate, phrase: str) -> None:
    document = draft.index.document(candidate.unit.document)
    spans = [trim(document.text, part) for part in candidate.parts]
    number = document.page(spans[0].start)
    page = say(draft.language, "page", page=str(number)) if number else ""
    quote = " […] ".join(clean(document.text, span) for span in spans)
    mark = draft.cite(document.id, *spans)
    draft.lines.append(
        say(draft.language, phrase, title=document.title, page=page, quote=quote, mark=mark)
    )


def _fits(consulted: Consulted, candidate: Candidate) -> bool:
    """Whether a passage speaks of what the question asks, names and kind of answer included."""
    index, unit = consulted.index, candidate.unit
    if unit.kind in ("heading", "title", "contact", "outline") or unit.composite:
        return False
    if _words(index, candidate) > MAX_WORDS or candidate.features["kind"] < 0:
        return False
    around = _speaks_of(index, candidate)
    terms = consulted.question.terms
    total = sum(term.weight for term in terms)
    covered = sum(term.weight for term in terms if term.stems & around)
    named = all(term.stems & around for term in terms if term.name)
    return bool(terms) and named and covered >= COVER * total


def _differs(
    index: CallIndex, document: str, span: Span, consulted: Consulted, candidate: Candidate
) -> bool:
    """Whether a passage gives, of the same thing, another figure than the regulation's span."""
    other, part = candidate.unit.document, candidate.parts[0]
    mine = [v for v in index.values(document, span) if v.kind in _FIGURES]
    theirs = [v for v in consulted.index.values(other, part) if v.kind in _FIGURES]
    if not mine or not theirs or _words(consulted.index, candidate) > MAX_WORDS:
        return False
    ours = index.words(document, span)
    around = _speaks_of(consulted.index, candidate)
    terms = consulted.question.terms
    total = sum(term.weight for term in terms) or 1.0
    if sum(t.weight for t in terms if t.stems & around) < ALIKE * total:
        return False
    if any(t.name and t.stems & ours and not t.stems & around for t in terms):
        return False
    text = index.text(document, span)
    said = consulted.index.text(other, part)
    for value in mine:
        same = [v for v in theirs if v.kind == value.kind]
        if not same or any(v.value == value.value for v in same):
            continue
        if value.kind == "date":
            ends = end_told(index, document, (span,)), end_told(consulted.index, other, (part,))
            if ends[0] is not None and ends[0] == ends[1]:
                return True
        elif any(_thing(text, value) & _thing(said, v) for v in same):
            return True
    return False


def _thing(text: str, value: Value) -> set[str]:
    """Stems of what a figure counts: the first content word behind it, or, where none follows
    in its clause, before it."""
    stop = stop_words()

    def content(part: str) -> Iterator[str]:
        return (stem(w) for w in tokens(part) if w not in stop and not w.isdigit())

    behind = re.split(r"[.,;:()\t\n]", text[value.end :])[0]
    found = list(content(behind))[:1]
    if value.kind in ("percent", "amount", "duration"):
        before = re.split(r"[.;\n]", text[: value.start])[-1]
        found += list(content(before))[-_NEAR:]
    return set(found)


def _speaks_of(index: CallIndex, candidate: Candidate) -> frozenset[str]:
    """Stems of a passage, of what it stands under and of its document's title."""
    unit = candidate.unit
    title = frozenset(stem(w) for w in tokens(index.document(unit.document).title))
    found = title | index.heading_words(unit) | index.words(unit.document, unit.span)
    for span in (*candidate.parts, unit.lead, unit.caller):
        if span is not None:
            found |= index.words(unit.document, span)
    return found


def _words(index: CallIndex, candidate: Candidate) -> int:
    return sum(len(index.text(candidate.unit.document, part).split()) for part in candidate.parts)
