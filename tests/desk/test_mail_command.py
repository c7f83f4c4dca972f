"""``aap mail draft``: as the desk would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.desk.store import Store
from assistant.desk.tables import Wording
from assistant.desk.triage import Desk
from assistant.desk.wordings import Learned, keep_wordings
from assistant.settings import Settings

Letter = Callable[..., bytes]


def test_words_validated_at_the_desk_are_used_on_the_command_line(
    own: Settings, desk: Desk, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AAP_DATA_DIR", str(own.data_dir))
    monkeypatch.setenv("AAP_CORPUS_DIR", str(own.corpus_dir))
    (tmp_path / "a.eml").write_bytes(letter("Qui contacter pour les tiers-lieux ?"))

    def draft() -> str:
        done = CliRunner().invoke(app, ["mail", "draft", str(tmp_path / "a.eml"), "--out", str(tmp_path / "out.jsonl")])
        assert done.exit_code == 0, done.output
        return str(json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["draft"])

    first = draft()
    assert not (own.data_dir / "desk.sqlite").exists(), "nothing is created by a draft"
    reply = desk.triage((tmp_path / "a.eml").read_bytes()).replies[0]
    assert reply.answer is not None
    quotes = tuple(citation.quote for citation in reply.answer.citations)
    store = Store(f"sqlite:///{own.data_dir}/desk.sqlite")
    try:
        keep_wordings(store, own.call, "anne", [Learned(reply.key, "Écrivez à la personne citée [1].", quotes)], 1)
        with store.session() as session:
            assert session.query(Wording).count() == 1
    finally:
        store.close()
    second = draft()
    assert "Écrivez à la personne citée [1]." in second and "Écrivez à la personne citée" not in first
