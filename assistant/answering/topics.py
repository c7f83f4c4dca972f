"""Which standard questions a passage answers: the counterpart of a classifier of questions.

Fitted on invented passages (exemplars.toml: sentences by which regulations answer each standard
question), it places questions and passages in one space, the catalogue, so that a regulation that
nobody has annotated is read with knowledge of the genre.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.answering.whitening import Whitening

# Standard questions kept for a passage, most probable first.
KEPT = 6
PACKED = np.dtype([("topics", np.uint16, KEPT), ("probabilities", np.float16, KEPT)])


@dataclass(frozen=True, slots=True)
class PassageClassifier:
    """Multinomial logistic regression over whitened embeddings of passages: ``weights``
    (topics, dimension), ``bias`` (topics,)."""

    topics: tuple[str, ...]
    whitening: Whitening
    weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """For embedded passages, (n, dimension): the probability of every topic, (n, topics)."""
        logits = self.whitening.apply(vectors) @ self.weights.T + self.bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def save(self, path: Path) -> None:
        """Store in the file ``path`` (.npz)."""
        np.savez(
            path, topics=np.array(self.topics), mean=self.whitening.mean,
            matrix=self.whitening.matrix, weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )  # fmt: skip


def load_passage_classifier(path: Path) -> PassageClassifier:
    """What ``save`` stored."""
    with np.load(path, allow_pickle=False) as stored:
        return PassageClassifier(
            tuple(stored["topics"].tolist()), Whitening(stored["mean"], stored["matrix"]),
            stored["weights"], stored["bias"],
        )  # fmt: skip


class PassageTopics:
    """The topics of a call's passages: the ``numbers`` of their views in the catalog (n), ascending,
    the ``KEPT`` most probable ``topics`` of each (KEPT, n; numbers into ``names``) and their
    ``probabilities``, as ``pack_topics`` stored them."""

    def __init__(self, names: Sequence[str], numbers: Sequence[int], packed: bytes) -> None:
        rows = np.frombuffer(packed, dtype=PACKED)
        self.names = tuple(names)
        self.numbers = np.array(numbers, dtype=np.int64)
        self._topics = np.ascontiguousarray(rows["topics"].T)
        self._probabilities = np.ascontiguousarray(rows["probabilities"].T.astype(np.float32))

    def match(self, asked: Mapping[str, float]) -> np.ndarray:
        """For a distribution over standard questions: the probability that question and passage
        are of the same one, for every passage, (n,)."""
        weights = np.array([asked.get(name, 0.0) for name in self.names], dtype=np.float32)
        total = np.zeros(len(self.numbers), dtype=np.float32)
        for topics, probabilities in zip(self._topics, self._probabilities, strict=True):
            total += probabilities * weights[topics]
        return total

    def row(self, number: int) -> int:
        """The row of a view by its number in the catalog."""
        return int(np.searchsorted(self.numbers, number))


def pack_topics(classifier: PassageClassifier, vectors: np.ndarray) -> list[bytes]:
    """The topics of passages from their embeddings, (n, dimension), as they are stored."""
    probabilities = classifier.probabilities(vectors)
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :KEPT]
    rows = np.zeros(len(best), dtype=PACKED)
    rows["topics"] = best
    rows["probabilities"] = np.take_along_axis(probabilities, best, axis=1)
    return [row.tobytes() for row in rows]
