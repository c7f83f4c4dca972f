from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.types import Turn
from evals.cases import load_cases

EVALS = Path(__file__).resolve().parents[2] / "evals"


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_id_and_question_are_enough_and_unknown_keys_are_ignored(tmp_path: Path) -> None:
    path = write(tmp_path / "q.yaml", "- {id: a, question: Quand, difficulty: {level: 3}}")
    (case,) = load_cases([path])
    assert (case.id, case.question, case.history, case.facts) == ("a", "Quand", [], [])
    assert not case.scored


def test_gold_and_history_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "q.yaml",
        """
- id: 12
  question: Et la fin ?
  history: [{role: user, text: "L'ouverture ?", date: 2024-01-10}]
  expect: answer
  facts: [[13 mars 2024, 13/03/2024], 2024-03-13, 37]
  quotes: null
""",
    )
    (case,) = load_cases([path])
    assert case.id == "12"
    assert case.history == [Turn(role="user", text="L'ouverture ?")]
    assert case.facts == [["13 mars 2024", "13/03/2024"], ["2024-03-13"], ["37"]]
    assert case.quotes == []
    assert case.scored


def test_facts_without_expect_want_an_answer(tmp_path: Path) -> None:
    (case,) = load_cases([write(tmp_path / "q.yaml", "- {id: a, question: q, facts: [x]}")])
    assert case.expected == "answer"


def test_json_is_yaml_too(tmp_path: Path) -> None:
    (case,) = load_cases([write(tmp_path / "q.json", '\ufeff[{"id": "a", "question": "مرحبا"}]')])
    assert case.question == "مرحبا"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- id: a\n  question: [", "is not valid YAML"),
        ("- {id: a, question: q, when: 2024-13-45}", "is not valid YAML"),
        ("", "holds no question"),
        ("[]", "holds no question"),
        ("questions: [{id: a}]", "holds a dict"),
        ("- {id: a, question: q}\n- just words", "item 2"),
        ("- {id: a}", r"item 1 \(a\): question: Field required"),
        ("- {question: q}", "item 1: id: Field required"),
        ("- {id: a, question: [q]}", r"item 1 \(a\): question"),
        ("- {id: a, question: q, expect: maybe}", r"\(a\): expect"),
        ("- {id: a, question: q, facts: [[{x: 1}]]}", r"\(a\): facts.0.0"),
        ("- {id: a, question: q, quotes: one}", r"\(a\): quotes"),
        ("- {id: a, question: q, history: [{role: robot, text: t}]}", r"history.0.role"),
        ("- {id: a, question: q, history: [hello]}", r"history.0"),
        ("- {id: a, question: q}\n- {id: a, question: r}", "item 2: the id 'a' is already used"),
    ],
)
def test_errors_name_the_file_and_the_item(tmp_path: Path, content: str, message: str) -> None:
    path = write(tmp_path / "broken.yaml", content)
    with pytest.raises(CorpusError, match=message) as caught:
        load_cases([path])
    assert str(path) in str(caught.value)


def test_ids_differ_across_files(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", "- {id: a, question: q}")
    two = write(tmp_path / "two.yaml", "- {id: a, question: q}")
    with pytest.raises(CorpusError, match=r"two\.yaml, item 1.*one\.yaml"):
        load_cases([one, two])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"- {id: a, question: \xe9t\xe9}")
    for path, message in (
        (tmp_path / "none.yaml", "is missing"),
        (tmp_path, "can't be read"),
        (tmp_path / "latin.yaml", "can't be read"),
    ):
        with pytest.raises(CorpusError, match=message):
            load_cases([path])


def test_the_sets_of_the_project_load() -> None:
    paths = sorted(EVALS.glob("questions/*.yaml")) + sorted(EVALS.glob("calls/*/questions.yaml"))
    cases = load_cases(paths)
    assert len(cases) > 500
    assert {case.split for case in cases} == {"dev", "test"}
    assert all(case.scored for case in cases)
    assert not [case.id for case in cases if case.expected == "abstain" and case.facts]
    assert not [case.id for case in cases if case.expected == "answer" and not case.facts]
