"""The end of every answer: the last check, what is said when it fails, and the Answer itself."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering.compose import compose_missing
from assistant.answering.decide import Decision
from assistant.answering.draft import Draft, citations
from assistant.answering.generate import Generation
from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.answering.read import Reading
from assistant.answering.retrieve import Retrieval
from assistant.answering.suggestions import suggest
from assistant.answering.texts import say
from assistant.answering.verify import problems
from assistant.call import Call
from assistant.types import ABSTENTIONS, Answer, Handoff, Status, Timings, Turn, Unit


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage."""

    spent: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Book the time since the last lap on ``stage``."""
        now = time.perf_counter()
        self.spent[stage] = self.spent.get(stage, 0.0) + (now - self._last) * 1e3
        self._last = now


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each stage did for one part of a question, for whoever maintains the assistant."""

    question: Question
    retrieval: Retrieval
    reading: Reading
    decision: Decision
    generation: Generation | None = None


def finish(
    index: CallIndex, question: str, history: Sequence[Turn], draft: Draft,
    decisions: Sequence[tuple[Status, float]], steps: Sequence[Explanation], watch: Stopwatch,
) -> Answer:  # fmt: skip
    """Check the drafted answer to ``question`` as a whole and give it its form; what can't be verified
    becomes an abstention. ``decisions`` holds status and confidence of each part of the message."""
    statuses = [status for status, _ in decisions]
    status = _overall(statuses)
    quotes = citations(draft)
    text = draft.text
    said = " ".join([question, *(turn.text for turn in history if turn.role == "user")])
    for other in (step.decision.other for step in steps):
        said += f" {other.title} {call_address(other)}" if other else ""
    generated = any(step.generation and step.generation.shown for step in steps)
    wrong = problems(
        text, quotes, status, said, index, draft.language, generated=generated
    )
    if wrong:
        # The gate: what can't be verified is not shown.
        generated = False
        draft = Draft(index, draft.language)
        compose_missing(draft, None, handoff_unit(index), None)
        status, text, quotes = "not_in_sources", draft.text, citations(draft)
        if problems(text, quotes, status, said, index, draft.language):
            text, quotes = say(draft.language, "missing_unknown"), ()
    watch.lap("verify")
    handoff = None
    if status in ("not_in_sources", "partial") or any(s == "not_in_sources" for s in statuses):
        contact = index.call.handoff
        personal = any(step.decision.phrase == "personal" for step in steps)
        reason = "reason_person" if personal else "reason_missing"
        handoff = Handoff(
            name=contact.name, email=contact.email, phone=contact.phone,
            reason=say(draft.language, reason),
        )  # fmt: skip
    spent = {stage: round(ms, 3) for stage, ms in watch.spent.items()}
    return Answer(
        id=_identity(index, question, history, text),
        question=question,
        language=draft.language,
        call=index.call.id,
        status=status,
        text=text,
        citations=quotes,
        handoff=handoff,
        mode="generated" if generated else "extractive",
        confidence=round(min((c for _, c in decisions), default=0.0), 4),
        suggestions=suggest(
            [(step.reading, step.retrieval) for step in steps], draft.quoted, index, draft.language
        ),
        timings_ms=Timings(**spent, total=round(sum(watch.spent.values()), 3)),
    )


def handoff_unit(index: CallIndex) -> Unit | None:
    """The passage that names the person to write to: with the name and the phone where one has them."""
    handoff = index.call.handoff
    found = [index.catalog.unit(fact.unit) for fact in index.catalog.facts_of("email", value=handoff.email.lower())]
    told = [text for text in (handoff.name, handoff.phone) if text]

    def named(unit: Unit) -> int:
        text = index.text(unit.document, unit.span)
        return sum(one in text for one in told)

    return max(found, key=named, default=None)


def call_address(call: Call) -> str:
    """Where a call can be asked about, on this server."""
    return f"/?call={call.id}"


def _overall(statuses: Sequence[Status]) -> Status:
    """One status for a message of several questions."""
    if len(set(statuses)) == 1:
        return statuses[0]
    if any(status not in ABSTENTIONS for status in statuses):
        return "partial"
    return "not_in_sources" if "not_in_sources" in statuses else statuses[0]


def _identity(index: CallIndex, question: str, history: Sequence[Turn], text: str) -> str:
    content = [index.call.id, str(index.version), question, text]
    content += [f"{turn.role}:{turn.text}" for turn in history]
    return hashlib.sha256("\x1f".join(content).encode()).hexdigest()[:20]
