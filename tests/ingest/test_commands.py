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
from assistant.sources import write_states
from ingest.build import ingest
from tests.ingest.corner import CALL, FAQ

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


def test_a_version_tells_what_changed_and_what_was_removed(aap: Command, corner: Settings, embedder: Embedder) -> None:
    path = corner.corpus_dir / "essai" / "reglement.md"
    ingest(corner, "essai", embedder)
    first = path.read_text(encoding="utf-8")
    for number, day in enumerate(("4 mai", "5 mai", "6 mai"), start=1):
        path.write_text(first.replace("3 mai", day), encoding="utf-8")
        done = aap("ingest", "--no-propose")
        assert done.exit_code == 0
        shown = f"1 passage(s) changed since version {number}: 'aap corpus diff {number} {number + 1} --call essai' shows them."
        assert shown in done.stdout
    assert "removed: version 1 (the 3 newest are kept)." in done.stdout
    (corner.corpus_dir / "essai" / "faq.toml").write_text(
        FAQ.replace("juin", "juillet").replace('"jury"', '"nouveau"') + FAQ, encoding="utf-8"
    )
    path.write_text(first.replace("siège en juin", "siège au printemps"), encoding="utf-8")
    done = aap("ingest")
    assert "FAQ entry 'jury' expired" in done.stdout
    assert (
        "FAQ entry 'nouveau' is not used: its quote was not found in the sources; the nearest sentence is "
        "« Le jury siège au printemps 2025. »." in done.stdout
    )
    path.write_text("", encoding="utf-8")
    done = aap("ingest")
    assert done.exit_code == 1 and "reglement.md: the file is empty" in done.stderr


def test_a_call_out_of_service_leaves_nothing(aap: Command, corner: Settings, embedder: Embedder) -> None:
    ingest(corner, "essai", embedder)
    write_states(corner.data_dir, "essai", {})
    done = aap("corpus", "prune", "--call", "essai", "--all")
    assert done.exit_code == 1 and "'essai' is in service" in done.stderr
    add_call(corner, "autre", CALL.replace('"essai"', '"autre"'))
    (corner.corpus_dir / "essai").rename(corner.corpus_dir.parent / "essai")
    done = aap("corpus", "prune", "--call", "essai", "--all")
    assert done.exit_code == 0 and "all that was kept of 'essai'" in done.stdout
    assert not (corner.data_dir / "index" / "essai").exists() and not (corner.data_dir / "sources" / "essai").exists()
    for gone in ("essai", "../essai", "autre/.."):
        assert aap("corpus", "prune", "--call", gone, "--all").exit_code == 1
    assert (corner.corpus_dir.parent / "essai").exists()


def test_what_is_missing_is_named(aap: Command, corner: Settings, tmp_path: Path) -> None:
    done = aap("eval", "--call", "essai")
    assert done.exit_code == 1 and "questions/essai.yaml is missing" in done.stderr.replace("\n", "")
    (tmp_path / "reglement").write_text("x", encoding="utf-8")
    for source, said in ((tmp_path, "is a folder"), (tmp_path / "reglement", "has no suffix: rename it after its format (.pdf,")):
        done = aap("call", "new", "neuf", "--from", str(source))
        assert done.exit_code == 1 and said in done.stderr


def test_a_corpus_folder_that_can_not_be_written(aap: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "r.md"
    source.write_text("# Essai\n\nTexte.\n", encoding="utf-8")
    monkeypatch.setenv("AAP_CORPUS_DIR", str(source))
    done = aap("call", "new", "neuf", "--from", str(source))
    assert done.exit_code == 1 and "r.md can't be written" in done.stderr and "AAP_CORPUS_DIR" in done.stderr
