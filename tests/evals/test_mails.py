"""The mails of the evals: real MIME, scored as they say."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.desk.triage import Desk
from assistant.errors import CorpusError
from evals.mails.bench import bench_mails
from evals.mails.cases import load_mails
from evals.mails.score import figures, run_mails

FOLDER = Path(__file__).parents[2] / "evals" / "mails" / "numerique-2024"


def test_all_mails_are_whole_and_differ() -> None:
    cases = [case for path in sorted(FOLDER.glob("*.yaml")) for case in load_mails(path)]
    assert len(cases) >= 60
    assert len({case.id for case in cases}) == len(cases)
    assert all(message_from_bytes(case.raw)["Message-ID"] for case in cases)
    assert {case.shape for case in cases} >= {"html", "latin1", "cp1252", "b64", "bounce", "rfc822", "reply"}


@pytest.mark.parametrize("name", ["first", "eighth"])
def test_the_desk_reaches_its_targets(assistant: Assistant, name: str) -> None:
    scores, _ = run_mails(Desk(assistant), load_mails(FOLDER / f"{name}.yaml"))
    found = {name: part / whole for name, (part, whole) in figures(scores).items() if whole}
    assert found["automated right"] == 1
    assert found["needs a person, recall"] >= 0.95
    assert found["needs a person, precision"] >= 0.90
    assert found["questions found"] >= 0.90
    assert found["drafts with all facts and no wrong one"] >= 0.85
    assert found["drafts with a wrong date, amount or contact"] == 0


def test_a_made_up_answer_is_counted_as_wrong(assistant: Assistant) -> None:
    from dataclasses import replace

    from evals.mails.score import score

    desk = Desk(assistant)
    case = next(case for case in load_mails(FOLDER / "first.yaml") if case.id == "m01")
    right = desk.triage(case.raw)
    wrong = score(case, replace(right, draft=right.draft + "\nClôture le 30 avril 2031."), desk)
    assert wrong.wrong == ("2031-04-30",)
    assert score(case, replace(right, draft=""), desk).missing_facts == ("13 mars 2024",)


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mails.yaml"
    path.write_text("- {id: a, from: b, subject: c, body: d, gold: {typo: 1}}", encoding="utf-8")
    with pytest.raises(CorpusError, match="mails.yaml.*typo"):
        load_mails(path)


def test_the_bench_triages_as_many_mails_as_it_says(assistant: Assistant) -> None:
    cases = load_mails(FOLDER / "first.yaml")[:5]
    row = bench_mails(Desk(assistant), cases, 12, distinct=True, workers=2)
    assert row.mails == 12 and row.questions >= 5 and 0 < row.p50 <= row.p95 and row.per_second > 0
