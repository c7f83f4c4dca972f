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
FILE = "topics.npz"


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


@dataclass(frozen=True, slots=True)
class PassageTopics:
    """The topics of a call's passages: ``ids`` of their views (n), the ``KEPT`` most probable
    ``topics`` of each (n, KEPT; numbers into ``names``) and their ``probabilities``."""

    names: tuple[str, ...]
    ids: tuple[str, ...]
    topics: np.ndarray
    probabilities: np.ndarray

    def match(self, asked: Mapping[str, float]) -> np.ndarray:
        """For a distribution over standard questions: the probability that question and passage
        are of the same one, for every passage, (n,)."""
        weights = np.array([asked.get(name, 0.0) for name in self.names], dtype=np.float32)
        return np.asarray((self.probabilities.astype(np.float32) * weights[self.topics]).sum(1))

    def save(self, folder: Path) -> None:
        """Store in ``folder``."""
        np.savez(
            folder / FILE, names=np.array(self.names), ids=np.array(self.ids, dtype=np.str_),
            topics=self.topics, probabilities=self.probabilities,
        )  # fmt: skip


def classify_passages(
    classifier: PassageClassifier, ids: Sequence[str], vectors: np.ndarray
) -> PassageTopics:
    """The topics of passages from their embeddings, (len(ids), dimension)."""
    probabilities = classifier.probabilities(vectors)
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :KEPT]
    return PassageTopics(
        classifier.topics, tuple(ids), best.astype(np.uint16),
        np.take_along_axis(probabilities, best, axis=1).astype(np.float16),
    )  # fmt: skip


def load_passage_topics(folder: Path) -> PassageTopics:
    """What ``save`` stored."""
    with np.load(folder / FILE, allow_pickle=False) as stored:
        return PassageTopics(
            tuple(stored["names"].tolist()), tuple(stored["ids"].tolist()),
            stored["topics"], stored["probabilities"],
        )  # fmt: skip
