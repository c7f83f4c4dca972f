"""The catalog: what is looked up in it, and how much of it a question touches."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import IndexMissingError
from assistant.index import catalog as catalog_module
from assistant.index.catalog import Catalog, Documents
from assistant.index.largest import largest
from assistant.index.lexical import POSTINGS
from assistant.index.schema import FORMAT
from assistant.types import Document
from ingest.catalog import CatalogWriter
from ingest.readers.formats import read_source
from ingest.units import build_units


def write(path: Path, texts: dict[str, str], *, version: str = FORMAT) -> None:
    """A catalog of Markdown texts by document."""
    with closing(CatalogWriter(path)) as writer:
        for id_, text in texts.items():
            source = path.with_name(f"{id_}.md")
            source.write_text(text, encoding="utf-8")
            structure = read_source(source)
            document = Document(id_, id_, "linked", "fr", None, structure.text, structure.sections)
            writer.add_document(document, "", "", (), build_units(document, structure), ())
        writer.finish(texts, {"format": version})


def test_the_commonest_words_are_left_out_of_a_long_search(tmp_path: Path) -> None:
    common = "\n\n".join(f"La commune numéro {n}." for n in range(POSTINGS))
    write(tmp_path / "c", {"long": common, "short": "La commune publie un baromètre."})
    with closing(Catalog(tmp_path / "c")) as catalog:
        both = catalog.lexical(["commun", "barometr"], 10)
        assert [id_.partition(".")[0] for id_, _ in both] == ["short"]
        assert catalog.lexical(["commun"], 10) == []
        assert len(catalog.lexical(["17", "18", "barometr"], 10)) == 3
    write(tmp_path / "d", {"short": "La commune publie un baromètre.", "other": "La commune vote."})
    with closing(Catalog(tmp_path / "d")) as catalog:
        assert len(catalog.lexical(["commun", "barometr"], 10)) == 2


def test_a_file_of_another_format_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "c", {"a": "Un."}, version="6")
    with pytest.raises(IndexMissingError, match="aap ingest"):
        Catalog(tmp_path / "c")


def test_documents_are_read_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_module, "_CHARACTERS_HELD", 30)
    write(tmp_path / "c", {"a": "Le premier texte.", "b": "Le second texte."})
    write(tmp_path / "d", {"z": "Le dernier."})
    with closing(Catalog(tmp_path / "c")) as first, closing(Catalog(tmp_path / "d")) as second:
        documents = Documents(first, second)
        assert list(documents) == ["a", "b", "z"]
        assert [d.text.split()[1] for d in documents.values()] == ["premier", "second", "dernier."]
        assert ("z" in documents, "y" in documents, documents.get("y")) == (True, False, None)
        assert first.holding("texte") == ["a", "b"]
        assert first.holding("Texte") == []


def test_a_file_is_whole_or_says_nothing(tmp_path: Path) -> None:
    with closing(CatalogWriter(tmp_path / "c")) as writer:
        text = "Un texte."
        writer.add_document(Document("a", "a", "linked", "fr", None, text), "", "", (), (), ())
    with pytest.raises((IndexMissingError, sqlite3.DatabaseError)):
        Catalog(tmp_path / "c")


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=60), st.integers(1, 30))
def test_the_best_are_those_of_a_stable_sort(matches: list[float], count: int) -> None:
    scores = np.array(matches, dtype=np.float32)
    expected = np.argsort(-scores, kind="stable")[:count].tolist()
    assert largest(scores, count).tolist() == expected
