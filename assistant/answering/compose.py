"""From evidence to a short answer: a direct sentence made of exact quotes, numbered.

Only words of the quotes, of the phrase books (texts/) and of the question go into an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.answering.contacts import compose_contact, name_contact
from assistant.answering.draft import Draft, clean, display_heading, trim
from assistant.answering.ends import both_asked, end_asked
from assistant.answering.headings import asks_division, headings_to_show, is_caption
from assistant.answering.index import CallIndex
from assistant.answering.period import tell_period, tell_state
from assistant.answering.premises import another_address, said_otherwise
from assistant.answering.prototypes import Topic
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.answering.tables import compose_table, labelled
from assistant.answering.texts import say, spoken
from assistant.types import FactKind, Span, Status, Unit

# Chosen on the dev questions. TIE is how far (in scores) a whole paragraph may stand behind a part
# of it; CERTAIN is the share of all candidates' probability from which no further passage is shown,
# LIKELY the share that a further one needs, RIVAL when it states another value of the kind asked.
# MEANT is the probability of a validated question from which its passage stands beside a better one.
MAX_QUOTED_WORDS = 110
MAX_PASSAGES = 3
MAX_RANK = 12
TIE = 1.0
CERTAIN = 0.92
LIKELY = 0.05
RIVAL = 0.25
MEANT = 0.5
WHOLE_WORDS = 60
MAX_LIST_WORDS = 160
# How far down a list is looked for, and how many of the best candidates may be its items.
_LISTED = 20
_ITEMS = 4


def compose_answer(
    draft: Draft, question: Question, ranked: Sequence[Candidate], today: date, *, sure: bool,
    several: bool = False,
) -> Status:  # fmt: skip
    """Write the answer to one question into ``draft``; the status that it deserves. ``several``: it is a standard
    question of which the answer is a list, in whatever words it is asked."""
    best = _list_of(draft.index, question, ranked, several=several) or _whole(draft.index, ranked)
    more = _more(draft.index, question, best, ranked[1:])
    alone = len(best.parts) == 1 and not more
    if best.unit.kind == "contact" and (alone or best.parts == best.unit.parts):
        # A number or an address never stands without the name that it belongs to.
        first, *others = _as_likely(best, ranked)
        return compose_contact(draft, question, first, others)
    if tell_period(draft, question, best):
        tell_state(draft, question, [best], today)
        return "answered"
    corrected = said_otherwise(draft.index, question, best, ranked) or another_address(
        draft.index, question, best.unit.document, best.parts
    )
    phrase = "quote" if sure else "partial"
    if question.asked == "yesno" and sure:
        phrase = "yesno"
    chosen = [best, *more]
    placed = asks_division(question.plain)
    for number, candidate in enumerate(chosen):
        above = headings_to_show(draft.index, question, candidate, path=placed and not number)
        shown, mark = _show(draft, candidate.unit.document, above)  # numbered as they are read
        text, own = _render(draft, candidate)
        mark += own
        if number == 0 and corrected:
            key = "correction_row" if candidate.unit.kind == "row" else "correction"
            line = say(draft.language, key, said=corrected, quote=text, mark=mark)
        elif "\n" in text:
            line = f"{text} {mark}"
            if draft.language != draft.index.document(candidate.unit.document).language:
                line = f"{say(draft.language, 'listed')}\n{line}"
        elif candidate.unit.kind == "row" and phrase != "partial":
            line = f"{text} {mark}"
        else:
            line = say(draft.language, phrase if number == 0 else "quote", quote=text, mark=mark)
        draft.lines.append(f"{shown.rstrip(' .')} : {line}" if shown else line)
    tell_state(draft, question, chosen, today)
    return "answered" if sure else "partial"


def compose_missing(
    draft: Draft, topic: Topic | None, handoff: Unit | None, nearest: Candidate | None
) -> None:
    """Say that the sources do not answer, what is missing, and who may know. Only of what the officer has
    marked as left open is it said that the sources do not state it."""
    language = draft.language
    if topic is None:
        draft.lines.append(say(language, "missing_unknown"))
    else:
        confirmed = topic.id in draft.index.open_topics
        missing = topic.missing[spoken(language)]
        draft.lines.append(say(language, "missing" if confirmed else "missing_unsure", topic=missing))
    if nearest is not None and _tells(draft.index, nearest):
        quoted = len(draft.quoted)
        text, mark = _render(draft, nearest)
        if "\n" in text:
            del draft.quoted[quoted:]
        else:
            draft.lines.append(say(language, "nearest", quote=text, mark=mark))
    compose_handoff(draft, handoff)


def _tells(index: CallIndex, candidate: Candidate) -> bool:
    """Whether a passage says something by itself, in few words."""
    said = candidate.unit.kind not in ("contact", "heading", "title", "outline")
    return said and _words(index, candidate) <= WHOLE_WORDS


def compose_handoff(draft: Draft, handoff: Unit | None) -> None:
    """Name the person to write to, as the sources do."""
    if handoff is None:
        draft.lines.append(say(draft.language, "ask_person_bare"))
        return
    who = name_contact(draft.index, handoff)
    mark = draft.cite(handoff.document, handoff.span)
    draft.lines.append(say(draft.language, "ask_person", who=who, mark=mark))


def _render(draft: Draft, candidate: Candidate) -> tuple[str, str]:
    """The candidate's text for the answer, and its markers."""
    index, unit = draft.index, candidate.unit
    document = index.document(unit.document)
    if unit.kind == "outline":
        mark = draft.cite(unit.document, *candidate.parts)
        texts = [document.text[p.start : p.end] for p in candidate.parts]
        lines = [f"- {display_heading(text)}" for text in texts[1:]]
        return "\n".join([display_heading(texts[0]), *lines]), mark
    whole = candidate.parts in (unit.parts, (unit.span,))
    if whole and (unit.kind == "row" or (unit.kind == "list" and "\t" in index.text(unit.document, unit.span))):
        return compose_table(draft, unit)
    spans = [trim(document.text, part) for part in candidate.parts]
    mark = draft.cite(unit.document, *spans)
    if unit.kind == "list" and candidate.parts == unit.parts:
        lines = [f"- {clean(document.text, item)}" for item in unit.sentences]
        lead = [clean(document.text, unit.lead, keep=":").replace(". :", " :")] if unit.lead else []
        return "\n".join([*lead, *lines]), mark
    if any("\t" in document.text[s.start : s.end] for s in spans):
        rows = [row for s in spans for row in document.text[s.start : s.end].split("\n")]
        return "\n".join(f"- {labelled(row.split(chr(9)))}" for row in rows if row.strip()), mark
    headings = {trim(document.text, section.heading) for section in document.sections}
    below = spans if spans[0] in headings else spans[1:]
    if len(below) > 1 and headings.issuperset(below):
        lead = [] if below is spans else [clean(document.text, spans[0])]
        listed = [f"- {display_heading(clean(document.text, heading))}" for heading in below]
        return "\n".join([*lead, *listed]), mark
    quoted = " […] ".join(document.text[s.start : s.end] for s in spans)
    if "\n- " in quoted:
        return re.sub(r"(?m)^-\s+(?:[•➔►▪]\s*)?", "- ", quoted), mark
    return re.sub(r"\s+", " ", quoted), mark


def _show(draft: Draft, document: str, headings: Sequence[Span]) -> tuple[str, str]:
    """Headings as a path, and their markers; both empty without any."""
    texts = (display_heading(draft.index.text(document, heading)) for heading in headings)
    return " › ".join(texts), draft.cite(document, *headings)


def _more(
    index: CallIndex, question: Question, best: Candidate, others: Sequence[Candidate]
) -> list[Candidate]:
    """Further passages until the right one is among them as good as surely, while all stay short.

    One that states another value of the kind asked must be likelier: a wrong date beside the right
    one misleads.
    """
    stated = bool(question.kinds & _kinds(index, best))
    asked, both = end_asked(question) is not None, both_asked(question)
    chosen = [best]
    sure = best.share
    words = _words(index, best)
    for candidate in others[:MAX_RANK]:
        if _overlap(candidate, chosen):
            sure += candidate.share
            continue
        other_end = candidate.end not in (None, best.end)
        meant = (candidate.bound and candidate.intent >= MEANT) or (both and other_end)
        if len(chosen) == MAX_PASSAGES:
            break
        if not meant and (sure >= CERTAIN or candidate.share < LIKELY):
            continue
        rival = stated and bool(question.kinds & _kinds(index, candidate))
        if rival and (asked if other_end else candidate.share < RIVAL and not meant):
            continue
        if candidate.unit.kind in ("contact", "heading", "title") or _only_leads_in(index, candidate):
            continue
        more = _words(index, candidate)
        if words + more <= MAX_QUOTED_WORDS:
            chosen.append(candidate)
            words += more
            sure += candidate.share
    return chosen[1:]


def _only_leads_in(index: CallIndex, candidate: Candidate) -> bool:
    """Whether a passage ends where what it announces begins ("Il comprend :")."""
    return index.text(candidate.unit.document, candidate.parts[-1]).rstrip().endswith(":")


def _kinds(index: CallIndex, candidate: Candidate) -> set[FactKind]:
    document = candidate.unit.document
    return {value.kind for part in candidate.parts for value in index.values(document, part)}


def _overlap(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    return any(
        p.overlap(q)
        for one in chosen
        if one.unit.document == candidate.unit.document
        for p in candidate.parts
        for q in one.parts
    )


def _words(index: CallIndex, candidate: Candidate) -> int:
    return sum(len(index.text(candidate.unit.document, p).split()) for p in candidate.parts)


def _as_likely(best: Candidate, ranked: Sequence[Candidate]) -> list[Unit]:
    """The contact, and the others of its section that may be meant as well, as they stand there."""
    alike = [
        c.unit
        for c in ranked[1:_ITEMS]
        if c.unit.kind == "contact" and c.parts == c.unit.parts
        and c.unit.section == best.unit.section and best.score - c.score <= TIE
    ]  # fmt: skip
    return sorted([best.unit, *alike], key=lambda unit: unit.span.start)


def _list_of(
    index: CallIndex, question: Question, ranked: Sequence[Candidate], *, several: bool
) -> Candidate | None:
    """The list or table that the best candidates are items of, or that stands below them, where no single fact
    is asked."""
    best = ranked[0]
    if best.unit.composite or question.kinds or question.asked in ("fact", "contact", "yesno"):
        return None
    for other in ranked[1:_LISTED]:
        if other.unit.composite and _within(best, other):
            items = sum(_within(c, other) and not c.unit.composite for c in ranked[:_ITEMS])
            few = _words(index, other) <= MAX_LIST_WORDS
            return other if few and items >= (2 if question.asked == "list" else _ITEMS - 1) else None
    doubtful = best.unit.kind == "paragraph" and best.share < CERTAIN and (several or question.asked == "list")
    if best.unit.kind == "heading" or doubtful:
        return _below(index, best, ranked)
    return None


def _below(index: CallIndex, best: Candidate, ranked: Sequence[Candidate]) -> Candidate | None:
    """The list or table in the section of a heading or sentence of which most of the other good candidates are."""
    for unit in index.units_of(best.unit.document):
        if unit.kind == "list" and unit.composite and unit.section == best.unit.section:
            other = Candidate(unit, unit.parts, share=best.share, score=best.score)
            items = sum(_within(c, other) for c in ranked[1 : _ITEMS + 1])
            if items >= _ITEMS // 2 and _words(index, other) <= MAX_LIST_WORDS:
                return other
    return None


def _within(candidate: Candidate, other: Candidate) -> bool:
    return candidate.unit.document == other.unit.document and all(
        any(whole.covers(part) for whole in other.parts) for part in candidate.parts
    )


def _whole(index: CallIndex, ranked: Sequence[Candidate]) -> Candidate:
    """The best candidate, or one about as good that quotes it whole and more, if that is short.

    A lead-in says nothing without its list.
    """
    best = ranked[0]
    listed = index.introduced(best.unit.document, best.parts[-1])
    if listed is not None:
        completed = Candidate(listed, listed.parts, share=best.share, score=best.score)
        if _words(index, completed) <= MAX_LIST_WORDS:
            return completed
        if is_caption(index.text(best.unit.document, best.parts[-1])):
            rows = (c for c in ranked[1:_LISTED] if not c.unit.composite and _within(c, completed))
            best = next((c for c in rows if c.parts != best.parts), best)
    wider = [
        other for other in ranked[1:4]
        if all(any(q.covers(p) for q in other.parts) for p in best.parts)
        and best.score - other.score <= TIE
        and not other.unit.composite and _words(index, other) <= WHOLE_WORDS
    ]  # fmt: skip
    # Of "you may write to", that with a name and that with its address too: the last.
    told = (other for other in wider if _kinds(index, other) & {"email", "phone"})
    return next(told, wider[0] if wider else best)
