"""Vectors as the product computes them: order, limits, threads, errors, and no torch."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from assistant.embedding import (
    Embedder,
    OnnxEmbeddings,
    SentenceTransformerEmbeddings,
    Vectors,
    load_embedder,
)
from assistant.errors import ModelPreparationError

PROJECT = Path(__file__).resolve().parents[2]
WORDS = ["", "appel", "projets", "date limite", "été", "مياه", "🙂", "\x00\x07", "mot " * 40]


@pytest.fixture(scope="module")
def embedder(embedded_folder: Path) -> OnnxEmbeddings:
    return OnnxEmbeddings(embedded_folder, threads=2)


@pytest.fixture(scope="module")
def vectors_alone(embedder: OnnxEmbeddings) -> dict[str, Vectors]:
    return {text: embedder.encode([text], kind="passage")[0] for text in WORDS}


@pytest.fixture(scope="module")
def full_embedder(embedded_folder: Path) -> Embedder:
    return load_embedder(str(embedded_folder))


def test_a_question_without_torch(embedded_folder: Path) -> None:
    code = """
import sys
from pathlib import Path
from assistant.embedding import load_embedder
vector = load_embedder("embedded", Path(sys.argv[1])).embed_query("Quelle est la date limite ?")
assert len(vector) == 384
heavy = {"torch", "transformers", "sentence_transformers", "onnx", "ingest"} & sys.modules.keys()
assert not heavy, heavy
"""
    cache = embedded_folder.parent.parent
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "-c", code, str(cache)], env=environment, check=True)


def test_passage_that_answers_comes_first(embedder: OnnxEmbeddings) -> None:
    passages = [
        "Les dossiers doivent être déposés au plus tard le 15 avril à minuit.",
        "Le cofinancement du ministère ne peut excéder la moitié du budget.",
        "La chargée de mission référente répond aux questions par courriel.",
    ]
    questions = ["Quelle est la date limite ?", "How much is co-financed?", "¿A quién escribir?"]
    scores = embedder.encode(questions, kind="query") @ embedder.encode(passages, kind="passage").T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


@given(texts=st.lists(st.sampled_from(WORDS), max_size=12), batch_size=st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_order_and_neighbours_make_no_difference(
    embedder: OnnxEmbeddings,
    vectors_alone: dict[str, Vectors],
    texts: list[str],
    batch_size: int,
) -> None:
    vectors = embedder.encode(texts, kind="passage", batch_size=batch_size)
    assert vectors.shape == (len(texts), 384)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.array_equal(vector, vectors_alone[text])


@given(text=st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_unit_vector(embedder: OnnxEmbeddings, text: str) -> None:
    vector = embedder.encode([text], kind="query")[0]
    assert vector.dtype == np.float32
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-4


def test_lone_surrogates_are_taken(embedder: OnnxEmbeddings) -> None:
    assert embedder.embed_query("courriel \udce9 abîmé") == embedder.embed_query("courriel ? abîmé")


def test_text_after_512_tokens_is_ignored(embedder: OnnxEmbeddings) -> None:
    start = "mot " * 600
    first, second = embedder.encode([start + "eau", start + "forêt"], kind="passage")
    assert np.array_equal(first, second)


def test_langchain_interface(embedder: OnnxEmbeddings) -> None:
    assert isinstance(embedder, Embeddings)
    assert embedder.embed_query("eau") == embedder.encode(["eau"], kind="query")[0].tolist()
    documents = embedder.embed_documents(["eau", "forêt"])
    assert documents == embedder.encode(["eau", "forêt"], kind="passage").tolist()
    assert embedder.embed_documents([]) == []
    assert documents[0] != embedder.embed_query("eau")


def test_name_and_dimension(embedder: OnnxEmbeddings) -> None:
    assert embedder.name.startswith("multilingual-e5-small:q4-int8:v")
    assert embedder.dimension == 384


def test_progress_reaches_the_end(embedder: OnnxEmbeddings) -> None:
    calls: list[tuple[int, int]] = []
    embedder.encode(
        ["a"] * 5, kind="passage", batch_size=2, progress=lambda *call: calls.append(call)
    )
    assert calls == [(2, 5), (4, 5), (5, 5)]
    embedder.encode(["a"], kind="passage", progress=lambda *call: calls.append(call))
    assert calls[-1] == (1, 1)


def test_threads_share_one_embedder(
    embedder: OnnxEmbeddings, texts_in_six_languages: list[str]
) -> None:
    texts = texts_in_six_languages[::6]
    expected = [embedder.embed_query(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(embedder.embed_query, texts)) == expected


def test_any_other_model(full_embedder: Embedder, embedder: OnnxEmbeddings) -> None:
    assert isinstance(full_embedder, SentenceTransformerEmbeddings)
    assert isinstance(full_embedder, Embeddings)
    assert full_embedder.dimension == 384
    assert full_embedder.name.startswith("sentence-transformers:")
    texts = ["Quelle est la date limite de dépôt des dossiers ?", "", "eau potable"]
    calls: list[tuple[int, int]] = []
    vectors = full_embedder.encode(
        texts, kind="query", batch_size=2, progress=lambda *call: calls.append(call)
    )
    assert calls == [(2, 3), (3, 3)]
    assert vectors.dtype == np.float32
    cosines = np.sum(vectors * embedder.encode(texts, kind="query"), axis=1)
    assert cosines.min() >= 0.98
    assert np.allclose(full_embedder.embed_query(texts[0]), vectors[0], atol=1e-5)
    assert np.shape(full_embedder.embed_documents(texts)) == (3, 384)


def test_missing_model_names_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ModelPreparationError, match="aap ingest"):
        load_embedder("embedded", tmp_path)


def test_damaged_model_names_the_cure(embedded_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "onnx").mkdir()
    for name in ("manifest.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((embedded_folder / name).read_bytes())
    (tmp_path / "onnx" / "model_int8.onnx").write_bytes(b"half")
    with pytest.raises(ModelPreparationError, match="aap ingest"):
        OnnxEmbeddings(tmp_path)


def test_unusable_model_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelPreparationError, match=r"AAP_EMBEDDER"):
        load_embedder(str(tmp_path))


def test_missing_library_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelPreparationError, match=r"AAP_EMBEDDER.*pip install"):
        load_embedder("some/model")
