from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from assistant.types import Answer, Citation, Document
from evals.cases import Case
from evals.metrics.figures import percentile, share
from evals.report import headline, print_report, reasons, summary
from evals.runner import Record
from evals.scores import score

Cite = Callable[..., Citation]
Reply = Callable[..., Answer]

CLOSING = "Date de clôture de l'appel à projets\t13 mars 2024"


def record(
    regulation: Document, answer: Answer | None, latency: float = 1.0, **fields: object
) -> Record:
    gold = {"facts": [["13 mars 2024"]], "quotes": [CLOSING]}
    if fields.get("expect") == "abstain":
        gold = {"facts": [], "quotes": []}
    case = Case.model_validate({"id": "a", "question": "Quand ?", **gold, **fields})
    error = None if answer else "RuntimeError: en panne"
    return Record(case, answer, error, latency, score(case, answer, {regulation.id: regulation}))


@pytest.fixture
def records(regulation: Document, reply: Reply, cite: Cite) -> list[Record]:
    right = reply("Le 13 mars 2024 [1].", cite(CLOSING))
    wrong = reply("Le 14 mars 2024, ou [peut-être] pas [1].", cite(CLOSING))
    none = reply("Je n'ai pas trouvé.", status="not_in_sources")
    return [
        record(regulation, right, 1, id="fr-right", lang="fr", expect="answer", split="dev"),
        record(regulation, wrong, 2, id="fr-wrong", lang="fr", expect="answer", split="test"),
        record(regulation, none, 3, id="en-none", lang="en", expect="answer", split="test"),
        record(regulation, right, 4, id="pt-right", lang="pt", expect="answer", split="dev"),
        record(regulation, none, 5, id="abs-right", expect="abstain", kind="offtopic"),
        record(regulation, right, 6, id="abs-wrong", expect="abstain", kind="attack"),
        record(regulation, none, 7, id="part", lang="fr", expect="partial"),
        record(regulation, None, 100, id="down", lang="fr", expect="answer"),
    ]


def test_the_headline(records: list[Record]) -> None:
    expected: dict[str, tuple[float, int]] = {
        "right": (4 / 8, 8),
        "facts_fr": (1 / 3, 3),
        "facts_en": (0, 1),
        "facts_other": (1, 1),
        "evidence_recall": (3 / 5, 5),
        "citation_precision": (3 / 4, 4),
        "wrong_contact_or_date": (1 / 7, 7),
        "abstention_precision": (1 / 2, 2),
        "abstention_recall": (1 / 2, 2),
        "false_abstention": (1 / 5, 5),
        "words": (5, 4),
        "latency_p50_ms": (4, 8),
        "latency_p95_ms": (100, 8),
    }
    figures = headline(records)
    assert {name: figures[name].n for name in expected} == {k: n for k, (_, n) in expected.items()}
    for name, (value, _) in expected.items():
        assert figures[name].value == pytest.approx(value), name


def test_the_summary_is_json_with_the_settings_and_an_n_for_each_figure(
    records: list[Record],
) -> None:
    report = json.loads(json.dumps(summary(records, {"index": 3, "embedder": "e5"})))
    assert report["settings"] == {"index": 3, "embedder": "e5"}
    assert (report["cases"], report["scored"], report["errors"]) == (8, 8, 1)
    assert all("n" in figure for figure in report["headline"].values())
    assert set(report["breakdown"]) == {"kind", "lang", "style", "split"}
    assert report["breakdown"]["split"]["dev"]["facts"]["n"] == 2
    assert report["breakdown"]["lang"]["en"]["false_abstention"]["value"] == 1
    failed = {entry["id"] for entry in report["failures"]}
    assert failed == {"fr-wrong", "en-none", "abs-wrong", "down"}


def test_failures_say_why(records: list[Record]) -> None:
    why = {r.case.id: reasons(r) for r in records}
    assert why["fr-right"] == why["part"] == []
    assert why["fr-wrong"] == ["wrong contact or date: 14 mars 2024", "missing: 13 mars 2024"]
    assert why["en-none"] == ["abstained, should answer"]
    assert why["abs-wrong"] == ["answered, should abstain"]
    assert why["down"] == ["error: RuntimeError: en panne"]


def test_the_table_shows_text_as_it_is_and_limits_failures(records: list[Record]) -> None:
    console = Console(file=io.StringIO(), width=200)
    report = summary(records, {"index": 3})
    print_report(report, console, failures=2, beside={"Baseline": report})
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Failures: 2 of 4" in shown
    assert "[peut-être]" in shown  # not taken for markup
    assert "Baseline" in shown
    assert "index 3" in shown
    assert "en panne" not in shown


def test_an_empty_run_is_reported() -> None:
    console = Console(file=io.StringIO())
    print_report(summary([]), console)
    assert "0 cases" in console.file.getvalue()  # type: ignore[attr-defined]


@given(st.lists(st.one_of(st.none(), st.booleans())))
def test_a_share_counts_what_applies_and_lies_in_its_interval(
    outcomes: list[bool | None],
) -> None:
    figure = share(outcomes)
    assert figure.n == sum(outcome is not None for outcome in outcomes)
    if figure.value is not None:
        assert figure.low is not None
        assert figure.high is not None
        assert 0 <= figure.low <= figure.value + 1e-9
        assert figure.value - 1e-9 <= figure.high <= 1


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_a_value_that_enough_others_do_not_exceed(
    values: list[float], q: float
) -> None:
    found = percentile(values, q).value
    assert found is not None
    assert found in values
    assert sum(value <= found for value in values) >= q * len(values) - 1e-9
