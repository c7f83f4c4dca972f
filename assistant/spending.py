"""What the chat model may cost a day: tokens and money, counted in a file that outlives restarts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = "CREATE TABLE IF NOT EXISTS spending (day TEXT PRIMARY KEY, tokens INTEGER, cost REAL)"
# A French token is 3.5 to 4 characters with the tokenizers of today: this counts too many.
_CHARS_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, read and written, in the currency of the daily limit."""

    read: float = 0.0
    written: float = 0.0

    def cost(self, read: int, written: int) -> float:
        """Cost of one call."""
        return (read * self.read + written * self.written) / 1e6


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens set aside for a call that is under way."""

    day: str
    read: int
    written: int


class Spending:
    """Tokens and cost a day (UTC), shared by the processes of one machine; None is no limit."""

    def __init__(
        self, path: Path, *, tokens: int | None = None, cost: float | None = None,
        prices: Prices = Prices(), now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._path = path
        self._tokens = tokens
        self._cost = cost
        self._prices = prices
        self._now = now
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as db, db:
            db.execute(_SCHEMA)

    def reserve(self, read: int, written: int) -> Reservation | None:
        """Set tokens aside before a call; None when the day's limit would be passed."""
        day = self._now().date().isoformat()
        cost = self._prices.cost(read, written)
        with closing(self._open()) as db, db:
            db.execute("BEGIN IMMEDIATE")
            tokens, spent = self._today(db, day)
            if self._tokens is not None and tokens + read + written > self._tokens:
                return None
            if self._cost is not None and spent + cost > self._cost:
                return None
            self._add(db, day, read + written, cost)
        return Reservation(day, read, written)

    def settle(self, reservation: Reservation, read: int, written: int) -> None:
        """Book what a call really took instead of what was set aside for it."""
        tokens = read + written - reservation.read - reservation.written
        cost = self._prices.cost(read, written) - self._prices.cost(
            reservation.read, reservation.written
        )
        with closing(self._open()) as db, db:
            self._add(db, reservation.day, tokens, cost)

    def today(self) -> tuple[int, float]:
        """(tokens, cost) booked and set aside today."""
        with closing(self._open()) as db:
            return self._today(db, self._now().date().isoformat())

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=2.0)

    @staticmethod
    def _today(db: sqlite3.Connection, day: str) -> tuple[int, float]:
        row = db.execute("SELECT tokens, cost FROM spending WHERE day = ?", (day,)).fetchone()
        return (row[0], row[1]) if row else (0, 0.0)

    @staticmethod
    def _add(db: sqlite3.Connection, day: str, tokens: int, cost: float) -> None:
        db.execute(
            "INSERT INTO spending VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE SET "
            "tokens = tokens + excluded.tokens, cost = cost + excluded.cost",
            (day, tokens, cost),
        )


def count_tokens(text: str) -> int:
    """About how many tokens ``text`` is, counted high; exact numbers come from the server."""
    return len(text) // _CHARS_PER_TOKEN + 1
