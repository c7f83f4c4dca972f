"""Answers that name a contact: with its role, and never alone when another one fits better."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.draft import Draft, clean
from assistant.answering.index import CallIndex
from assistant.answering.premises import another_address
from assistant.answering.question import Question
from assistant.answering.texts import say
from assistant.answering.whose import asking_words
from assistant.types import FactKind, Span, Status, Unit
from assistant.words import tokens


def name_contact(index: CallIndex, unit: Unit) -> str:
    """Name, mail and phone of a contact, as far as the sources give them."""
    facts = index.catalog.facts(unit.id)
    text = index.document(unit.document).text
    wanted = [
        next((text[f.span.start : f.span.end] for f in facts if f.kind == kind), "")
        for kind in ("person", "email", "phone")
    ]
    return ", ".join(part for part in wanted if part)


def compose_contact(
    draft: Draft, question: Question, unit: Unit, alike: Sequence[Unit] = ()
) -> Status:
    """Answer with the contact ``unit``, and with those that may have been meant instead; ``alike``
    are about as likely."""
    index = draft.index
    rivals = list(dict.fromkeys([*_rivals(index, question, unit), *alike]))
    all_ = [unit, *rivals]
    if question.kinds == {"phone"} and not any(_has(index, one, "phone") for one in all_):
        mark = "".join(draft.cite(one.document, _introduced(one)) for one in all_)
        known = " ; ".join(name_contact(index, one) for one in all_)
        draft.lines.append(say(draft.language, "no_phone", email=known, mark=mark))
        return "not_in_sources"
    if not rivals and question.kinds == {"email"} and not _has(index, unit, "email"):
        mark = draft.cite(unit.document, _introduced(unit))
        draft.lines.append(say(draft.language, "no_email", phone=name_contact(index, unit), mark=mark))
        return "not_in_sources"
    if not rivals:
        role = _role(index, unit)
        mark = draft.cite(unit.document, _introduced(unit))
        key = "contact_role" if role else "contact"
        other = another_address(index, question, unit.document, [_introduced(unit)])
        if other:
            who = name_contact(index, unit)
            draft.lines.append(say(draft.language, "correction_row", said=other, quote=who, mark=mark))
            return "answered"
        draft.lines.append(say(draft.language, key, who=name_contact(index, unit), mark=mark, role=role))
        return "answered"
    lines = [say(draft.language, "contacts")]
    for one in (unit, *rivals):
        document = index.document(one.document)
        role, spans = _role(index, one), [_introduced(one)]
        if not role and one.section is not None:
            heading = document.sections[one.section].heading
            role = document.text[heading.start : heading.end]
            spans = [heading, *spans]
        lines.append(f"- {role} : {name_contact(index, one)} {draft.cite(one.document, *spans)}")
    draft.lines.append("\n".join(lines))
    return "answered"


def _has(index: CallIndex, unit: Unit, kind: FactKind) -> bool:
    return any(fact.kind == kind for fact in index.catalog.facts(unit.id))


def _introduced(unit: Unit) -> Span:
    """A contact with the sentence right before it that says what it is for."""
    near = unit.lead is not None and unit.span.start - unit.lead.end < 4
    return Span(unit.lead.start if near and unit.lead else unit.span.start, unit.span.end)


def _role(index: CallIndex, unit: Unit) -> str:
    """What the sources call a contact, "" when they only give a name and an address."""
    text = index.document(unit.document).text
    if unit.lead and _introduced(unit).start == unit.lead.start:
        return clean(text, unit.lead)
    shown = re.sub(r"\s+", " ", text[unit.span.start : unit.span.end])
    before = shown.split(":", 1)[0].strip() if ":" in shown else ""
    return before if before and before not in name_contact(index, unit) else ""


def _rivals(index: CallIndex, question: Question, unit: Unit) -> list[Unit]:
    """Other contacts that fit telling words of the question which ``unit`` does not fit.

    "Mme X est bien la référente ?" fits X by name and another person by role: both are shown,
    because a wrong contact is worse than two.
    """

    def words(one: Unit) -> frozenset[str]:
        own = index.words(one.document, _introduced(one))
        return own | index.heading_words(one)

    others = [other for other in index.catalog.contacts if other.id != unit.id]
    mine = words(unit)
    found: list[Unit] = []
    asking = asking_words(question)
    # "Tiers-lieux : c'est bien M. X ?" supposes a person; all that is said tells for what.
    own = frozenset(tokens(question.plain))
    supposed = any(term.exact in index.people and term.word in own for term in question.terms)
    for term in question.terms:
        if term.word not in asking and not (supposed and (term.word in own or term.exact not in index.people)):
            continue
        # A word that several contacts share ("contact", "mail") tells none of them apart.
        # So its own stem counts alone where the sources use it, not what may stand for it.
        stems = {term.exact} if term.exact in index.catalog.vocabulary else term.stems
        fitting = [other for other in others if stems & words(other)]
        if len(fitting) == 1 and not stems & mine and fitting[0] not in found:
            found += fitting
    return found[:2]
