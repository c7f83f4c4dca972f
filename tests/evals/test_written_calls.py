"""Calls that are written only to be measured: from the file to the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.embedding import Embedder
from assistant.settings import Settings
from evals.written_calls import Outcome, measure

CALL = """# Appel « Passerelles » 2031
## Dates
= 1 Les dossiers sont déposés du 3 mars au 12 mai 2031.
? jusqu'à quand peut-on déposer un dossier ?
## Bénéficiaires
= 2 Les communes de moins de 5 000 habitants et leurs groupements peuvent déposer un dossier.
? Qui peut déposer un dossier ?
= 3 Le jury comprend deux élus et trois habitants tirés au sort.
? De qui se compose le jury ?
! Quelle est la couleur du cheval blanc d'Henri IV ?
! combien de médailles aux jeux olympiques de Sydney
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "passerelles.txt"
    path.write_text(CALL, encoding="utf-8")
    return path


@pytest.fixture
def own(settings: Settings, assistant: Assistant, tmp_path: Path) -> Settings:
    # The standard questions are those that the assistant of the tests was built with.
    data = tmp_path / "data"
    data.mkdir()
    (data / "prototypes").symlink_to(settings.data_dir / "prototypes")
    return settings.model_copy(update={"corpus_dir": tmp_path / "corpus", "data_dir": data})


def test_a_written_call_is_measured(path: Path, own: Settings, embedder: Embedder) -> None:
    outcome = measure(path, own, embedder)
    assert outcome == Outcome(answerable=3, right=3, abstained=0, open=2, left_open=2, wrong=0)
    shown = str(outcome + outcome)
    assert "right passage 100.0% of 6" in shown and "left open 100.0% of 4" in shown


def test_another_passage_is_not_the_right_one(path: Path, own: Settings, embedder: Embedder) -> None:
    jury = "? De qui se compose le jury ?\n"
    moved = CALL.replace(jury, "").replace("= 3", f"{jury}= 3")
    path.write_text(f"{moved}! jusqu'à quand peut-on déposer ?\n", encoding="utf-8")
    outcome = measure(path, own, embedder)
    assert outcome == Outcome(answerable=3, right=2, abstained=0, open=3, left_open=2, wrong=0)


def test_so_many_questions_are_drawn(path: Path, own: Settings, embedder: Embedder) -> None:
    outcome = measure(path, own, embedder, 2)
    assert outcome.answerable + outcome.open == 2
