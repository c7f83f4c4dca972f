"""Figures over many cases, each with the number of cases behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, median

_Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` over ``n`` cases (None over none); shares of cases have a 95 % interval."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None

    def as_dict(self) -> dict[str, float | int | None]:
        """For JSON, rounded to what is worth reading."""
        figures = {"value": _round(self.value), "n": self.n}
        if self.low is not None:
            figures |= {"low": _round(self.low), "high": _round(self.high)}
        return figures


def share(outcomes: Iterable[bool | None]) -> Figure:
    """Share of cases that are true, of those where the measure applies (not None).

    The interval is Wilson's (1927), which holds near 0 and 1 and for few cases.
    """
    known = [outcome for outcome in outcomes if outcome is not None]
    n = len(known)
    if not n:
        return Figure(None, 0)
    p = sum(known) / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    reach = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    return Figure(p, n, max(0.0, middle - reach), min(1.0, middle + reach))


def mean(values: Iterable[float | None]) -> Figure:
    """Mean of the values that are known."""
    known = _known(values)
    return Figure(fmean(known) if known else None, len(known))


def middle(values: Iterable[float | None]) -> Figure:
    """Median of the values that are known."""
    known = _known(values)
    return Figure(median(known) if known else None, len(known))


def percentile(values: Iterable[float | None], q: float) -> Figure:
    """The smallest value that a share ``q`` of the values do not exceed (nearest rank)."""
    known = sorted(_known(values))
    return Figure(known[max(0, ceil(q * len(known)) - 1)] if known else None, len(known))


def _known(values: Iterable[float | None]) -> Sequence[float]:
    return [value for value in values if value is not None]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
