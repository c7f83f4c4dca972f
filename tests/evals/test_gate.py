"""The gate: the dev split against the stored run, and that it can fail."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from assistant.answering.assistant import Assistant
from assistant.cli import app
from assistant.errors import ConfigurationError
from assistant.settings import PROJECT, Settings
from evals.cases import load_cases
from evals.command import run_command
from evals.stored import load_stored, shortfalls, store

QUESTIONS = sorted((PROJECT / "evals" / "questions").glob("*.yaml"))


def report(**values: float) -> dict[str, Any]:
    """A summary over 200 cases; keywords change its shares."""
    shares = {"right": 0.9, "false_abstention": 0.02, "wrong_contact_or_date": 0.0, **values}
    return {
        "settings": {"call": "essai-2024", "split": "dev", "embedder": "e5"},
        "cases": 200,
        "scored": 200,
        "wrong": [],
        "headline": {name: {"value": value, "n": 200} for name, value in shares.items()},
    }


def test_a_share_may_fall_by_a_point_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "stored.json"
    store(report(latency_p50_ms=20.0), path)
    stored = load_stored(path)
    same = {"latency_p50_ms": 20.0}
    assert shortfalls(report(**same), stored) == []
    assert shortfalls(report(right=0.89, false_abstention=0.03, latency_p50_ms=90.0), stored) == []
    assert shortfalls(report(right=0.95, false_abstention=0.0, **same), stored) == []
    (right,) = shortfalls(report(right=0.885, **same), stored)
    assert right == "right: 88.5% (200), 90.0% (200) stored"
    (abstention,) = shortfalls(report(false_abstention=0.035, **same), stored)
    assert abstention.startswith("false_abstention")


def test_any_wrong_date_or_contact_fails_whatever_was_stored(tmp_path: Path) -> None:
    path = tmp_path / "stored.json"
    store(report(wrong_contact_or_date=0.005), path)
    now = {**report(wrong_contact_or_date=0.005), "wrong": ["q-7"]}
    assert shortfalls(now, load_stored(path)) == ["wrong date or contact: q-7"]


def test_a_share_that_is_not_measured_any_more_fails(tmp_path: Path) -> None:
    path = tmp_path / "stored.json"
    store(report(), path)
    now = report()
    now["headline"]["right"] = {"value": None, "n": 0}
    assert shortfalls(now, load_stored(path)) == ["right: not measured, 90.0% (200) stored"]


def test_runs_that_can_not_be_compared_are_not(tmp_path: Path) -> None:
    path = tmp_path / "stored.json"
    with pytest.raises(ConfigurationError, match=r"stored\.json is missing.*--store"):
        load_stored(path)
    store(report(), path)
    other = report()
    other["settings"]["split"] = "test"
    with pytest.raises(ConfigurationError, match="split dev.*split test"):
        shortfalls(other, load_stored(path))
    path.write_text('{"call": "essai-2024"}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="headline"):
        load_stored(path)


def test_the_command_passes_and_fails(
    assistant: Assistant, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a few questions that are answered right, then with other gold for one of them."""
    monkeypatch.setenv("AAP_DATA_DIR", str(settings.data_dir))
    dev = [c for c in load_cases(QUESTIONS) if c.split == "dev" and c.expected == "answer"]
    cases = [case.model_dump(exclude_none=True) for case in dev[:8]]
    questions, stored = tmp_path / "few.yaml", tmp_path / "stored.json"
    html = tmp_path / "report.html"

    def run(*options: str) -> Any:
        questions.write_text(yaml.safe_dump(cases, allow_unicode=True), encoding="utf-8")
        command = ["eval", "--questions", str(questions), "--split", "dev", "--stored", str(stored)]
        return CliRunner().invoke(app, [*command, *options])

    assert run("--gate").exit_code == 1  # nothing is stored yet
    kept = run("--store")
    assert kept.exit_code == 0, kept.output
    assert json.loads(stored.read_text(encoding="utf-8"))["cases"] == len(cases)
    before = stored.read_bytes()
    passed = run("--gate")
    assert passed.exit_code == 0, passed.output
    assert "Since stored" in passed.output
    cases = [case | {"facts": [["<script>alert(1)</script>"]]} for case in cases]
    failed = run("--gate", "--html", str(html))
    assert failed.exit_code == 1
    assert "right: 0.0%" in failed.output
    assert stored.read_bytes() == before
    page = html.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "missing: &lt;script&gt;" in page
    assert page.count("<svg") == 3


@pytest.mark.usefixtures("assistant")
def test_the_dev_split_is_no_worse_than_stored(settings: Settings) -> None:
    shown = Console(file=io.StringIO(), width=120)
    files = [path for path in QUESTIONS if path.name.startswith(settings.call)]
    found = run_command(
        settings, files, console=shown, out=None, split="dev", failures=100, summary_path=None,
        with_baseline=False, call=settings.call, gate=True,
    )  # fmt: skip
    assert found["gate"] == [], shown.file.getvalue()  # type: ignore[attr-defined]
