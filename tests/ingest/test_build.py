"""Versions of an index: incremental, complete or not at all, one builder at a time."""

from __future__ import annotations

import pytest

from assistant.embedding import Embedder
from assistant.errors import CorpusError, IndexBusyError
from assistant.index.versions import Versions
from assistant.settings import Settings
from ingest.build import ingest
from tests.ingest.corner import CALL, TEXT


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


def test_wordings_of_what_is_left_open_belong_to_no_answered_question(corner: Settings, embedder: Embedder) -> None:
    path = corner.corpus_dir / "essai" / "faq.toml"
    faq = path.read_text(encoding="utf-8")
    open_ = '\n[[standard]]\nid = "organisation_leader"\nstatus = "{}"\nquestions = ["Qui dirige la Ligue ?"]\n'
    path.write_text(faq + open_.format("not_answered"), encoding="utf-8")
    before = ingest(corner, "essai", embedder)
    assert before.changed
    path.write_text(faq + open_.format('answered"\nquote = "x'), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"faq\.toml, standard organisation_leader: .*\[\[entry\]\]"):
        ingest(corner, "essai", embedder)
    assert Versions(corner.data_dir, "essai").current() == before.version
