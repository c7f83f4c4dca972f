"""AAP_CHROMA_URL: the same index, its vectors on a real Chroma server."""

from __future__ import annotations

from contextlib import closing

import chromadb
import pytest

from assistant.answering.assistant import Assistant
from assistant.embedding import Embedder
from assistant.errors import ConfigurationError, IndexMissingError, IndexUnreachableError
from assistant.index.vectors import open_vectors
from assistant.index.versions import Versions
from assistant.settings import Settings
from ingest.build import ingest
from tests.ingest.corner import CALL, TEXT

QUESTION = "Quand siège le jury ?"
SECOND = '[[documents]]\nid = "annexe"\npath = "annexe.md"\ntitle = "Annexe"\n'


@pytest.fixture
def remote(corner: Settings, chroma_url: str, chroma: chromadb.ClientAPI) -> Settings:
    """The made-up call, with its vectors on the server, which is empty."""
    return corner.model_copy(update={"chroma_url": chroma_url})


def passages(remote: Settings) -> set[str]:
    """Ids of the rows that are served."""
    path = Versions(remote.data_dir, "essai").current_path()
    with closing(open_vectors(path, "essai", remote.chroma_url)) as store:
        return store.ids("passages")


def test_ingest_ask_edit_and_remove(remote: Settings, embedder: Embedder) -> None:
    folder = remote.corpus_dir / "essai"
    (folder / "annexe.md").write_text("# Annexe\n\nLes pièces sont au nombre de 4.\n", "utf-8")
    (folder / "call.toml").write_text(CALL + SECOND, encoding="utf-8")
    first = ingest(remote, "essai", embedder)
    assert not (Versions(remote.data_dir, "essai").current_path() / "vectors").exists()
    with closing(Assistant(remote, embedder)) as assistant:
        assert "juin 2025" in assistant.ask(QUESTION).text
        again = ingest(remote, "essai", embedder)
        assert (again.changed, again.embedded) == (False, 0)

        path = folder / "reglement.md"
        path.write_text(TEXT.replace("3 mai 2025", "4 mai 2025"), encoding="utf-8")
        edited = ingest(remote, "essai", embedder)
        assert 0 < edited.embedded < first.embedded
        assert edited.embedded + edited.kept == first.embedded
        assert "juin 2025" in assistant.ask(QUESTION).text
        assert "4 mai 2025" in assistant.document("essai", "reglement").text

        assert any(id_.startswith("annexe.") for id_ in passages(remote))
        (folder / "call.toml").write_text(CALL, encoding="utf-8")
        removed = ingest(remote, "essai", embedder)
        assert (removed.embedded, removed.documents) == (0, 1) and removed.removed > 0
        assert not any(id_.startswith("annexe.") for id_ in passages(remote))
        assert "juin 2025" in assistant.ask(QUESTION).text


def test_an_older_version_is_served_until_the_switch(
    remote: Settings, embedder: Embedder, chroma: chromadb.ClientAPI
) -> None:
    ingest(remote, "essai", embedder)
    before = passages(remote)
    old = open_vectors(
        Versions(remote.data_dir, "essai").current_path(), "essai", remote.chroma_url
    )
    for day in range(4, 9):
        path = remote.corpus_dir / "essai" / "reglement.md"
        path.write_text(TEXT.replace("3 mai", f"{day} mai"), encoding="utf-8")
        ingest(remote, "essai", embedder)
        if day == 4:
            assert old.ids("passages") == before != passages(remote)
    assert chroma.count_collections() == 6  # two for each of the three versions that are kept
    old.close()


def test_from_a_folder_to_a_server_and_back(
    corner: Settings, remote: Settings, embedder: Embedder
) -> None:
    first = ingest(corner, "essai", embedder)
    moved = ingest(remote, "essai", embedder)
    assert (moved.changed, moved.embedded, moved.kept) == (True, 0, first.embedded)
    with pytest.raises(IndexMissingError, match="AAP_CHROMA_URL"):
        Assistant(corner, embedder)
    back = ingest(corner, "essai", embedder)
    assert back.changed
    with closing(Assistant(corner, embedder)) as assistant:
        assert "juin 2025" in assistant.ask(QUESTION).text


def test_an_emptied_server_is_filled_again(
    remote: Settings, embedder: Embedder, chroma: chromadb.ClientAPI
) -> None:
    first = ingest(remote, "essai", embedder)
    with closing(Assistant(remote, embedder)) as assistant:
        for collection in chroma.list_collections():
            chroma.delete_collection(collection.name)
        with pytest.raises(IndexMissingError, match="aap ingest"):
            Assistant(remote, embedder)
        assert ingest(remote, "essai", embedder).embedded == first.embedded
        assert "juin 2025" in assistant.ask(QUESTION).text


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://127.0.0.1", "chroma"])
def test_no_server(corner: Settings, embedder: Embedder, url: str) -> None:
    first = ingest(corner, "essai", embedder)
    with pytest.raises(ConfigurationError, match="AAP_CHROMA_URL"):
        ingest(corner.model_copy(update={"chroma_url": url}), "essai", embedder)
    assert Versions(corner.data_dir, "essai").current() == first.version


def test_a_server_that_is_gone(remote: Settings, embedder: Embedder) -> None:
    ingest(remote, "essai", embedder)
    path = Versions(remote.data_dir, "essai").current_path()
    store = open_vectors(path, "essai", remote.chroma_url)
    store._shelves["passages"]._client._session.close()  # type: ignore[attr-defined]  # lost
    with pytest.raises(IndexUnreachableError, match="Check that it runs"):
        store.ids("passages")
