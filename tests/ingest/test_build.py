"""Versions of an index: incremental, complete or not at all, one builder at a time."""

from __future__ import annotations

import pytest

from assistant.embedding import Embedder
from assistant.errors import CorpusError, IndexBusyError
from assistant.index.versions import Versions
from assistant.settings import Settings
from ingest.build import ingest
from ingest.check_call import check_call
from ingest.new_call import new_call
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


@pytest.mark.parametrize("kind", ["regulation", "linked"])
@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 nothing", None])
def test_a_document_that_was_served_and_can_not_be_read_any_more_stops_the_next_version(
    corner: Settings, embedder: Embedder, kind: str, content: bytes | None
) -> None:
    folder = corner.corpus_dir / "essai"
    table = f'[[documents]]\nid = "annexe"\npath = "annexe.md"\ntitle = "Annexe"\nkind = "{kind}"\n'
    (folder / "call.toml").write_text(CALL + table, encoding="utf-8")
    (folder / "annexe.md").write_bytes(b"")
    assert [line.split(":")[0] for line in ingest(corner, "essai", embedder).skipped] == ["annexe.md"]
    (folder / "annexe.md").write_text("# Annexe\n\nLe taux est de 40 %.\n", encoding="utf-8")
    whole = ingest(corner, "essai", embedder)
    assert (whole.documents, whole.skipped) == (2, ())
    (folder / "annexe.md").unlink()
    if content is not None:
        (folder / "annexe.md").write_bytes(content)
    with pytest.raises(CorpusError, match=rf"annexe\.md: .* Version {whole.version} stays in use"):
        ingest(corner, "essai", embedder)
    assert Versions(corner.data_dir, "essai").current() == whole.version
    (folder / "call.toml").write_text(CALL, encoding="utf-8")
    assert ingest(corner, "essai", embedder).documents == 1


def test_nobody_is_handed_over_to_a_placeholder(corner: Settings, embedder: Embedder) -> None:
    folder = corner.corpus_dir / "essai"
    source = folder / "reglement.md"
    new_call(corner.corpus_dir, "sans-contact", source)
    with pytest.raises(CorpusError, match=r"sans-contact/call\.toml, line 10: handoff\.email is still to be filled in"):
        ingest(corner, "sans-contact", embedder)
    assert Versions(corner.data_dir, "sans-contact").current() is None
    path = corner.corpus_dir / "sans-contact" / "call.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("a.completer@exemple.invalid", "a.b@c.example"), encoding="utf-8")
    notes = ingest(corner, "sans-contact", embedder).notes
    assert [note.partition(": still")[0] for note in notes] == ["call.toml, line 4", "call.toml, line 9"]
    assert 'authority = "À compléter"' in notes[0] and 'name = "À compléter"' in notes[1]
    path.write_text(path.read_text(encoding="utf-8").replace(" # à confirmer", ""), encoding="utf-8")
    assert {f.text for f in check_call(corner.corpus_dir, "sans-contact") if f.grave} >= set(notes)
