"""Fact accuracy: does the answer say every gold fact?

String match of short facts within a long answer, as ASQA's STR-EM (Stelmakh et al., 2022), with
formats apart; no model judges.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.matching import contains


def missing_facts(facts: Sequence[Sequence[str]], text: str) -> list[str]:
    """First spelling of each fact that ``text`` says in none of its spellings."""
    return [
        spellings[0] if spellings else ""
        for spellings in facts
        if not any(contains(text, spelling) for spelling in spellings)
    ]


def fact_share(facts: Sequence[Sequence[str]], text: str) -> float | None:
    """Share of the facts that ``text`` says; None when there are none."""
    if not facts:
        return None
    return 1 - len(missing_facts(facts, text)) / len(facts)
