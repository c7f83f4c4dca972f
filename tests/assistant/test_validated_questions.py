"""What a person validated is answered whenever it is asked in the very words, as long as its quote stands."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.answering.assistant import Assistant
from assistant.clock import stopped_clock
from assistant.embedding import Embedder
from assistant.settings import Settings
from ingest.build import ingest

OLD, NEW = "13 mars 2024", "27 mars 2024"


def validated(settings: Settings) -> list[dict[str, object]]:
    text = (settings.corpus_dir / settings.call / "faq.toml").read_text(encoding="utf-8")
    return [entry for entry in tomllib.loads(text)["entry"] if entry.get("quote") or entry.get("quotes")]


def test_validated_questions_are_never_left_unanswered(assistant: Assistant, settings: Settings) -> None:
    # Every question of one entry, and the 29th of the others: unusual words, in several languages.
    asked = [
        question
        for number, entry in enumerate(validated(settings))
        for question in (entry["questions"] if number == 40 else entry["questions"][28:29])  # type: ignore[index]
    ]
    assert len(asked) > 100
    left = [question for question in asked if assistant.ask(question).abstained]
    assert left == []


def test_rows_that_one_question_is_bound_to_are_told_together(assistant: Assistant, settings: Settings) -> None:
    wanted = next(entry for entry in validated(settings) if entry["id"] == "calendrier-complet")
    answer = assistant.ask(wanted["questions"][0])  # type: ignore[index]
    assert answer.status == "answered"
    lines = [line for line in answer.text.splitlines() if line.startswith("- ")]
    assert len(lines) > 1 and " : " in lines[0] and "\t" not in answer.text, answer.text


@pytest.fixture(scope="module")
def moved(settings: Settings, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The call with another closing date, which five validated questions expire by."""
    folder = tmp_path_factory.mktemp("moved")
    shutil.copytree(settings.corpus_dir / settings.call, folder / "corpus" / settings.call)
    shutil.copytree(settings.data_dir, folder / "data", symlinks=True)
    path: Path = folder / "corpus" / settings.call / "reglement.md"
    text = path.read_text(encoding="utf-8")
    assert OLD in text
    path.write_text(text.replace(OLD, NEW), encoding="utf-8")
    chosen = settings.model_copy(update={"corpus_dir": folder / "corpus", "data_dir": folder / "data"})
    ingest(chosen, chosen.call, embedder)
    made = Assistant(chosen, embedder, stopped_clock(datetime(2024, 2, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))))
    yield made
    made.close()


@pytest.mark.parametrize("question", [
    "Quelle est la date limite ?",
    "Quelle est la date de clôture de l'appel à projets ?",
    "Jusqu'à quand peut-on candidater ?",
    "When is the deadline?",
    "c quoi la date limite svp",
])  # fmt: skip
def test_a_moved_deadline_is_told_from_its_passage(moved: Assistant, assistant: Assistant, question: str) -> None:
    then, now = assistant.ask(question), moved.ask(question)
    assert any(OLD in citation.quote for citation in then.citations)
    assert any(NEW in citation.quote for citation in now.citations), now.text
    assert "13" not in now.text
