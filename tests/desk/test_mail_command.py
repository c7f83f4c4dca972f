"""``aap mail draft``: as the desk would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
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


def test_a_file_that_can_not_be_read_is_told_and_nothing_is_made_for_it(
    own: Settings, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AAP_DATA_DIR", str(own.data_dir))
    monkeypatch.setenv("AAP_CORPUS_DIR", str(own.corpus_dir))
    missing, broken, good = tmp_path / "none.eml", tmp_path / "broken.eml", tmp_path / "good.eml"
    broken.write_bytes(b"")
    good.write_bytes(letter("Quelle est la date de clôture ?"))
    out = tmp_path / "drafts" / "today" / "out.jsonl"

    def draft(*files: Path) -> Result:
        return CliRunner().invoke(app, ["mail", "draft", *map(str, files), "--out", str(out)])

    done = draft(missing)
    assert done.exit_code == 1 and "none.eml can't be read" in done.stderr and not done.stdout
    assert not (tmp_path / "drafts").exists()
    done = draft(missing, broken, good)
    assert done.exit_code == 1 and "1 mail(s) in" in done.stdout
    assert "2 of 3 mail(s) could not be read" in done.stderr
    lines = [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
    # A file that is there and holds no mail has its line: a person must look at it.
    assert [(Path(one["file"]).name, one["status"]) for one in lines] == [
        ("broken.eml", "unreadable"), ("good.eml", "answered"),
    ]  # fmt: skip
