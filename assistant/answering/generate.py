"""An answer in a chat model's words, as far as the gate lets them pass.

The extractive answer is always there first; whatever goes wrong here leaves it as it is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from assistant import metrics
from assistant.answering.draft import Draft
from assistant.answering.events import Event, Outlet
from assistant.answering.evidence import Passage, gather, gather_all
from assistant.answering.fence import as_data
from assistant.answering.gate import Gate, Verdict
from assistant.answering.question import Question
from assistant.answering.read import Reading
from assistant.answering.sentences import Sentence, cut
from assistant.answering.texts import say
from assistant.answering.verify import ungrounded_values
from assistant.chat_model import ChatModel, Message
from assistant.embedding import Embedder
from assistant.errors import ModelUnavailableError
from assistant.types import Turn
from assistant.values import find_values
from assistant.words import fold

_PROMPTS = Path(__file__).with_name("prompts")
_LANGUAGES = {"fr": "français", "en": "anglais", "es": "espagnol", "pt": "portugais", "de": "allemand",
              "it": "italien", "nl": "néerlandais", "ar": "arabe"}  # fmt: skip
_MAX_SENTENCES = 12
_HISTORY = 4
_NO_ANSWER = re.compile(r"\baucune reponse\b|\bno answer\b")
_YES_NO = re.compile(r"^(?:oui|non|yes|no)\b\s*[,.!:;–-]\s*", re.IGNORECASE)
_LEANS = re.compile(r"^(?:il|ils|elle|elles|cela|ceci|ce|cette|ces|celui-ci|celle-ci|celles-ci|ceux-ci|"
                    r"leurs?|son|sa|ses|it|they|this|these|that|those|its|their)\b")  # fmt: skip


@dataclass(slots=True)
class Generation:
    """What came of asking the model for one part of a question.

    ``outcome`` is "shown", or why the extractive answer stands: "no_answer", "insufficient",
    or a ModelUnavailableError's.
    """

    outcome: str = ""
    detail: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    first_ms: float | None = None
    total_ms: float = 0.0

    @property
    def shown(self) -> bool:
        """Whether the model's words are in the answer."""
        return self.outcome == "shown"

    @property
    def kept(self) -> list[Verdict]:
        """Sentences that passed."""
        return [verdict for verdict in self.verdicts if verdict.passed]


class Writer:
    """Puts answers in a chat model's words. Safe to share between threads."""

    def __init__(self, model: ChatModel, embedder: Embedder, *, whole: bool = False) -> None:
        self.model = model
        self._embedder = embedder
        self._whole = whole

    def rewrite(
        self, draft: Draft, since: tuple[int, int], question: Question, reading: Reading,
        history: Sequence[Turn], today: date, deadline: float, outlet: Outlet, *, sure: bool,
    ) -> Generator[Event, None, Generation]:  # fmt: skip
        """Replace what ``draft`` holds since (lines, quotes) by generated text, where that works.

        Yields what to show meanwhile; returns the Generation, like ``yield from`` gives it.
        """
        made = Generation()
        lines, quoted = draft.lines[since[0] :], draft.quoted[since[1] :]
        del draft.lines[since[0] :], draft.quoted[since[1] :]
        start = time.monotonic()
        try:
            yield from self._write(
                draft, question, reading, quoted, history, today, deadline, outlet, made, sure=sure
            )
            if not made.outcome:
                fine = _suffices(made, question, quoted, draft, since) and _grounded(
                    draft, since, question, history
                )
                made.outcome = "shown" if fine else "insufficient"
        except ModelUnavailableError as error:
            made.outcome, made.detail = error.outcome, str(error)
        made.total_ms = (time.monotonic() - start) * 1e3
        if not made.shown:
            draft.lines[since[0] :], draft.quoted[since[1] :] = lines, quoted
        _count(made)
        return made

    def _write(
        self, draft: Draft, question: Question, reading: Reading, quoted: Sequence[tuple],  # type: ignore[type-arg]
        history: Sequence[Turn], today: date, deadline: float, outlet: Outlet, made: Generation,
        *, sure: bool,
    ) -> Iterator[Event]:  # fmt: skip
        index = draft.index
        passages = gather(index, reading.candidates)
        messages = self._messages(draft, passages, question, history, today)
        if self._whole:
            everything = gather_all(index)
            larger = self._messages(draft, everything, question, history, today)
            if self.model.room_for(larger):
                passages, messages = everything, larger
        if not passages:
            made.outcome = "no_evidence"
            return
        while not self.model.room_for(messages) and len(passages) > 1:
            passages = passages[:-1]
            messages = self._messages(draft, passages, question, history, today)
        contacts = {
            v.value for document, span in quoted for v in find_values(index.text(document, span))
            if v.kind in ("email", "phone")
        }  # fmt: skip
        gate = Gate(index, self._embedder, draft.language, passages, frozenset(contacts))
        start = time.monotonic()
        pieces = self.model.stream(messages, deadline)
        if not sure:
            draft.lines.append(say(draft.language, "generated_partial"))
        fresh = True
        dropped = False
        for sentence in cut(_timed(pieces, made, start)):
            if _NO_ANSWER.search(fold(sentence.text)):
                made.outcome = "no_answer"
                return
            verdict = _passed(gate, sentence, dropped)
            made.verdicts.append(verdict)
            dropped = not verdict.passed
            if verdict.passed and verdict.sentence not in {v.sentence for v in made.verdicts[:-1]}:
                marks = "".join(draft.cite(document, span) for document, span in verdict.quotes)
                text = f"{verdict.sentence} {marks}"
                if fresh:
                    draft.lines.append(f"- {text}" if sentence.item else text)
                else:
                    draft.lines[-1] += f"\n- {text}" if sentence.item else f" {text}"
                fresh = False
                yield from outlet.follow(draft)
            if len(made.verdicts) >= _MAX_SENTENCES:
                return
        if not made.verdicts:
            made.outcome = "empty"

    def _messages(
        self, draft: Draft, passages: Sequence[Passage], question: Question,
        history: Sequence[Turn], today: date,
    ) -> list[Message]:  # fmt: skip
        language = _LANGUAGES.get(draft.language, "anglais")
        shown = "\n\n".join(
            f"[{p.number}] ({as_data(p.heading)})\n{as_data(p.text)}" if p.heading else f"[{p.number}] {as_data(p.text)}"
            for p in passages
        )
        before = "\n".join(
            f"{'Candidat' if turn.role == 'user' else 'Assistant'} : {as_data(turn.text[:600])}"
            for turn in history[-_HISTORY:]
        )
        filled = {
            "{today}": today.isoformat(), "{title}": as_data(draft.index.call.title),
            "{passages}": shown, "{history}": before or "(aucun)",
            "{question}": as_data(question.text), "{language}": language,
        }  # fmt: skip
        return [
            ("system", _prompt("answer").replace("{language}", language)),
            ("human", re.sub(r"\{\w+\}", lambda m: filled[m[0]], _prompt("question"))),
        ]


def _passed(gate: Gate, sentence: Sentence, dropped: bool) -> Verdict:
    text = _YES_NO.sub("", sentence.text)
    text = text[:1].upper() + text[1:]
    if dropped and _LEANS.search(fold(text)):
        # What "il" was is not shown, so it can't be left to the next sentence to be understood.
        return Verdict(text, "dangling")
    return gate.check(text, sentence.cited)


def _timed(pieces: Iterator[str], made: Generation, start: float) -> Iterator[str]:
    for piece in pieces:
        if made.first_ms is None:
            made.first_ms = (time.monotonic() - start) * 1e3
        yield piece


def _suffices(
    made: Generation, question: Question, quoted: Sequence[tuple], draft: Draft,  # type: ignore[type-arg]
    since: tuple[int, int],
) -> bool:  # fmt: skip
    """Whether what was kept answers: enough of it, from the evidence, with the value asked for."""
    kept = made.kept
    if not kept or len(kept) * 2 < len(made.verdicts):
        return False
    if all(verdict.recited for verdict in kept):  # a model that does not cite does not follow
        return False
    spans = [(document, span) for verdict in kept for document, span in verdict.quotes]
    if not any(d == e and s.overlap(t) for d, s in spans for e, t in quoted):
        return False
    kinds = question.kinds
    if question.asked in ("fact", "contact") and kinds:
        quotes = [draft.index.text(d, s) for d, s in quoted]
        wanted = {v.kind for q in quotes for v in find_values(q)} & kinds
        said = {v.kind for verdict in kept for v in find_values(verdict.sentence)}
        return not wanted or bool(wanted & said)
    return True


def _grounded(
    draft: Draft, since: tuple[int, int], question: Question, history: Sequence[Turn]
) -> bool:
    """Whether the quotes state every value of the new lines, as the last check will ask.

    The gate also takes a number from a heading, which nobody who reads the quotes can see.
    """
    call = draft.index.call
    said = [question.text, *(turn.text for turn in history if turn.role == "user")]
    quotes = [draft.index.text(document, span) for document, span in draft.quoted]
    text = re.sub(r"\[\d+\]", " ", "\n".join(draft.lines[since[0] :]))
    return not ungrounded_values(text, [*quotes, call.title, call.authority, *said])


def _count(made: Generation) -> None:
    metrics.GENERATIONS.labels(made.outcome).inc()
    for verdict in made.verdicts:
        if verdict.reason:
            metrics.SENTENCES_DROPPED.labels(verdict.reason).inc()
        elif made.shown:
            metrics.SENTENCES_KEPT.inc()


@cache
def _prompt(name: str) -> str:
    return (_PROMPTS / f"{name}.md").read_text(encoding="utf-8")


def describe(made: Generation | None) -> list[str]:
    """Lines for whoever wants to know what the model wrote and what became of it."""
    if made is None:
        return []
    first = "none" if made.first_ms is None else f"{made.first_ms:.0f} ms"
    lines = [f"model      {made.outcome} {made.detail} (first token {first}, {made.total_ms:.0f} ms)"]
    for verdict in made.verdicts:
        fate = verdict.reason or ("kept, cited anew" if verdict.recited else "kept")
        lines.append(f"           {fate} {verdict.detail!r}: {verdict.sentence[:300]!r}")
    return lines
