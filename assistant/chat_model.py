"""The chat model: any OpenAI-compatible server, through LangChain, kept on a short lead.

Whatever the server does (down, slow, cut off, over budget), ``ChatModel.stream`` ends by its
deadline, with text or with ModelUnavailableError.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant import metrics
from assistant.breaker import Breaker, State
from assistant.errors import ConfigurationError, ModelUnavailableError
from assistant.settings import Settings
from assistant.spending import Prices, Spending, count_tokens

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Message = tuple[str, str]
"""(role, text), role "system", "human" or "ai"."""

_FAILURES = 3
_COOLDOWN_S = 30.0
_RETRY_AFTER_S = 0.3
_CHARS_PER_OUTPUT_TOKEN = 12  # more than any real token: what exceeds it is a server gone wild
_FATAL = frozenset({400, 401, 403, 404, 405, 413, 422})


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None
    read: int
    written: int


class ChatModel:
    """One configured model. Safe to share between threads."""

    def __init__(
        self, model: BaseChatModel, name: str, *, max_tokens: int, context_tokens: int,
        concurrency: int, spending: Spending, breaker: Breaker | None = None,
    ) -> None:  # fmt: skip
        self._model = model
        self._spending = spending
        self._slots = threading.BoundedSemaphore(concurrency)
        self._breaker = breaker or Breaker(_FAILURES, _COOLDOWN_S)
        self.name = name
        self.max_tokens = max_tokens
        self.context_tokens = context_tokens

    @property
    def state(self) -> State:
        """The breaker's state; "open" while the server is left alone."""
        return self._breaker.state

    def room_for(self, messages: Sequence[Message]) -> bool:
        """Whether the messages and an answer fit the model's context."""
        return _size(messages) + self.max_tokens <= self.context_tokens

    def stream(self, messages: Sequence[Message], deadline: float) -> Iterator[str]:
        """Pieces of the model's reply, until ``deadline`` (time.monotonic) at the latest.

        Raises ModelUnavailableError, also after some pieces: what came before is then unfinished.
        """
        if not self._breaker.allow():
            raise ModelUnavailableError("left alone after failures", "breaker_open")
        reservation = None
        try:
            reservation = self._spending.reserve(_size(messages), self.max_tokens)
        finally:
            if reservation is None:
                self._breaker.dismissed()
        if reservation is None:
            raise ModelUnavailableError("the day's budget is used up", "over_budget")
        if not self._slots.acquire(timeout=max(0.0, (deadline - time.monotonic()) / 4)):
            self._breaker.dismissed()
            self._spending.settle(reservation, 0, 0)
            raise ModelUnavailableError("all places are taken", "busy")
        pieces: queue.SimpleQueue[str | _End] = queue.SimpleQueue()
        stop = threading.Event()

        def work() -> None:
            try:
                end = self._read(messages, deadline, pieces, stop)
                self._spending.settle(reservation, end.read, end.written)
                metrics.TOKENS.labels("read").inc(end.read)
                metrics.TOKENS.labels("written").inc(end.written)
            finally:
                self._slots.release()
            pieces.put(end)

        # A thread of its own: a server that says nothing can't be waited for any other way.
        threading.Thread(target=work, name="chat-model", daemon=True).start()
        try:
            yield from self._receive(pieces, deadline)
        finally:
            stop.set()
            metrics.BREAKER.set(float(self._breaker.state == "open"))

    def _receive(self, pieces: queue.SimpleQueue[str | _End], deadline: float) -> Iterator[str]:
        start, first, written = time.monotonic(), True, 0
        reported = False
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise ModelUnavailableError("too slow", "timeout") from None
                if isinstance(piece, _End):
                    if piece.error is not None:
                        raise ModelUnavailableError(_said(piece.error), "failed") from piece.error
                    metrics.DURATION.observe(time.monotonic() - start)
                    self._breaker.succeeded()
                    reported = True
                    return
                if first:
                    metrics.FIRST_TOKEN.observe(time.monotonic() - start)
                    first = False
                written += len(piece)
                if written > self.max_tokens * _CHARS_PER_OUTPUT_TOKEN:
                    raise ModelUnavailableError("endless output", "endless")
                yield piece
        except ModelUnavailableError:
            self._breaker.failed()
            reported = True
            raise
        finally:
            if not reported:  # the reader has had enough, which is no failure of the server
                self._breaker.succeeded()

    def _read(
        self, messages: Sequence[Message], deadline: float,
        pieces: queue.SimpleQueue[str | _End], stop: threading.Event,
    ) -> _End:  # fmt: skip
        read, written, text = _size(messages), 0, 0
        for attempt in (1, 2):
            try:
                for chunk in self._model.stream(list(messages)):
                    usage = getattr(chunk, "usage_metadata", None)
                    if usage:
                        read, written = usage["input_tokens"], usage["output_tokens"]
                    if stop.is_set() or time.monotonic() > deadline:
                        break
                    piece = chunk.text if isinstance(chunk.text, str) else str(chunk.text)
                    if piece:
                        text += len(piece)
                        pieces.put(piece)
                return _End(None, read, written or text // 3 + 1)
            except Exception as error:  # whatever a server or its client may raise
                fatal = getattr(error, "status_code", 0) in _FATAL
                late = time.monotonic() + _RETRY_AFTER_S > deadline
                if text or fatal or late or attempt == 2 or stop.is_set():
                    return _End(error, read, written or text // 3)
                time.sleep(_RETRY_AFTER_S)
        raise AssertionError("unreachable")


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The configured model, None when none is. Raises ConfigurationError; connects to nothing."""
    if settings.llm_model is None:
        return None
    if settings.llm_base_url is None:
        raise ConfigurationError(
            "AAP_LLM_MODEL is set, but AAP_LLM_BASE_URL is not. Set it to the server's address, "
            "for example http://127.0.0.1:8080/v1."
        )
    from langchain.chat_models import init_chat_model

    model = init_chat_model(
        settings.llm_model,
        model_provider="openai",
        base_url=settings.llm_base_url,
        api_key=api_key(settings),
        temperature=0.0,
        # By its older name: Mistral refuses "max_completion_tokens" and Ollama may not heed it.
        extra_body={"max_tokens": settings.llm_max_tokens},
        timeout=settings.answer_budget_s,
        max_retries=0,
        use_responses_api=False,
    )
    spending = Spending(
        settings.data_dir / "spending.sqlite",
        tokens=settings.llm_tokens_per_day,
        cost=settings.llm_cost_per_day,
        prices=Prices(settings.llm_price_read, settings.llm_price_written),
    )
    return ChatModel(
        model, settings.llm_model, max_tokens=settings.llm_max_tokens,
        context_tokens=settings.llm_context_tokens, concurrency=settings.llm_concurrency,
        spending=spending, breaker=Breaker(_FAILURES, settings.llm_cooldown_s),
    )  # fmt: skip


def api_key(settings: Settings) -> str:
    """The key, from the variable or its file; "none" for servers that ask for none."""
    if settings.llm_api_key is not None:
        return settings.llm_api_key.get_secret_value()
    if settings.llm_api_key_file is None:
        return "none"
    try:
        key = settings.llm_api_key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"AAP_LLM_API_KEY_FILE can't be read: {error}.") from error
    if not key:
        raise ConfigurationError(f"AAP_LLM_API_KEY_FILE: {settings.llm_api_key_file} is empty.")
    return key


def _size(messages: Sequence[Message]) -> int:
    return sum(count_tokens(text) + 4 for _, text in messages)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"
