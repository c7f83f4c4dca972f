"""A real model that rambles and invents, behind the gate: over HTTP, from llama.cpp."""

from __future__ import annotations

import pytest

from assistant.answering.assistant import Assistant
from assistant.embedding import Embedder
from assistant.settings import PROJECT, Settings
from evals.cases import load_cases
from evals.weak_model import Comparison, compare, sample, serving_weak_model

# Here the model repeats headings, or a sentence that is cut off; their numbers stand in no quote.
TRAPS = ("num24-fp-007", "num24-dip-001", "num24-par-017")


@pytest.fixture(scope="module")
def comparison(assistant: Assistant, settings: Settings, embedder: Embedder) -> Comparison:
    cases = load_cases([PROJECT / "evals" / "questions" / f"{settings.call}.yaml"])
    asked = [case for case in cases if case.id in TRAPS] + sample(cases, 3)
    with serving_weak_model(settings.cache_dir) as url:
        return compare(settings, embedder, url, asked)


@pytest.mark.slow
def test_a_weak_model_serves_no_wrong_fact_and_costs_no_answer(comparison: Comparison) -> None:
    written = [made for made in comparison.generations if made.verdicts]
    assert len(written) >= 3, [(made.outcome, made.detail) for made in comparison.generations]
    assert any(not verdict.passed for made in written for verdict in made.verdicts)
    assert comparison.wrong == []
    assert comparison.worse == []
    assert comparison.abstentions_changed == []
