"""What a single figure hides: calibration, and abstention at every threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evals.metrics.figures import Figure, share

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose confidence is in [low, high) (the last bin holds 1 too): its mean, and the
    share that came out right."""

    low: float
    high: float
    confidence: float | None
    right: Figure


@dataclass(frozen=True, slots=True)
class Abstention:
    """Abstention precision and recall if one abstained below ``threshold``; None over no case."""

    threshold: float
    precision: float | None
    recall: float | None


def calibration(outcomes: Sequence[tuple[float, bool]], bins: int = BINS) -> list[Bin]:
    """``outcomes`` (confidence 0 to 1, whether right) in ``bins`` of equal width."""
    found = []
    for number in range(bins):
        inside = [(c, r) for c, r in outcomes if min(int(c * bins), bins - 1) == number]
        mean = sum(c for c, _ in inside) / len(inside) if inside else None
        figure = share(right for _, right in inside)
        found.append(Bin(number / bins, (number + 1) / bins, mean, figure))
    return found


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error (Naeini et al., 2015): mean gap of the bins, by their cases."""
    total = sum(b.right.n for b in bins)
    gaps = (
        b.right.n * abs(b.right.value - b.confidence)
        for b in bins
        if b.right.value is not None and b.confidence is not None
    )
    return sum(gaps) / total if total else None


def abstention_curve(cases: Sequence[tuple[float, bool]], steps: int = 100) -> list[Abstention]:
    """``cases`` (confidence that there is an answer, whether to abstain) at thresholds 0 to 1.

    A case is abstained from when its confidence is below the threshold.
    """
    wanted = sum(abstain for _, abstain in cases)
    curve = []
    for step in range(steps + 1):
        threshold = step / steps
        below = [abstain for confidence, abstain in cases if confidence < threshold]
        precision = sum(below) / len(below) if below else None
        curve.append(Abstention(threshold, precision, sum(below) / wanted if wanted else None))
    return curve


def histogram(values: Sequence[float], bins: int = 30) -> list[tuple[float, float, int]]:
    """(from, to, how many) in bins of equal width from 0; the last one takes the slowest 1 %."""
    if not values:
        return []
    top = sorted(values)[int(0.99 * (len(values) - 1))] or 1.0
    edges = [top * number / bins for number in range(bins)] + [max(top, *values)]
    places = [min(int(min(value / top, 1.0) * bins), bins - 1) for value in values]
    return [(low, high, places.count(n)) for n, (low, high) in enumerate(pairwise(edges))]
