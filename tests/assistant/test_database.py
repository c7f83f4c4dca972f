"""A database that can't be used is said in one sentence, with the setting and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app

URLS = [
    "foo", "nosuch://u:secret@h/x", "postgresql://u:secret@h:port/x",
    "postgresql://u:secret@127.0.0.1:1/x", "sqlite:////proc/nowhere/x.sqlite",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_server_does_not_start(url: str, workers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AAP_DATABASE_URL", url)
    monkeypatch.setenv("AAP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("AAP_WORKERS", workers)
    _refused(["serve", "--port", "18471"])


@pytest.mark.parametrize("url", URLS)
def test_nothing_is_read_from_the_desk(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AAP_DATABASE_URL", url)
    _refused(["mail", "export", "--out", str(tmp_path / "all.jsonl")])


def _refused(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, arguments)
    said = " ".join(done.output.split())
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.exception
    assert "AAP_DATABASE_URL" in said and "AAP_DATA_DIR" in said and "secret" not in said
