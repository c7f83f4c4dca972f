"""The best few of many scores, without sorting them all."""

from __future__ import annotations

import numpy as np


def largest(values: np.ndarray, count: int) -> np.ndarray:
    """Where the ``count`` largest of ``values`` (n,) stand, largest first, the first of equals first."""
    rows = np.arange(len(values))
    if len(values) > count:
        rows = np.flatnonzero(values >= np.partition(values, -count)[-count])
    return rows[np.argsort(-values[rows], kind="stable")][:count]
