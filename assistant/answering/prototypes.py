"""Standard questions of the genre and turns of conversation, recognised by nearest neighbour.

The catalogue (catalogue.toml) holds what applicants ask of any call; conduct.toml what is not a
question about a call at all. Both belong to the product and are the same for every call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.answering.intents import Intents, load_intents
from assistant.answering.topics import PassageClassifier, load_passage_classifier
from assistant.answering.whitening import SHRINKAGE, Whitening, fit_whitening
from assistant.call import read_toml
from assistant.embedding import Embedder
from assistant.errors import IndexMissingError
from assistant.words import fold

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Topic:
    """A standard question: what is ``missing`` when the sources do not answer it, by language, in words that
    complete "Le règlement ne précise pas …", and cues that passages which answer it hold."""

    id: str
    group: str
    missing: Mapping[str, str]
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
            t["id"], t["group"],
            {key.removeprefix("missing_"): text for key, text in t.items() if key.startswith("missing_")},
            t["answer_type"],
            tuple(fold(cue) for cue in t["cues_fr"]),
        )
        for t in read_toml(_HERE / "catalogue.toml")["topic"]
    }  # fmt: skip


def topic_wordings() -> dict[str, list[str]]:
    """All wordings of every standard question, by its id."""
    found: dict[str, list[str]] = {}
    for kind, id_, text in wordings():
        if kind == "topic":
            found.setdefault(id_, []).append(text)
    return found


@lru_cache(maxsize=1)
def wordings() -> tuple[tuple[Kind, str, str], ...]:
    """Kind, id and text of every wording of the catalogue and of conduct.toml."""
    rows: list[tuple[Kind, str, str]] = []
    for table in read_toml(_HERE / "catalogue.toml")["topic"]:
        for key in ("questions_fr", "questions_en", "questions_other"):
            rows += [("topic", table["id"], text) for text in table.get(key, [])]
    for table in read_toml(_HERE / "conduct.toml")["conduct"]:
        for key in ("examples_fr", "examples_en", "examples_other"):
            rows += [("conduct", table["id"], text) for text in table.get(key, [])]
    return tuple(rows)


def exemplars() -> list[tuple[str, str]]:
    """Topic and text of every invented passage (exemplars.toml)."""
    tables = read_toml(_HERE / "exemplars.toml")["exemplars"]
    return [(table["id"], text) for table in tables for text in table["passages"]]


class Prototypes:
    """All wordings with their whitened vectors, and the classifiers that are fitted on them.

    ``vectors`` are the embedded wordings, (n, dimension); ``questions`` tells which standard
    question or turn of conversation a question is, ``passages`` which one a passage answers.
    """

    def __init__(
        self, vectors: np.ndarray, questions: Intents, passages: PassageClassifier
    ) -> None:
        self.questions = questions
        self.passages = passages
        self.whitening = whitening_of(vectors)
        self._vectors = self.whitening.apply(vectors)
        # Wordings of one question stand together.
        keys = [(kind, id_) for kind, id_, _ in wordings()]
        starts = {key: keys.index(key) for key in dict.fromkeys(keys)}
        self._groups: list[tuple[Kind, str]] = list(starts)
        self._starts = np.array(list(starts.values()))

    @property
    def wordings(self) -> list[tuple[Kind, str, str, np.ndarray]]:
        """Kind, id, text and whitened vector of every wording."""
        return [(*row, v) for row, v in zip(wordings(), self._vectors, strict=True)]

    def nearest(self, vector: np.ndarray) -> list[Match]:
        """Best cosine of every topic and turn with a whitened question, best first."""
        best = np.maximum.reduceat(self._vectors @ vector, self._starts)
        order = np.argsort(-best, kind="stable").tolist()
        found = [(self._groups[i], cosine) for i, cosine in zip(order, best[order].tolist(), strict=True)]
        return [Match(kind, id_, cosine) for (kind, id_), cosine in found]


def whitening_of(vectors: np.ndarray) -> Whitening:
    """From the embedded wordings, (n, dimension), by how those of one standard question differ."""
    keys = [f"{kind}:{id_}" for kind, id_, _ in wordings()]
    return fit_whitening(vectors, keys, within=[key for key in keys if key.startswith("topic:")])


def vector_space(embedder: Embedder) -> str:
    """Identifies the space of whitened questions and the classifiers: what was made in one space
    must never be mixed with what was made in another."""
    digest = hashlib.sha256(f"{embedder.name}|{SHRINKAGE}".encode())
    for name in ("catalogue.toml", "conduct.toml", "exemplars.toml"):
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def prototypes_folder(data_dir: Path, embedder: Embedder) -> Path:
    """Where the wordings' vectors and the classifiers of an embedder are kept."""
    return data_dir / "prototypes" / vector_space(embedder)


def load_prototypes(data_dir: Path, embedder: Embedder) -> Prototypes:
    """Raises IndexMissingError when they were not built for this embedder."""
    folder = prototypes_folder(data_dir, embedder)
    questions = load_intents(folder / "questions.npz")
    if questions is None:
        raise IndexMissingError(
            "The standard questions are not prepared for this embedding model. Run 'aap ingest'."
        )
    passages = load_passage_classifier(folder / "passages.npz")
    return Prototypes(np.load(folder / "wordings.npy"), questions, passages)
