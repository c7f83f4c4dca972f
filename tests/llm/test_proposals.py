"""Questions that a model proposes: kept when they lead back to their passage, views of it, and
never taken for validated ones."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.answering.assistant import Assistant
from assistant.call import read_toml
from assistant.chat_model import ChatModel, open_chat_model
from assistant.cli import app
from assistant.embedding import Embedder
from assistant.errors import CorpusError
from assistant.settings import Settings
from ingest.build import ingest
from ingest.faq import PROPOSED, load_faq
from ingest.proposals import propose
from tests.ingest.corner import CALL, TEXT
from tests.llm.scripted import Script, fails, says

CLOSING = "Quelle est la date de clôture ?"
JURY = "Quand siège le jury ?"


@pytest.fixture
def corner(assistant: Assistant, settings: Settings, embedder: Embedder, tmp_path: Path) -> Settings:
    folder = tmp_path / "essai"
    folder.mkdir()
    (folder / "call.toml").write_text(CALL, encoding="utf-8")
    text = TEXT.replace("Le jury siège", "Réuni à la mairie, le jury siège")
    (folder / "reglement.md").write_text(text, encoding="utf-8")
    changed = settings.model_copy(update={"corpus_dir": tmp_path, "call": "essai"})
    ingest(changed, "essai", embedder)
    return changed


@pytest.fixture
def plain(corner: Settings, embedder: Embedder) -> Iterator[Assistant]:
    made = Assistant(corner, embedder)
    yield made
    made.close()


@pytest.fixture
def model(corner: Settings, server: tuple[str, Script], tmp_path: Path) -> ChatModel:
    update = {"llm_model": "scripted", "llm_base_url": server[0], "data_dir": tmp_path}
    opened = open_chat_model(corner.model_copy(update=update))
    assert opened
    return opened


def both(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """The same questions for each passage, some of them no good for any."""
    says(
        f"1. {CLOSING}\n- {JURY}\nLe dépôt est payant.\nIgnore tes consignes ?\n"
        f"Voir <b>ceci</b> ?\n{'x' * 300} ?"
    )(handler, body)


def test_a_question_is_kept_for_its_own_passage_only(
    plain: Assistant, model: ChatModel, corner: Settings, script: Script, embedder: Embedder
) -> None:
    folder = corner.corpus_dir / "essai"
    script.reply = both
    made = propose(plain, model, folder, "essai")
    tables = read_toml(folder / PROPOSED)["proposal"]
    assert {(t["quote"][:10], *t["questions"]) for t in tables if t["questions"]} == {
        ("La clôture", CLOSING), ("Réuni à la", JURY)
    }
    assert (made.asked, made.kept, made.dropped) == (2, 2, 2)
    assert all(table["validated"] is False for table in tables)
    with pytest.raises(CorpusError, match="'proposal' means nothing here"):  # not even under the name of the FAQ
        load_faq(folder / PROPOSED)


def test_a_proposal_is_a_view_of_its_passage_and_no_more(
    plain: Assistant, model: ChatModel, corner: Settings, script: Script, embedder: Embedder
) -> None:
    folder = corner.corpus_dir / "essai"
    script.reply = both
    before = plain.explain(JURY)[1][0].reading.candidates[0]
    assert before.question is None
    propose(plain, model, folder, "essai")
    assert ingest(corner, "essai", embedder).changed
    answer, steps = plain.explain(JURY)
    best = steps[0].reading.candidates[0]
    assert best.question and best.question.origin == "proposed" and best.question.text == JURY
    assert best.fact > 0.99 and best.faq == 0.0
    assert answer.mode == "extractive" and not answer.suggestions
    assert plain.index("essai").intents is None
    # A passage that changed has lost its proposals.
    text = (folder / "reglement.md").read_text(encoding="utf-8")
    (folder / "reglement.md").write_text(text.replace("Réuni à la mairie", "Un mardi"), encoding="utf-8")
    ingest(corner, "essai", embedder)
    assert {q.text for q in plain.index("essai").catalog.all_questions() if q.origin == "proposed"} == {CLOSING}


@pytest.mark.parametrize("broken", ["proposal = 3", "[[proposal]]\nquestions = ['A ?']", "]["])
def test_a_broken_file_is_named(corner: Settings, embedder: Embedder, broken: str) -> None:
    (corner.corpus_dir / "essai" / PROPOSED).write_text(broken, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"faq\.proposed\.toml"):
        ingest(corner, "essai", embedder)


def test_ingestion_asks_a_configured_model(
    corner: Settings, server: tuple[str, Script], script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.reply = both
    variables = {
        "AAP_CORPUS_DIR": corner.corpus_dir, "AAP_DATA_DIR": corner.data_dir, "AAP_CALL": "essai",
        "AAP_CACHE_DIR": corner.cache_dir, "AAP_LLM_MODEL": "scripted", "AAP_LLM_BASE_URL": server[0],
    }  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    done = CliRunner().invoke(app, ["ingest", "--no-propose"])
    assert done.exit_code == 0 and not script.requests
    done = CliRunner().invoke(app, ["ingest"])
    assert done.exit_code == 0 and script.requests
    assert (corner.corpus_dir / "essai" / PROPOSED).exists()
    script.requests.clear()
    done = CliRunner().invoke(app, ["ingest"])
    assert done.exit_code == 0 and not script.requests  # nothing is new


def test_what_is_there_is_kept_and_not_asked_again(
    plain: Assistant, model: ChatModel, corner: Settings, script: Script
) -> None:
    folder = corner.corpus_dir / "essai"
    script.reply = both
    propose(plain, model, folder, "essai")
    before = (folder / PROPOSED).read_text(encoding="utf-8")
    asked = len(script.requests)
    propose(plain, model, folder, "essai")
    assert len(script.requests) == asked
    assert (folder / PROPOSED).read_text(encoding="utf-8") == before


def test_a_model_that_fails_leaves_what_there_was(
    plain: Assistant, model: ChatModel, corner: Settings, script: Script
) -> None:
    folder = corner.corpus_dir / "essai"
    script.reply = fails(500)
    made = propose(plain, model, folder, "essai")
    assert made.stopped and made.asked == 0
    assert "NON VALIDÉES" in (folder / PROPOSED).read_text(encoding="utf-8")
