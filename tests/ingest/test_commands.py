"""Commands on calls that are not there, or broken: one sentence that names them, and a failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assistant.cli import app
from assistant.embedding import Embedder
from assistant.settings import Settings
from ingest.build import ingest
from tests.ingest.corner import CALL

Command = Callable[..., Result]


@pytest.fixture
def aap(corner: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs ``aap`` on the installation with the made-up call."""
    for name in ("corpus_dir", "data_dir", "call", "cache_dir"):
        monkeypatch.setenv(f"AAP_{name.upper()}", str(getattr(corner, name)))
    return lambda *words: CliRunner().invoke(app, list(words))


def add_call(corner: Settings, id_: str, toml: str) -> Path:
    folder = corner.corpus_dir / id_
    folder.mkdir()
    (folder / "call.toml").write_text(toml, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "corpus status", "corpus versions", "corpus fetch", "corpus diff 1 2", "corpus rollback 1",
        "corpus prune", "ingest", "eval", "eval --mails", "mail sync a.eml", "mail draft a.eml",
    ],
)  # fmt: skip
def test_a_call_that_is_not_there(aap: Command, corner: Settings, command: str) -> None:
    before = sorted(corner.data_dir.rglob("*"))
    done = aap(*command.split(), "--call", "nope")
    assert done.exit_code == 1
    assert "no call 'nope'" in done.stderr and "essai" in done.stderr and not done.stdout
    assert sorted(corner.data_dir.rglob("*")) == before, "nothing is created for it"


def test_versions_of_a_call_whose_folder_is_gone(
    aap: Command, corner: Settings, embedder: Embedder
) -> None:
    assert "No version was built yet" in aap("corpus", "versions").stdout
    ingest(corner, "essai", embedder)
    (corner.corpus_dir / "essai").rename(corner.corpus_dir.parent / "essai")
    done = aap("corpus", "versions")
    assert done.exit_code == 0 and "reglement" in done.stdout


def test_a_broken_call_does_not_keep_the_others_from_being_ingested(
    aap: Command, corner: Settings
) -> None:
    add_call(corner, "broken", "title = ")
    add_call(corner, "empty", CALL.replace('"essai"', '"empty"'))
    done = aap("ingest", "--all")
    assert done.exit_code == 1
    assert "essai: version 1 built" in done.stdout
    assert "2 of 3 call(s) not ingested: broken, empty." in done.stderr
    (corner.corpus_dir / "broken" / "call.toml").unlink()
    (corner.corpus_dir / "empty" / "call.toml").unlink()
    again = aap("ingest", "--all")
    assert again.exit_code == 0 and "up to date" in again.stdout


def test_doctor_looks_at_every_call(aap: Command, corner: Settings, embedder: Embedder) -> None:
    ingest(corner, "essai", embedder)
    add_call(corner, "broken", "title = ")
    done = aap("doctor")
    lines = done.stdout.splitlines()
    assert done.exit_code == 1
    assert [line for line in lines if line.startswith("no  corpus") and "broken" in line]
    assert [line for line in lines if line.startswith("no  index") and "aap ingest --call broken" in line]
    assert [line for line in lines if line.startswith("ok  corpus") and "essai" in line]
    assert [line for line in lines if line.startswith("ok  index") and "version 1 of essai" in line]


def test_check_says_in_a_sentence_which_file_is_missing_or_unreadable(
    aap: Command, corner: Settings
) -> None:
    folder = corner.corpus_dir / "essai"
    (folder / "reglement.md").unlink()
    done = aap("call", "check")
    assert done.exit_code == 1 and "Errno" not in done.output
    assert f"there is no file {folder / 'reglement.md'}; put it there" in done.output
    (folder / "reglement.md").mkdir()
    done = aap("call", "check")
    assert done.exit_code == 1 and "Errno" not in done.output
    assert "reglement.md can't be read (Is a directory)" in done.output
    (folder / "faq.toml").unlink()
    (folder / "faq.toml").mkdir()
    done = aap("call", "check")
    assert done.exit_code == 1 and "Errno" not in done.output
    assert "faq.toml can't be read (Is a directory)" in done.output
