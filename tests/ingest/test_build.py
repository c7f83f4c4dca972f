"""Versions of an index: incremental, complete or not at all, one builder at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.embedding import Embedder
from assistant.errors import CorpusError, IndexBusyError
from assistant.index.versions import Versions
from assistant.settings import Settings
from ingest.build import ingest

CALL = """
id = "essai"
title = "Essai"
authority = "Ministère"
[handoff]
name = "A B"
email = "a.b@c.example"
[[documents]]
id = "reglement"
path = "reglement.md"
title = "Règlement"
kind = "regulation"
"""
TEXT = "# Titre\n\n## I. Dates\n\nLa clôture est fixée au 3 mai 2025.\n\nLe jury siège en juin 2025.\n"
FAQ = '[[entry]]\nid = "jury"\nquestions = ["Quand siège le jury ?"]\nquote = "Le jury siège en juin 2025."\n'


@pytest.fixture
def corner(tmp_path: Path, settings: Settings) -> Settings:
    folder = tmp_path / "corpus" / "essai"
    folder.mkdir(parents=True)
    (folder / "call.toml").write_text(CALL, encoding="utf-8")
    (folder / "reglement.md").write_text(TEXT, encoding="utf-8")
    (folder / "faq.toml").write_text(FAQ, encoding="utf-8")
    update = {"corpus_dir": tmp_path / "corpus", "call": "essai", "lock_timeout_s": 0.1}
    return settings.model_copy(update=update)


@pytest.fixture(autouse=True)
def fresh(settings: Settings) -> None:
    import shutil

    shutil.rmtree(settings.data_dir / "index" / "essai", ignore_errors=True)


def test_unchanged_embeds_nothing_and_an_edit_only_its_views(
    corner: Settings, embedder: Embedder
) -> None:
    first = ingest(corner, "essai", embedder)
    again = ingest(corner, "essai", embedder)
    assert (again.version, again.changed, again.embedded) == (first.version, False, 0)
    path = corner.corpus_dir / "essai" / "reglement.md"
    path.write_text(TEXT.replace("juin", "juillet"), encoding="utf-8")
    edited = ingest(corner, "essai", embedder)
    assert edited.version == first.version + 1
    assert 0 < edited.embedded < first.embedded
    assert edited.expired_faq == ("jury",)


def test_a_broken_file_is_named_and_the_index_stays(corner: Settings, embedder: Embedder) -> None:
    first = ingest(corner, "essai", embedder)
    path = corner.corpus_dir / "essai" / "call.toml"
    path.write_text(CALL.replace("a.b@c.example", "nobody"), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"call\.toml: handoff\.email"):
        ingest(corner, "essai", embedder)
    assert Versions(corner.data_dir, "essai").current() == first.version


def test_a_second_builder_says_so(corner: Settings, embedder: Embedder) -> None:
    with Versions(corner.data_dir, "essai").writing(1), pytest.raises(IndexBusyError):
        ingest(corner, "essai", embedder)
