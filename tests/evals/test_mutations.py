"""Mutation check: what is made wrong in real answers does not pass the verifier or the metric."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.verify import problems
from assistant.settings import PROJECT
from assistant.types import Answer
from assistant.values import Value, find_values
from evals.cases import load_cases
from evals.metrics.grounding import ground
from evals.mutations import KINDS, Mutant, mutate


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    """Real answers to a part of the dev split, in French and English."""
    paths = sorted((PROJECT / "evals" / "questions").glob(f"{assistant.default_call}*.yaml"))
    cases = [
        case for case in load_cases(paths)
        if case.split == "dev" and case.expected == "answer" and not case.history
    ]  # fmt: skip
    asked = (assistant.ask(case.question) for case in cases[::4])
    return [answer for answer in asked if not answer.abstained]


@pytest.fixture(scope="module")
def others(assistant: Assistant) -> list[Value]:
    documents = assistant.index(assistant.default_call).documents.values()
    return [value for document in documents for value in find_values(document.text)]


def test_what_is_not_changed_passes(answers: list[Answer], assistant: Assistant) -> None:
    assert [a.text for a in answers if rejected(a, assistant) or measured(a, assistant)] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hundred_corrupted_answers_are_caught(
    seed: int, answers: list[Answer], others: list[Value], assistant: Assistant
) -> None:
    mutants = mutate(answers, others, 100, seed)
    assert len(mutants) == 100
    assert set(Counter(mutant.kind for mutant in mutants)) == set(KINDS)
    assert [seen(m) for m in mutants if not rejected(m.answer, assistant)] == []
    # The metric passes over numbers of headings ("6.3)"), what an address holds, and a marker
    # that names another citation of the same answer: those are the verifier's to see.
    counted = [m for m in mutants if m.kind in ("date", "mail", "quote")]
    assert [seen(m) for m in counted if not measured(m.answer, assistant)] == []


def rejected(answer: Answer, assistant: Assistant) -> list[str]:
    """What the verifier, which guards what is shown, has against an answer."""
    index = assistant.index(answer.call)
    return problems(
        answer.text, answer.citations, answer.status, answer.question, index, answer.language
    )


def measured(answer: Answer, assistant: Assistant) -> bool:
    """Whether the metrics count an answer as wrong: citation precision or marker accuracy."""
    documents = {c.document: assistant.document(answer.call, c.document) for c in answer.citations}
    found = ground(answer, [answer.question], documents)
    return found.holds is False or bool(found.misnumbered)


def seen(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.kind, mutant.original.text, mutant.answer.text
