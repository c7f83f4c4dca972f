"""Questions in, answers out, for every page and route: cached, bounded, and kept for links.

A fixed number of threads answers; a bounded number of questions waits for them. What is beyond
that is refused at once, and what takes too long is given up, so no client ever hangs.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from assistant.answering.assistant import Assistant
from assistant.answering.events import Done, Event
from assistant.answering.finish import Explanation
from assistant.errors import AssistantError, CorpusError
from assistant.settings import Settings
from assistant.types import ABSTENTIONS, Answer, Turn
from assistant.web.store import Store

CACHED = 2_000
_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_Key = tuple[object, ...]


class BusyError(AssistantError):
    """Too many questions wait already: try again in a moment."""


class SlowError(AssistantError):
    """The answer took longer than is waited for."""


class UnknownCallError(AssistantError):
    """The question names a call that is not served."""


def served_calls(assistant: Assistant) -> str:
    """The calls that can be asked about, by title and id."""
    return ", ".join(f"{call.title} ({call.id})" for call in assistant.calls.values())


class Answers:
    """``Assistant.ask`` for many at once."""

    def __init__(self, assistant: Assistant, store: Store, settings: Settings) -> None:
        self.assistant = assistant
        self.store = store
        self.keep_days = settings.keep_days
        self._timeout_s = settings.answer_timeout_s
        self._room = settings.threads + settings.max_waiting
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="answer")
        self._busy = 0
        self._lock = threading.Lock()
        self._cache: OrderedDict[_Key, Answer] = OrderedDict()

    def close(self) -> None:
        """Wait for what was started, and let go of the database."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.store.close()

    async def ask(self, question: str, history: Sequence[Turn] = (), call: str | None = None) -> Answer:
        """The answer, from the cache when nothing that it depends on has changed.

        Raises what ``Assistant.ask`` raises, UnknownCallError, BusyError or SlowError.
        """
        key = self._key(question, history, call)
        cached = self._cached(key)
        if cached is not None:
            return cached
        job = self._submit(lambda: self._make(key, question, history, call))
        return await self._wait(job)

    def follow(
        self, question: str, history: Sequence[Turn] = (), call: str | None = None
    ) -> Iterator[Event]:
        """``ask`` as it happens, for a caller that has a thread of its own; Done comes last.

        Where no model writes, Done is all there is: what comes at once is not made to look slow.
        """
        key = self._key(question, history, call)
        cached = self._cached(key)
        if cached is not None:
            yield Done(cached)
            return
        events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        job = self._start(key, question, history, call, events.put)
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                event = events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty as error:
                job.cancel()
                raise SlowError from error
            if event is None:
                break
            yield event
        yield Done(job.result())

    async def stream(
        self, question: str, history: Sequence[Turn] = (), call: str | None = None
    ) -> AsyncGenerator[Event]:
        """``follow`` for the event loop."""
        key = self._key(question, history, call)
        cached = self._cached(key)
        if cached is not None:
            yield Done(cached)
            return
        loop, events = asyncio.get_running_loop(), asyncio.Queue[Event | None]()

        def tell(event: Event | None) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        job = self._start(key, question, history, call, tell)
        deadline = time.monotonic() + self._timeout_s
        try:
            while True:
                left = max(0.0, deadline - time.monotonic())
                event = await asyncio.wait_for(events.get(), left)
                if event is None:
                    break
                yield event
        except TimeoutError as error:
            raise SlowError from error
        finally:
            job.cancel()  # it was not begun, or has ended, or ends unheard
        yield Done(job.result())

    async def explain(self, question: str, call: str | None) -> tuple[Answer, list[Explanation]]:
        """``Assistant.explain`` under the same limits."""
        self._key(question, (), call)
        return await self._wait(self._submit(lambda: self.assistant.explain(question, call=call)))

    def find_all(self, ids: Sequence[str]) -> list[Answer]:
        """The kept answers of these ids, in their order; those that are gone are left out."""
        try:
            return [found for id_ in ids if (found := self.store.answer(id_))]
        except SQLAlchemyError:
            _log.exception("no earlier answer could be read")
            return []

    async def run(self, work: Callable[[], _T]) -> _T:
        """Something else that blocks, such as the database, away from the event loop."""
        return await asyncio.to_thread(work)

    def _start(
        self, key: _Key, question: str, history: Sequence[Turn], call: str | None,
        tell: Callable[[Event | None], None],
    ) -> Future[Answer]:  # fmt: skip
        """Begin an answer; ``tell`` hears its events, where a model writes, and None at the end."""
        told = tell if self.assistant.writes else None
        job = self._submit(lambda: self._make(key, question, history, call, told))
        job.add_done_callback(lambda _: tell(None))
        return job

    def _submit(self, work: Callable[[], _T]) -> Future[_T]:
        with self._lock:
            if self._busy >= self._room:
                raise BusyError
            self._busy += 1
        job = self._threads.submit(work)
        job.add_done_callback(self._done)
        return job

    def _done(self, _: Future[_T]) -> None:
        with self._lock:
            self._busy -= 1

    async def _wait(self, job: Future[_T]) -> _T:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), self._timeout_s)
        except TimeoutError as error:
            raise SlowError from error

    def _make(
        self, key: _Key, question: str, history: Sequence[Turn], call: str | None,
        tell: Callable[[Event], None] | None = None,
    ) -> Answer:  # fmt: skip
        if tell is None:
            answer = self.assistant.ask(question, history, call=call)
        else:
            for event in self.assistant.stream(question, history, call=call):
                if isinstance(event, Done):
                    answer = event.answer
                else:
                    tell(event)
        try:
            self.store.remember(answer)
        except SQLAlchemyError:
            _log.exception("the answer %s could not be kept", answer.id)
            return answer
        # What stands in for a model that is down or slow must not outlive its trouble.
        if not self.assistant.writes or answer.mode == "generated" or answer.status in ABSTENTIONS:
            with self._lock:
                self._cache[key] = answer
                if len(self._cache) > CACHED:
                    self._cache.popitem(last=False)
        return answer

    def _key(self, question: str, history: Sequence[Turn], call: str | None) -> _Key:
        """All that an answer depends on: the index's version and the day are part of it."""
        name = call or self.assistant.default_call
        if name not in self.assistant.calls:
            raise UnknownCallError(name)
        try:
            version = self.assistant.index(name).version
        except CorpusError as error:
            raise UnknownCallError(name) from error
        turns = tuple((turn.role, turn.text) for turn in history)
        return (name, version, self.assistant.now(name).date(), question, turns)

    def _cached(self, key: _Key) -> Answer | None:
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)
