from __future__ import annotations

import json
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from assistant.errors import QuestionError
from assistant.types import Answer, Citation, Document, Turn
from evals.cases import Case
from evals.runner import run, write_out

Cite = Callable[..., Citation]
Reply = Callable[..., Answer]

CLOSING = "Date de clôture de l'appel à projets\t13 mars 2024"


class Scripted:
    """Answers by the question; an exception is raised, anything else returned."""

    def __init__(self, script: dict[str, Answer | Exception], document: Document) -> None:
        self.script = script
        self.asked: list[tuple[str, list[Turn], str | None]] = []
        self.lookups = 0
        self._document = document

    def ask(self, question: str, history: Sequence[Turn], *, call: str | None = None) -> Answer:
        self.asked.append((question, list(history), call))
        outcome = self.script[question]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def document(self, call_id: str, document_id: str) -> Document:
        self.lookups += 1
        if document_id != self._document.id:
            raise KeyError(document_id)
        return self._document


@pytest.fixture
def scripted(regulation: Document, reply: Reply, cite: Cite) -> Scripted:
    good = reply("Le 13 mars 2024 [1].", cite(CLOSING))
    lost = reply("Le 13 mars 2024 [1].", cite(CLOSING, document="perdu"))
    script: dict[str, Answer | Exception] = {
        "good": good,
        "lost": lost,
        "empty": QuestionError("Écrivez une question."),
        "crash": RuntimeError("le modèle est tombé"),
        "none": reply("Je n'ai pas trouvé.", status="not_in_sources"),
    }
    return Scripted(script, regulation)


def cases(*questions: str) -> list[Case]:
    return [Case(id=f"c-{q}", question=q, facts=[["13 mars 2024"]]) for q in questions]


def test_one_failure_does_not_stop_the_run(scripted: Scripted) -> None:
    seen: list[tuple[int, int]] = []
    records = run(
        scripted, cases("crash", "empty", "good"), progress=lambda *step: seen.append(step)
    )
    crash, empty, good = records
    assert crash.answer is None
    assert crash.error == "RuntimeError: le modèle est tombé"
    assert crash.scores.right is False
    assert empty.error is None
    assert empty.answer is not None
    assert (empty.answer.status, empty.answer.text) == ("refused", "Écrivez une question.")
    assert empty.answer.abstained
    assert good.scores.right
    assert all(record.latency_ms >= 0 for record in records)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_history_and_call_reach_the_assistant(scripted: Scripted) -> None:
    turn = Turn(role="user", text="Bonjour")
    run(scripted, [Case(id="a", question="good", history=[turn], call="autre-2025")])
    run(scripted, [Case(id="a", question="good", call="autre-2025")], call="essai-2024")
    assert scripted.asked == [("good", [turn], "autre-2025"), ("good", [], "essai-2024")]


def test_a_document_is_asked_for_once_and_a_lost_one_makes_its_quote_inexact(
    scripted: Scripted,
) -> None:
    good, again, lost = run(scripted, [*cases("good"), *cases("good"), *cases("lost")])
    assert scripted.lookups == 2
    assert good.scores.citation_precision
    assert again.scores.citation_precision
    assert lost.scores.citation_precision is False


def test_the_out_file_is_as_the_design_says(scripted: Scripted, tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.jsonl"
    write_out(run(scripted, cases("good", "none", "empty", "crash")), path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [set(line) for line in lines] == [
        {"id", "answer", "abstained", "status", "citations", "latency_ms"}
    ] * 4
    start = lines[0]["citations"][0]["start"]
    assert lines[0]["citations"] == [
        {
            "quote": CLOSING,
            "document": "reglement",
            "heading": "IV. Calendrier",
            "start": start,
            "end": start + len(CLOSING),
        }
    ]
    assert [(line["id"], line["status"], line["abstained"]) for line in lines] == [
        ("c-good", "answered", False),
        ("c-none", "not_in_sources", True),
        ("c-empty", "refused", True),
        ("c-crash", "error", False),
    ]
    assert lines[0]["answer"] == "Le 13 mars 2024 [1]."
    assert "É" in path.read_text(encoding="utf-8")


def test_the_out_file_is_replaced_whole_and_nothing_is_left_behind(
    scripted: Scripted, tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    write_out(run(scripted, cases("good", "none")), path)
    write_out(run(scripted, cases("none")), link)
    assert link.is_symlink()
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["c-none"]
    assert sorted(tmp_path.iterdir()) == [link, path]


def test_a_device_is_written_to_and_not_replaced(scripted: Scripted) -> None:
    write_out(run(scripted, cases("none")), Path("/dev/null"))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_line_break_in_an_answer_stays_in_its_line(
    regulation: Document, reply: Reply, tmp_path: Path
) -> None:
    text = "un\ndeux\u2028trois"
    scripted = Scripted({"q": reply(text, status="not_in_sources")}, regulation)
    write_out(run(scripted, cases("q")), tmp_path / "run.jsonl")
    (line,) = (tmp_path / "run.jsonl").read_text(encoding="utf-8").strip().split("\n")
    assert json.loads(line)["answer"] == text
