"""How often one client may ask (AAP_RATE_LIMIT), counted in memory or in Redis.

A client on this machine that comes through no proxy is whoever runs the service, and free.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from assistant.errors import AssistantError
from assistant.settings import Settings

_HERE = frozenset({"127.0.0.1", "::1"})
_log = logging.getLogger(__name__)


class TooOftenError(AssistantError):
    """The client asks too often; ``retry_after`` says how many seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(str(retry_after))
        self.retry_after = retry_after


class Rates:
    """The counters."""

    def __init__(self, settings: Settings) -> None:
        self._item: RateLimitItem = parse(settings.rate_limit)
        self._is_local = settings.rate_limit_url.startswith("memory:")
        self._counter = SlidingWindowCounterRateLimiter(
            storage_from_string(settings.rate_limit_url)
        )

    def take(self, client: str | None) -> None:
        """Count one request. Raises TooOftenError; a counter out of reach lets it pass."""
        if client is None or client in _HERE:
            return
        try:
            if self._counter.hit(self._item, client):
                return
            reset = self._counter.get_window_stats(self._item, client).reset_time
        except Exception:
            # Redis has many ways to fail; none of them is a reason to answer nobody.
            _log.exception("the rate could not be counted")
            return
        raise TooOftenError(max(1, math.ceil(reset - time.time())))

    async def take_async(self, client: str | None) -> None:
        """``take`` without blocking the event loop."""
        if self._is_local:
            self.take(client)
        else:
            await asyncio.to_thread(self.take, client)


async def limited(request: Request) -> None:
    """A dependency of the routes that cost something."""
    rates: Rates = request.app.state.rates
    await rates.take_async(request.client.host if request.client else None)
