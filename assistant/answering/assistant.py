"""``Assistant.ask``: the one function behind every interface."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime

import numpy as np

from assistant import metrics
from assistant.answering.compose import (
    compose_answer,
    compose_handoff,
    compose_missing,
)
from assistant.answering.decide import Decision, decide
from assistant.answering.draft import Draft
from assistant.answering.elsewhere import served_call
from assistant.answering.events import Done, Event, Outlet, Progress
from assistant.answering.finish import (
    Explanation,
    Stopwatch,
    call_address,
    finish,
    handoff_unit,
)
from assistant.answering.generate import Writer
from assistant.answering.index import CallIndex
from assistant.answering.indexes import Indexes
from assistant.answering.linked import Consulted, consult, tell_difference, tell_linked
from assistant.answering.prototypes import Prototypes, load_prototypes, topics
from assistant.answering.question import Question
from assistant.answering.read import Reading, read
from assistant.answering.retrieve import Retrieval, retrieve
from assistant.answering.subgroups import of_the_group
from assistant.answering.texts import say
from assistant.answering.understand import Understanding, clean, detect_language, understand
from assistant.answering.whose import about_named, addressed, named_before
from assistant.call import Call, list_calls
from assistant.chat_model import open_chat_model
from assistant.clock import Clock, system_clock
from assistant.embedding import Embedder, load_embedder
from assistant.errors import CorpusError, IndexMissingError, QuestionError
from assistant.settings import Settings
from assistant.sources import Kept, survey
from assistant.types import (
    ABSTENTIONS,
    Answer,
    Document,
    Status,
    Turn,
)

MAX_CHARS = 4_000


class Assistant:
    """Answers questions about calls from their indexes. Safe to share between threads."""

    def __init__(self, settings: Settings, embedder: Embedder, clock: Clock | None = None) -> None:
        self._settings = settings
        self._embedder = embedder
        self._clock = clock
        self._prototypes: Prototypes = load_prototypes(settings.data_dir, embedder)
        self._indexes = Indexes(settings, embedder.name)
        model = open_chat_model(settings)
        whole = settings.llm_evidence == "whole"
        self._writer = Writer(model, embedder, whole=whole) if model else None
        self.default_call = settings.call
        for call in list_calls(settings.corpus_dir):
            with suppress(IndexMissingError):
                self.index(call)
        held = self._indexes.held
        if "call" not in settings.model_fields_set and self.default_call not in held:
            self.default_call = next(iter(held), settings.call)  # another corpus folder
        self.index(self.default_call)  # it must be there: raises what is wrong with it

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> Assistant:
        """Load the embedding model and every call that has an index.

        Raises IndexMissingError or ModelPreparationError when 'aap ingest' was not run.
        """
        embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
        assistant = cls(settings, embedder, clock)
        assistant.ask("?a")  # loads what is loaded on first use
        return assistant

    @property
    def calls(self) -> dict[str, Call]:
        """The calls that can be asked about, by id."""
        return {id_: index.call for id_, index in sorted(self._indexes.held.items())}

    @property
    def writes(self) -> bool:
        """Whether a model may phrase answers, so that they come little by little."""
        return self._writer is not None

    def close(self) -> None:
        """Let go of all indexes."""
        self._indexes.close()

    def ready(self) -> dict[str, str]:
        """What is being served. Raises IndexMissingError when nothing is."""
        index = self.index(self.default_call)
        return {
            "call": index.call.id,
            "index_version": str(index.version),
            "embedder": self._embedder.name,
            **({"model": self._writer.model.name, "model_breaker": self._writer.model.state}
               if self._writer else {}),
        }  # fmt: skip

    def document(self, call: str, document: str) -> Document:
        """A document with its canonical text. Raises CorpusError when there is none."""
        documents = self.index(call).documents
        if document not in documents:
            raise CorpusError(f"The call '{call}' has no document '{document}'.")
        return documents[document]

    def index(self, call: str) -> CallIndex:
        """The current index of a call, for interfaces that show what it holds."""
        return self._indexes.current(call)

    def sources(self, call: str) -> list[Kept]:
        """The resources that a call links to, and what is known of each."""
        return survey(self._settings.corpus_dir, self._settings.data_dir, call)

    def now(self, call: str) -> datetime:
        """What time it is where the call's deadlines count."""
        return (self._clock or system_clock(self.index(call).call.timezone))()

    @property
    def embedder(self) -> Embedder:
        """The model of all vectors."""
        return self._embedder

    def meaning(self, text: str) -> np.ndarray:
        """What ``text`` means, as a whitened unit vector (dimension,) float32."""
        return self._prototypes.whitening.apply(self._embedder.encode([text], kind="query"))[0]

    def ask(
        self, question: str, history: Sequence[Turn] = (), *, call: str | None = None
    ) -> Answer:
        """Answer ``question`` from the sources of ``call``, or abstain.

        ``history`` holds the earlier turns, oldest first. Raises QuestionError (its message is
        for the author of the question) when it is empty or too long, CorpusError for an unknown
        call.
        """
        return self.explain(question, history, call=call)[0]

    def explain(
        self, question: str, history: Sequence[Turn] = (), *, call: str | None = None
    ) -> tuple[Answer, list[Explanation]]:
        """``ask``, together with what each stage did."""
        run = self._run(question, history, call)
        while True:
            try:
                next(run)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, call: str | None = None
    ) -> Iterator[Event]:
        """``ask`` as it happens: stages, quotes, verified text, and Done with the answer.

        Raises what ``ask`` raises, at the first event.
        """
        answer, _ = yield from self._run(question, history, call)
        yield Done(answer)

    def _run(
        self, question: str, history: Sequence[Turn], call: str | None
    ) -> Generator[Event, None, tuple[Answer, list[Explanation]]]:
        watch, outlet = Stopwatch(), Outlet()
        deadline = time.monotonic() + self._settings.answer_budget_s
        index = self.index(call or self.default_call)
        message = self._checked(question, index)
        yield Progress("understand")
        understood = understand(message, history, index)
        watch.lap("understand")
        draft = Draft(index, understood.language)
        steps: list[Explanation] = []
        decisions: list[tuple[Status, float]] = []
        for part in understood.parts:
            yield Progress("retrieve")
            embedded = self._embedder.embed(part.search_texts, kind="query")
            retrieval = retrieve(index, self._prototypes, part, embedded)
            watch.lap("retrieve")
            yield Progress("read")
            reading = read(part, retrieval)
            named = named_before(part, self._told(part, understood, draft, history, index), index)
            if named and reading.candidates:
                reading = about_named(reading, named)
            reading = of_the_group(part, addressed(part, reading, index), index)
            decision = decide(part, retrieval, reading, index)
            if decision.status != "refused":
                other = served_call(part, index, self.calls.values())
                if other is not None:
                    decision = Decision("out_of_scope", 1.0, phrase="other_call", other=other)
            watch.lap("read")
            yield Progress("write")
            single = len(understood.parts) == 1
            since = len(draft.lines), len(draft.quoted)
            consulted: list[Consulted] = []
            told = None
            if decision.phrase is None and (decision.elsewhere or decision.status not in ABSTENTIONS):
                consulted = consult(index, self._prototypes, part, embedded)
            if consulted and decision.elsewhere:
                told = tell_linked(draft, consulted, decision, message)
            status: Status = "answered"
            if told is None:
                status = self._write(draft, part, retrieval, reading, decision, single=single)
            decisions.append((status, decision.confidence if told is None else told))
            generation = None
            own = list(draft.quoted[since[1] :])
            if self._writer and told is None and decision.phrase is None and status not in ABSTENTIONS:
                generation = yield from self._writer.rewrite(
                    draft, since, part, reading, history, self._today(index), deadline, outlet,
                    sure=decision.sure,
                )  # fmt: skip
            if consulted and status not in ABSTENTIONS and told is None:
                tell_difference(draft, consulted, own, message)
            steps.append(Explanation(part, retrieval, reading, decision, generation))
            yield from outlet.follow(draft)
            watch.lap("compose")
        answer = finish(index, message, history, draft, decisions, steps, watch)
        yield from outlet.show(answer.text, answer.citations)
        metrics.ANSWERS.labels(answer.mode, answer.status).inc()
        return answer, steps

    def _told(
        self, part: Question, understood: Understanding, draft: Draft, history: Sequence[Turn], index: CallIndex
    ) -> str:
        """The answer to the question that a follow-up about somebody's address refers to."""
        if not part.context or part.asked != "contact":
            return ""
        if any(part.context == other.text for other in understood.parts):
            return "\n".join(draft.lines)
        asked = max((n for n, turn in enumerate(history) if turn.role == "user"), default=0)
        answered = [turn.text for turn in history[asked:] if turn.role == "assistant"]
        return answered[-1] if answered else self.ask(part.context, history[:asked], call=index.call.id).text

    def _checked(self, question: str, index: CallIndex) -> str:
        message = clean(question)
        language = index.call.language
        if not message:
            raise QuestionError(say(language, "empty"))
        if len(message) > MAX_CHARS:
            language = detect_language(message[:500], language)
            limit = {"length": str(len(message)), "limit": str(MAX_CHARS)}
            raise QuestionError(say(language, "too_long", **limit))
        if not any(char.isalnum() for char in message):
            raise QuestionError(say(language, "unreadable"))
        return message

    def _write(
        self, draft: Draft, question: Question, retrieval: Retrieval, reading: Reading,
        decision: Decision, *, single: bool,
    ) -> Status:  # fmt: skip
        index, language = draft.index, draft.language
        if decision.phrase is not None:
            names = {"title": index.call.title, "authority": index.call.authority}
            if decision.other is not None:
                names |= {"other": decision.other.title, "address": call_address(decision.other)}
            draft.lines.append(say(language, decision.phrase, **names))
            if decision.phrase == "personal":
                compose_handoff(draft, handoff_unit(index))
            return decision.status
        if decision.status in ABSTENTIONS:
            topic = topics()[decision.topic] if decision.topic else None
            nearest = reading.candidates[0] if decision.near else None
            compose_missing(draft, topic, handoff_unit(index) if single else None, nearest)
            return decision.status
        status = compose_answer(
            draft, question, reading.candidates, self._today(index), sure=decision.sure,
            several=retrieval.lists,
        )  # fmt: skip
        if status in ABSTENTIONS and single:
            compose_handoff(draft, handoff_unit(index))
        return status

    def _today(self, index: CallIndex) -> date:
        return (self._clock or system_clock(index.call.timezone))().date()
