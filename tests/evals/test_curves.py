from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.curves import abstention_curve, calibration, calibration_error, histogram

SHARES = st.floats(0, 1)
OUTCOMES = st.lists(st.tuples(SHARES, st.booleans()))


def test_calibration_by_hand() -> None:
    bins = calibration([(0.95, True), (1.0, True), (0.91, False), (0.05, False)])
    assert [b.right.n for b in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert bins[9].right.value == pytest.approx(2 / 3)
    assert bins[9].confidence == pytest.approx(2.86 / 3)
    assert bins[1].right.value is bins[1].confidence is None
    assert calibration_error(bins) == pytest.approx((3 * (2.86 - 2) / 3 + 0.05) / 4)


def test_abstention_by_hand() -> None:
    curve = abstention_curve([(0.1, True), (0.3, False), (0.5, True), (0.9, False)], steps=10)
    assert [(c.precision, c.recall) for c in curve if c.threshold in (0, 0.2, 0.4, 0.6, 1)] == [
        (None, 0), (1, 0.5), (0.5, 0.5), (2 / 3, 1), (0.5, 1),
    ]  # fmt: skip


@given(OUTCOMES)
def test_every_case_is_in_one_bin_and_recall_never_falls(outcomes: list[tuple[float, bool]]) -> None:
    assert sum(b.right.n for b in calibration(outcomes)) == len(outcomes)
    recalls = [c.recall for c in abstention_curve(outcomes, steps=10) if c.recall is not None]
    assert recalls == sorted(recalls)


@given(st.lists(st.floats(0, 1e6)))
def test_every_answer_is_in_one_bar(values: list[float]) -> None:
    assert sum(n for _, _, n in histogram(values)) == len(values)
