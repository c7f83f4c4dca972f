"""Questions that a model proposes: kept when they lead back to their passage, never served."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.assistant import Assistant
from assistant.call import read_toml
from assistant.chat_model import ChatModel, open_chat_model
from assistant.embedding import Embedder
from assistant.settings import Settings
from ingest.build import ingest
from ingest.faq import load_faq
from ingest.proposals import FILE, propose
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
    tables = read_toml(folder / FILE)["proposal"]
    assert {(t["quote"][:10], *t["questions"]) for t in tables} == {
        ("La clôture", CLOSING), ("Réuni à la", JURY)
    }
    assert (made.asked, made.kept, made.dropped) == (2, 2, 2)
    assert all(table["validated"] is False for table in tables)
    assert load_faq(folder / FILE) == []  # not even under the name of the FAQ
    assert not ingest(corner, "essai", embedder).changed
    assert plain.ask(JURY).mode == "extractive"


def test_what_is_there_is_kept_and_not_asked_again(
    plain: Assistant, model: ChatModel, corner: Settings, script: Script
) -> None:
    folder = corner.corpus_dir / "essai"
    script.reply = both
    propose(plain, model, folder, "essai")
    before = (folder / FILE).read_text(encoding="utf-8")
    asked = len(script.requests)
    propose(plain, model, folder, "essai")
    assert len(script.requests) == asked
    assert (folder / FILE).read_text(encoding="utf-8") == before


def test_a_model_that_fails_leaves_what_there_was(
    plain: Assistant, model: ChatModel, corner: Settings, script: Script
) -> None:
    folder = corner.corpus_dir / "essai"
    script.reply = fails(500)
    made = propose(plain, model, folder, "essai")
    assert made.stopped and made.asked == 0
    assert "NON VALIDÉES" in (folder / FILE).read_text(encoding="utf-8")
