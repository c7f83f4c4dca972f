"""Whether the first row of a table names its columns, where the file does not say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.types import FactKind
from assistant.values import find_values

MAX_CHARS = 60
# At least so many rows below, and this share of them, hold a value of one kind.
MIN_ROWS = 2
SHARE = 0.6
# What may stand in the name of a column: "Session 1", "Budget 2027".
_IN_NAMES: frozenset[FactKind] = frozenset({"count", "year"})
# What stands for a value that is not known.
_OPEN = re.compile(r"à\b|aucun|néant|sans\b|non\b|oui\b|voir\b|selon\b|variable|gratuit", re.I)


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds names where the rows below hold dates, amounts, numbers …"""
    if len(rows) <= MIN_ROWS:
        return False
    first, *below = rows
    below = [row for row in below if len(row) == len(first)]
    if len(first) < 2 or not all(_may_name(cell) for cell in first):
        return False
    return any(name and _differs(name, [row[i] for row in below]) for i, name in enumerate(first))


def _may_name(cell: str) -> bool:
    kinds = {value.kind for value in find_values(cell)}
    named = cell[:1].isalpha() and not cell[:1].islower() and not _OPEN.match(cell)
    return not cell or (named and len(cell) <= MAX_CHARS and kinds <= _IN_NAMES)


def _differs(name: str, cells: Sequence[str]) -> bool:
    """Whether most cells hold a value of a kind that ``name`` does not."""
    kinds = Counter(kind for cell in cells for kind in {value.kind for value in find_values(cell)})
    own = {value.kind for value in find_values(name)}
    return any(n >= max(MIN_ROWS, SHARE * len(cells)) for kind, n in kinds.items() if kind not in own)
