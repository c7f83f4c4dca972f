"""A circuit breaker (Nygard, Release It!): a service that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens after ``threshold`` failures in a row; after ``cooldown_s`` lets one trial through.

    The trial's outcome closes it or opens it again. Safe to share between threads.
    """

    def __init__(
        self, threshold: int, cooldown_s: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._cooldown_s = cooldown_s
        self._now = now
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False
        self._lock = threading.Lock()

    @property
    def state(self) -> State:
        """closed (all pass), open (none passes) or half_open (the next one is the trial)."""
        with self._lock:
            return self._state()

    def allow(self) -> bool:
        """Whether a call may be made now; who gets True must report what came of it."""
        with self._lock:
            state = self._state()
            if state == "half_open":
                if self._trying:
                    return False
                self._trying = True
            return state != "open"

    def succeeded(self) -> None:
        """A call that was allowed went well."""
        with self._lock:
            self._failures, self._opened_at, self._trying = 0, None, False

    def failed(self) -> None:
        """A call that was allowed failed."""
        with self._lock:
            self._failures += 1
            if self._trying or self._failures >= self._threshold:
                self._opened_at = self._now()
            self._trying = False

    def dismissed(self) -> None:
        """A call that was allowed was not made, for a reason that says nothing of the service."""
        with self._lock:
            self._trying = False

    def _state(self) -> State:
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._now() - self._opened_at >= self._cooldown_s else "open"
