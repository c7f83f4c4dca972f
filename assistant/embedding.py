"""Texts to vectors. The embedded model runs on onnxruntime and tokenizers alone, without torch.

``Embedder`` is what the rest of the code asks for; both classes are LangChain ``Embeddings`` too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
import platformdirs
from langchain_core.embeddings import Embeddings
from tokenizers import Tokenizer

from assistant.errors import ModelPreparationError

Kind = Literal["query", "passage"]
Vectors = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called after every ``batch_size`` texts with the number of texts done and the total."""

EMBEDDED = "embedded"
EMBEDDED_FORMAT = 4
EMBEDDED_FOLDER = f"multilingual-e5-small-q4-v{EMBEDDED_FORMAT}"
MANIFEST = "manifest.json"
ONNX_FILE = "onnx/model_int8.onnx"
TOKENIZER_FILE = "tokenizer.json"
PREFIXES: dict[Kind, str] = {"query": "query: ", "passage": "passage: "}
MAX_TOKENS = 512
# What of a text's tokens are its words: neither those of the prefix nor those that begin and end it.
CONTENT: dict[Kind, slice] = {"query": slice(4, -1), "passage": slice(3, -1)}
WORD_DIMENSION = 64
DEFAULT_THREADS = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, for late interaction (Khattab and Zaharia 2020): unit vectors as 8-bit integers
    (words, WORD_DIMENSION), 127 for 1, and what each weighs when it asks, float32 (words,), 1 in sum."""

    vectors: npt.NDArray[np.int8]
    weights: Vectors


NO_WORDS = Words(np.zeros((0, WORD_DIMENSION), np.int8), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class Embedded:
    """Unit vectors, float32 (texts, dimension), and the words of each text: none from a model that
    was not trained for it."""

    vectors: Vectors
    words: list[Words]


class Embedder(Protocol):
    """What retrieval and ingestion need of an embedding model."""

    @property
    def name(self) -> str:
        """Identifies the model and its precision; an index made under another name is stale."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(
        self,
        texts: Sequence[str],
        *,
        kind: Kind,
        batch_size: int = 32,
        progress: Progress | None = None,
    ) -> Vectors:
        """Unit vectors, float32 (texts, dimension), in the order of ``texts``."""

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Embedded:
        """The same, with the words of every text."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""


class OnnxEmbeddings(Embeddings):
    """The embedded model, from the folder that ``aap ingest`` prepares.

    Each text is computed alone, ``threads`` of them at once. In a batch, all activations would
    share one 8-bit scale: a text's vector would then depend on its neighbours, and padding would
    cost what the batch gains. So a vector is a function of its text,
    bit for bit. Safe to share between threads.
    Raises ModelPreparationError when the folder is missing or its files can't be read.
    """

    def __init__(self, folder: Path, *, threads: int = DEFAULT_THREADS) -> None:
        self._threads = threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            self._name = str(manifest["name"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            self._session = onnxruntime.InferenceSession(
                str(folder / ONNX_FILE), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # tokenizers and onnxruntime raise bare Exceptions
            raise ModelPreparationError(
                f"The embedded model in {folder} is missing or damaged ({error}). "
                "Run 'aap ingest' to prepare it."
            ) from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._dimension = int(self._session.get_outputs()[0].shape[-1])

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(
        self,
        texts: Sequence[str],
        *,
        kind: Kind,
        batch_size: int = 32,
        progress: Progress | None = None,
    ) -> Vectors:
        """Unit vectors, float32 (texts, dimension); a text is cut after 512 tokens.

        ``batch_size`` only sets how often ``progress`` is called.
        """
        vectors = np.empty((len(texts), self._dimension), np.float32)
        for done, (vector, _) in enumerate(self._run_all(texts, kind), start=1):
            vectors[done - 1] = vector
            if progress and (done % batch_size == 0 or done == len(texts)):
                progress(done, len(texts))
        return vectors

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Embedded:
        """Vectors as ``encode`` gives them, with the words of every text."""
        vectors = np.empty((len(texts), self._dimension), np.float32)
        words: list[Words] = []
        for number, (vector, projected) in enumerate(self._run_all(texts, kind)):
            vectors[number] = vector
            words.append(_words(projected[CONTENT[kind]]) if projected is not None else NO_WORDS)
        return Embedded(vectors, words)

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.encode([text], kind="query")[0].tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.encode(texts, kind="passage").tolist()
        return vectors

    def _run_all(self, texts: Sequence[str], kind: Kind) -> Iterator[tuple[Vectors, Vectors | None]]:
        prefixed = [PREFIXES[kind] + text for text in texts]
        if len(prefixed) == 1:
            yield self._run(prefixed[0])
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="embedding") as pool:
            yield from pool.map(self._run, prefixed)

    def _run(self, text: str) -> tuple[Vectors, Vectors | None]:
        """The vector, (dimension,), of a text that has its prefix, and its tokens as the graph projects
        them, (tokens, WORD_DIMENSION + 1); None from a graph without a projection."""
        valid = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates, from bad mails
        ids = np.array([self._tokenizer.encode(valid).ids], np.int64)
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return outputs[0][0], outputs[1][0] if len(outputs) > 1 else None


def _words(projected: Vectors) -> Words:
    """Words from their projection, whose last column is the logarithm of what they weigh."""
    vectors, logits = projected[:, :WORD_DIMENSION], projected[:, WORD_DIMENSION]
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    powers = np.exp(logits - logits.max(initial=0.0))
    return Words(np.rint(vectors / lengths * 127).astype(np.int8), powers / max(powers.sum(), 1e-9))


class SentenceTransformerEmbeddings(Embeddings):
    """Any other model: a name on the Hugging Face hub or a folder, by sentence-transformers.

    Raises ModelPreparationError when the library is not installed or the model can't be loaded.
    """

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(model, device="cpu")
        except ImportError as error:
            raise ModelPreparationError(
                f"AAP_EMBEDDER is '{model}', which needs sentence-transformers. Run "
                "'pip install sentence-transformers', or unset AAP_EMBEDDER for the embedded model."
            ) from error
        except Exception as error:  # the hub, the file system and torch each raise their own
            raise ModelPreparationError(
                f"The model '{model}' named by AAP_EMBEDDER can't be loaded ({error}). Give the "
                "name of a sentence-transformers model that this machine can download, or the "
                "path of a folder that holds one, or unset AAP_EMBEDDER for the embedded model."
            ) from error
        self._label = model

    @property
    def name(self) -> str:
        return f"sentence-transformers:{self._label}"

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    def encode(
        self,
        texts: Sequence[str],
        *,
        kind: Kind,
        batch_size: int = 32,
        progress: Progress | None = None,
    ) -> Vectors:
        """Unit vectors, float32 (texts, dimension), with the model's own prompts."""
        run = self._model.encode_query if kind == "query" else self._model.encode_document
        vectors = np.empty((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            vectors[batch] = run(
                [texts[i] for i in batch],
                batch_size=batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(start + len(batch), len(order))
        return vectors

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Embedded:
        """Vectors as ``encode`` gives them, without words."""
        return Embedded(self.encode(texts, kind=kind), [NO_WORDS] * len(texts))

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.encode([text], kind="query")[0].tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.encode(texts, kind="passage").tolist()
        return vectors


def default_cache_dir() -> Path:
    """AAP_CACHE_DIR, or the user's cache folder for this application."""
    return Path(os.environ.get("AAP_CACHE_DIR") or platformdirs.user_cache_dir("aap"))


def embedded_model_path(cache_dir: Path | None = None) -> Path:
    """Where the prepared embedded model lives, prepared or not."""
    return (cache_dir or default_cache_dir()) / "models" / EMBEDDED_FOLDER


def load_embedder(
    name: str = EMBEDDED, cache_dir: Path | None = None, *, threads: int = DEFAULT_THREADS
) -> Embedder:
    """The embedding model that the settings name: 'embedded', or any sentence-transformers model.

    Raises ModelPreparationError when it isn't there or can't be loaded.
    """
    if name != EMBEDDED:
        return SentenceTransformerEmbeddings(name)
    folder = embedded_model_path(cache_dir)
    if not (folder / MANIFEST).is_file():
        raise ModelPreparationError(
            f"The embedded model is not prepared yet ({folder}). Run 'aap ingest' to prepare it."
        )
    return OnnxEmbeddings(folder, threads=threads)
