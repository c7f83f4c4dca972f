"""Standard questions of the genre and turns of conversation, recognised by nearest neighbour.

The catalogue (catalogue.toml) holds what applicants ask of any call; conduct.toml what is not a
question about a call at all. Both belong to the product and are the same for every call.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.call import read_toml
from assistant.embedding import Embedder, Progress
from assistant.errors import IndexMissingError
from assistant.words import fold

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Topic:
    """A standard question: what is missing when the sources do not answer it, in words that
    complete "Le règlement ne précise pas …", and cues that passages which answer it hold."""

    id: str
    group: str
    missing_fr: str
    missing_en: str
    answer_type: str
    cues: tuple[str, ...]


Kind = Literal["topic", "conduct"]


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest wording of a topic or of a turn of conversation, by cosine."""

    kind: Kind
    id: str
    cosine: float


@lru_cache(maxsize=1)
def topics() -> dict[str, Topic]:
    """The catalogue by id."""
    return {
        t["id"]: Topic(
            t["id"], t["group"], t["missing_fr"], t["missing_en"], t["answer_type"],
            tuple(fold(cue) for cue in t["cues_fr"]),
        )
        for t in read_toml(_HERE / "catalogue.toml")["topic"]
    }  # fmt: skip


def topic_wordings() -> dict[str, list[str]]:
    """All wordings of every standard question, by its id."""
    found: dict[str, list[str]] = {}
    for kind, id_, text in _wordings():
        if kind == "topic":
            found.setdefault(id_, []).append(text)
    return found


@lru_cache(maxsize=1)
def _wordings() -> tuple[tuple[Kind, str, str], ...]:
    rows: list[tuple[Kind, str, str]] = []
    for table in read_toml(_HERE / "catalogue.toml")["topic"]:
        for key in ("questions_fr", "questions_en", "questions_other"):
            rows += [("topic", table["id"], text) for text in table.get(key, [])]
    for table in read_toml(_HERE / "conduct.toml")["conduct"]:
        for key in ("examples_fr", "examples_en", "examples_other"):
            rows += [("conduct", table["id"], text) for text in table.get(key, [])]
    return tuple(rows)


# Shrinkage of the covariance, as a multiple of its mean eigenvalue. Nearest other wording of the
# same FAQ entry among 683, entries unseen: 51 % without whitening, 65 % with 1 to 3, 61 % with 10.
_SHRINKAGE = 2.0


@dataclass(frozen=True, slots=True)
class Whitening:
    """Within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006).

    Wordings of one question differ in style (formal, telegraphic, language); the directions in
    which they differ are shrunk, so that what is left tells questions apart by their topic.
    """

    mean: np.ndarray
    matrix: np.ndarray

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """Whitened unit vectors, (n, dimension) float32."""
        turned = (vectors - self.mean) @ self.matrix
        norms = np.linalg.norm(turned, axis=-1, keepdims=True)
        return np.asarray(turned / np.maximum(norms, 1e-9), dtype=np.float32)


def _whitening(vectors: np.ndarray) -> Whitening:
    """From the wordings of all topics, (n, dimension)."""
    rows = _wordings()
    keys = np.array([f"{kind}:{id_}" for kind, id_, _ in rows])
    spread = [
        vectors[keys == key] - vectors[keys == key].mean(axis=0)
        for key in dict.fromkeys(keys.tolist())
        if key.startswith("topic:")
    ]
    within = np.concatenate(spread)
    values, axes = np.linalg.eigh(within.T @ within / len(within))
    scale = 1.0 / np.sqrt(values + _SHRINKAGE * values.mean())
    return Whitening(vectors.mean(axis=0), (axes * scale) @ axes.T)


class Prototypes:
    """All wordings with their whitened vectors, (n, dimension)."""

    def __init__(self, vectors: np.ndarray) -> None:
        rows = _wordings()
        self.whitening = _whitening(vectors)
        self._vectors = self.whitening.apply(vectors)
        self._keys = [(kind, id_) for kind, id_, _ in rows]
        names = {key: index for index, key in enumerate(dict.fromkeys(self._keys))}
        self._groups = list(names)
        self._group_of = np.array([names[key] for key in self._keys])

    @property
    def wordings(self) -> list[tuple[Kind, str, np.ndarray]]:
        """Kind, id and whitened vector of every wording."""
        return [(k, i, v) for (k, i), v in zip(self._keys, self._vectors, strict=True)]

    def nearest(self, vector: np.ndarray) -> list[Match]:
        """Best cosine of every topic and turn with a whitened question, best first."""
        cosines = self._vectors @ vector
        best = np.full(len(self._groups), -1.0, dtype=np.float32)
        np.maximum.at(best, self._group_of, cosines)
        return [
            Match(self._groups[i][0], self._groups[i][1], float(best[i])) for i in np.argsort(-best, kind="stable")
        ]


def vector_space(embedder: Embedder) -> str:
    """Identifies the space of whitened questions: vectors of two spaces must never be mixed."""
    digest = hashlib.sha256(f"{embedder.name}|{_SHRINKAGE}".encode())
    for name in ("catalogue.toml", "conduct.toml"):
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _path(data_dir: Path, embedder: Embedder) -> Path:
    return data_dir / "prototypes" / f"{vector_space(embedder)}.npy"


def build_prototypes(
    data_dir: Path, embedder: Embedder, progress: Progress | None = None
) -> int:
    """Embed the wordings once for this embedder; the number that had to be embedded."""
    path = _path(data_dir, embedder)
    if path.exists():
        return 0
    texts = [text for _, _, text in _wordings()]
    path.parent.mkdir(parents=True, exist_ok=True)  # fails now rather than after a minute's work
    vectors = embedder.encode(texts, kind="query", progress=progress)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        np.save(file, vectors)
    os.replace(temporary, path)
    return len(texts)


def load_prototypes(data_dir: Path, embedder: Embedder) -> Prototypes:
    """Raises IndexMissingError when they were not built for this embedder."""
    path = _path(data_dir, embedder)
    if not path.exists():
        raise IndexMissingError(
            "The standard questions are not prepared for this embedding model. Run 'aap ingest'."
        )
    return Prototypes(np.load(path))
