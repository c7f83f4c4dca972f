"""From evidence to a short answer: a direct sentence made of exact quotes, numbered.

Only words of the quotes, of the phrase books (texts/) and of the question go into an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.answering.dates import call_dates
from assistant.answering.index import CallIndex
from assistant.answering.prototypes import Topic
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.answering.texts import say, spell_date
from assistant.types import Citation, Span, Status, Unit
from assistant.values import Value

# Chosen on the dev questions: how far (in log odds) a passage may stand behind the best one.
MAX_QUOTED_WORDS = 110
MAX_PASSAGES = 3
MARGIN = 2.0
TIE = 1.0
WHOLE_WORDS = 60
_TRAIL = re.compile(r"[\s;,:]+$")
_LEAD = re.compile(r"^(?:[-–•➔►▪*]\s*)+")
_ACRONYM = re.compile(r"^[A-Z]{2,}s?$")


@dataclass(slots=True)
class Draft:
    """An answer being written: text with [n] markers, and what each n quotes."""

    index: CallIndex
    language: str
    lines: list[str] = field(default_factory=list)
    quoted: list[tuple[str, Span]] = field(default_factory=list)

    def cite(self, document: str, *spans: Span) -> str:
        """Markers for spans; a span that is quoted already keeps its number."""
        marks = []
        for span in spans:
            key = (document, span)
            if key not in self.quoted:
                self.quoted.append(key)
            marks.append(f"[{self.quoted.index(key) + 1}]")
        return "".join(marks)

    @property
    def text(self) -> str:
        """The answer's text so far."""
        return "\n\n".join(line for line in self.lines if line)


def citations(draft: Draft) -> tuple[Citation, ...]:
    """The numbered citations of a draft."""
    made = []
    for number, (document_id, span) in enumerate(draft.quoted, start=1):
        document = draft.index.document(document_id)
        section = None
        for candidate in document.sections:
            if candidate.span.start <= span.start < candidate.span.end:
                section = candidate.ordinal
        path = " › ".join(display_heading(text) for text in document.heading_path(section))
        made.append(
            Citation(
                index=number,
                quote=document.text[span.start : span.end],
                document=document_id,
                title=document.title,
                heading=path or document.title,
                start=span.start,
                end=span.end,
                url=f"/documents/{draft.index.call.id}/{document_id}"
                f"?start={span.start}&end={span.end}#passage",
            )
        )
    return tuple(made)


def display_heading(text: str) -> str:
    """A heading in capitals written as a sentence: "IV. CALENDRIER" gives "IV. Calendrier"."""
    letters = [c for c in text if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) < 0.9 * len(letters):
        return text
    head, space, rest = text.partition(" ")
    numbered = bool(re.fullmatch(r"[IVXLC]+[.)]*|\d[\d.)]*", head))
    body = rest if numbered else text
    plain = body.lower()
    plain = plain[:1].upper() + plain[1:]
    return f"{head}{space}{plain}" if numbered else plain


def trim(text: str, span: Span) -> Span:
    """``span`` without the list mark before and the separator behind."""
    quote = text[span.start : span.end]
    lead = _LEAD.match(quote)
    start = span.start + (lead.end() if lead else 0)
    trail = _TRAIL.search(quote)
    end = span.start + (trail.start() if trail else len(quote))
    return Span(start, end) if start < end else span


def compose_answer(
    draft: Draft, question: Question, ranked: Sequence[Candidate], today: date, *, sure: bool
) -> Status:
    """Write the answer to one question into ``draft``; the status that it deserves."""
    best = _whole(draft.index, ranked)
    if best.unit.kind == "contact" and best.parts == best.unit.parts:
        return _contact(draft, question, best.unit)
    corrected = _said_otherwise(draft, question, best, ranked)
    phrase = "quote" if sure else "partial"
    if question.asked == "yesno" and sure:
        phrase = "yesno"
    chosen = [best, *_more(draft.index, best, ranked[1:])]
    for number, candidate in enumerate(chosen):
        text, mark = _render(draft, candidate)
        if number == 0 and corrected:
            draft.lines.append(
                say(draft.language, "correction", said=corrected, quote=text, mark=mark)
            )
        elif "\n" in text or (candidate.unit.kind == "row" and phrase == "quote"):
            draft.lines.append(f"{text} {mark}")
        else:
            draft.lines.append(say(draft.language, phrase if number == 0 else "quote", quote=text, mark=mark))
    _tell_state(draft, question, chosen, today)
    return "answered" if sure else "partial"


def compose_missing(
    draft: Draft, topic: Topic | None, handoff: Unit | None, nearest: Candidate | None
) -> None:
    """Say that the sources do not answer, what is missing, and who may know."""
    language = draft.language
    if topic is None:
        draft.lines.append(say(language, "missing_unknown"))
    else:
        missing = topic.missing_fr if language == "fr" else topic.missing_en
        draft.lines.append(say(language, "missing", topic=missing))
    if nearest is not None:
        text, mark = _render(draft, nearest)
        if "\n" not in text:
            draft.lines.append(say(language, "nearest", quote=text, mark=mark))
    compose_handoff(draft, handoff)


def compose_handoff(draft: Draft, handoff: Unit | None) -> None:
    """Name the person to write to, as the sources do."""
    if handoff is None:
        draft.lines.append(say(draft.language, "ask_person_bare"))
        return
    who = _who(draft.index, handoff)
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
    if unit.kind == "row" or (unit.kind == "list" and "\t" in index.text(unit.document, unit.span)):
        return _table(draft, unit)
    spans = [trim(document.text, part) for part in candidate.parts]
    mark = draft.cite(unit.document, *spans)
    if unit.kind == "list" and candidate.parts == unit.parts:
        lines = [f"- {_clean(document.text, item)}" for item in unit.sentences]
        lead = [_clean(document.text, unit.lead, keep=":")] if unit.lead else []
        return "\n".join([*lead, *lines]), mark
    quoted = " […] ".join(document.text[s.start : s.end] for s in spans)
    if "\n- " in quoted:
        return re.sub(r"(?m)^-\s+(?:[•➔►▪]\s*)?", "- ", quoted), mark
    return re.sub(r"\s+", " ", quoted), mark


def _clean(text: str, span: Span, keep: str = "") -> str:
    trimmed = trim(text, span)
    return re.sub(r"\s+", " ", text[trimmed.start : trimmed.end]) + (f" {keep}" if keep else "")


def _table(draft: Draft, unit: Unit) -> tuple[str, str]:
    """Rows as "label : value", each value under its column's header where there is one."""
    text = draft.index.document(unit.document).text
    rows = [unit.span] if unit.kind == "row" else list(unit.sentences)
    header = text[unit.lead.start : unit.lead.end].split("\t") if unit.lead else []
    if unit.kind == "row" and unit.lead and "\t" not in text[unit.lead.start : unit.lead.end]:
        header = []
    lines = []
    for row in rows:
        cells = [cell.strip() for cell in text[row.start : row.end].split("\t")]
        if unit.kind == "list" and cells == [cell.strip() for cell in header]:
            continue
        values = [
            f"{header[i].strip()} : {cell}"
            if len(header) == len(cells) > 2 and header[i].strip()
            else cell
            for i, cell in enumerate(cells)
            if cell and i > 0
        ]
        lines.append(f"{cells[0]} : {' ; '.join(values)}" if values else cells[0])
    spans = [unit.lead, unit.span] if header and len(header) > 2 and unit.lead else [unit.span]
    mark = draft.cite(unit.document, *spans)
    if unit.kind == "row" and draft.language != "fr":
        dates = [v for v in draft.index.values(unit.document, unit.span) if v.kind == "date"]
        if len(dates) == 1 and len(dates[0].value) == 10:
            spelled = spell_date(dates[0].value, draft.language)
            return say(draft.language, "fact", value=spelled, label=lines[0], mark="").strip(), mark
    return ("\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]), mark


def _who(index: CallIndex, unit: Unit) -> str:
    facts = index.catalog.facts.get(unit.id, ())
    text = index.document(unit.document).text
    wanted = [
        next((text[f.span.start : f.span.end] for f in facts if f.kind == kind), "")
        for kind in ("person", "email", "phone")
    ]
    return ", ".join(part for part in wanted if part)


def _contact(draft: Draft, question: Question, unit: Unit) -> Status:
    index = draft.index
    kinds = {fact.kind for fact in index.catalog.facts.get(unit.id, ())}
    rivals = _rivals(index, question, unit)
    if not rivals and question.kinds == {"phone"} and "phone" not in kinds:
        mark = draft.cite(unit.document, _introduced(unit))
        draft.lines.append(say(draft.language, "no_phone", email=_who(index, unit), mark=mark))
        return "not_in_sources"
    if not rivals and question.kinds == {"email"} and "email" not in kinds:
        mark = draft.cite(unit.document, _introduced(unit))
        draft.lines.append(say(draft.language, "no_email", phone=_who(index, unit), mark=mark))
        return "not_in_sources"
    if not rivals:
        role = _role(index, unit)
        mark = draft.cite(unit.document, _introduced(unit))
        key = "contact_role" if role else "contact"
        draft.lines.append(say(draft.language, key, who=_who(index, unit), mark=mark, role=role))
        return "answered"
    lines = [say(draft.language, "contacts")]
    for one in (unit, *rivals):
        document = index.document(one.document)
        role, spans = _role(index, one), [_introduced(one)]
        if not role and one.section is not None:
            heading = document.sections[one.section].heading
            role = document.text[heading.start : heading.end]
            spans = [heading, *spans]
        lines.append(f"- {role} : {_who(index, one)} {draft.cite(one.document, *spans)}")
    draft.lines.append("\n".join(lines))
    return "answered"


def _introduced(unit: Unit) -> Span:
    """A contact with the sentence right before it that says what it is for."""
    near = unit.lead is not None and unit.span.start - unit.lead.end < 4
    return Span(unit.lead.start if near and unit.lead else unit.span.start, unit.span.end)


def _role(index: CallIndex, unit: Unit) -> str:
    """What the sources call a contact, "" when they only give a name and an address."""
    text = index.document(unit.document).text
    if unit.lead and _introduced(unit).start == unit.lead.start:
        return _clean(text, unit.lead)
    shown = re.sub(r"\s+", " ", text[unit.span.start : unit.span.end])
    before = shown.split(":", 1)[0].strip() if ":" in shown else ""
    return before if before and before not in _who(index, unit) else ""


def _rivals(index: CallIndex, question: Question, unit: Unit) -> list[Unit]:
    """Other contacts that fit telling words of the question which ``unit`` does not fit.

    "Mme X est bien la référente ?" fits X by name and another person by role: both are shown,
    because a wrong contact is worse than two.
    """

    def words(one: Unit) -> frozenset[str]:
        own = index.words(one.document, _introduced(one))
        return own | index.heading_words(one)

    others = [index.catalog.unit(id_) for id_ in index.catalog.facts if id_ != unit.id]
    others = [other for other in others if other.kind == "contact"]
    mine = words(unit)
    found: list[Unit] = []
    for term in question.terms:
        # A word that several contacts share ("contact", "mail") tells none of them apart.
        # So its own stem counts alone where the sources use it, not what may stand for it.
        stems = {term.exact} if term.exact in index.catalog.vocabulary else term.stems
        fitting = [other for other in others if stems & words(other)]
        if len(fitting) == 1 and not stems & mine and fitting[0] not in found:
            found += fitting
    return found[:2]


def _more(index: CallIndex, best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Further passages, when the first is not clearly the best and all stay short together."""
    chosen = [best]
    words = _words(index, best)
    for candidate in others[:8]:
        if len(chosen) == MAX_PASSAGES or best.score - candidate.score > MARGIN:
            break
        overlap = sum(
            p.overlap(q) for p in candidate.parts for one in chosen for q in one.parts
        )
        if overlap or candidate.unit.kind in ("contact", "heading", "title"):
            continue
        more = _words(index, candidate)
        if words + more <= MAX_QUOTED_WORDS:
            chosen.append(candidate)
            words += more
    return chosen[1:]


def _words(index: CallIndex, candidate: Candidate) -> int:
    return sum(len(index.text(candidate.unit.document, p).split()) for p in candidate.parts)


def _whole(index: CallIndex, ranked: Sequence[Candidate]) -> Candidate:
    """The best candidate, or one about as good that quotes it whole and more, if that is short."""
    best = ranked[0]
    for other in ranked[1:4]:
        around = all(any(q.covers(p) for q in other.parts) for p in best.parts)
        near = best.score - other.score <= TIE
        if around and near and not other.unit.composite and _words(index, other) <= WHOLE_WORDS:
            return other
    return best


def _said_otherwise(
    draft: Draft, question: Question, best: Candidate, ranked: Sequence[Candidate]
) -> str:
    """What the question supposes (a date, an amount) that the evidence says otherwise, or "".

    Nothing is corrected while a near candidate states another value of the kind: the question
    may be about that one, and then both are shown under their labels instead.
    """
    if question.asked in ("contact", "list", "definition"):
        return ""
    found = [v for p in best.parts for v in draft.index.values(best.unit.document, p)]
    for value in question.values:
        if value.kind not in ("date", "amount", "percent"):
            continue
        same = [v for v in found if v.kind == value.kind]
        near = {
            v.value
            for c in ranked[:8]
            if best.score - c.score <= MARGIN and not _less(draft.index, question, c, best)
            for p in c.parts
            for v in draft.index.values(c.unit.document, p)
            if v.kind == value.kind
        }
        if len(near) > 1:
            return ""
        if len(same) == 1 and not any(_agrees(value, v) for v in same) and _supposes(question):
            return question.text[value.start : value.end]
    return ""


def _less(index: CallIndex, question: Question, one: Candidate, best: Candidate) -> bool:
    """Whether ``best`` fits all that ``one`` fits of the question's words, and more."""

    def fitting(c: Candidate) -> set[str]:
        words = frozenset().union(*(index.words(c.unit.document, p) for p in c.parts))
        return {t.exact for t in question.terms if t.stems & words}

    return fitting(one) < fitting(best)


_SUPPOSES = re.compile(
    r"n'est[- ]ce pas|c'est (?:bien|ça)|est bien|bien le|non \?|isn't it|right \?|right\?|correct \?|"
    r"correct\?|\bwe have until|nous avons jusqu|on a jusqu|vrai\b|confirm",
    re.IGNORECASE,
)


def _supposes(question: Question) -> bool:
    return bool(_SUPPOSES.search(question.text)) or question.asked == "yesno"


def _agrees(said: Value, found: Value) -> bool:
    if said.value.startswith("--"):
        return found.value.endswith(said.value[1:])
    return said.value == found.value


def _tell_state(
    draft: Draft, question: Question, chosen: Sequence[Candidate], today: date
) -> None:
    """After a deadline, whether the call is open today, counted in the call's time zone."""
    dates = call_dates(draft.index)
    if dates is None or "date" not in question.kinds and question.asked != "yesno":
        return
    opening, closing = dates
    shown = {
        v.value for c in chosen for p in c.parts for v in draft.index.values(c.unit.document, p)
    }
    if closing.isoformat() not in shown:
        return
    left = (closing - today).days
    if left < 0:
        draft.lines.append(say(draft.language, "closed"))
    elif opening and today < opening:
        draft.lines.append(say(draft.language, "not_open"))
    elif left == 0:
        draft.lines.append(say(draft.language, "last_day"))
    elif left == 1:
        draft.lines.append(say(draft.language, "one_day_left"))
    else:
        draft.lines.append(say(draft.language, "days_left", days=str(left)))
