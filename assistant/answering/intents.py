"""Which question is asked: a classifier over the embedding of a question and its spelling.

Its classes are standard questions (catalogue.toml) and turns of conversation (conduct.toml); for a
call with a FAQ also the questions that a person validated, in place of the standard questions that
these sources answer. Ingestion fits it on all wordings (ingest/intents.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.answering.ngrams import NgramBayes

Kind = Literal["faq", "topic", "conduct"]
# Share of the n-grams in the mixed logits. On wordings of the dev questions the right entry comes
# first in 84 % with embeddings alone, 84 % with n-grams alone, 89 % mixed (0.2 to 0.4).
_SPELLING = 0.3


@dataclass(frozen=True, slots=True)
class Intent:
    """A class: an entry of the FAQ, a standard question or a turn of conversation, by its id."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Intents:
    """Multinomial logistic regression: ``weights`` (classes, dimension), ``bias`` (classes,);
    its log probabilities are mixed with those of ``spelling``."""

    classes: tuple[Intent, ...]
    weights: np.ndarray
    bias: np.ndarray
    spelling: NgramBayes

    def probabilities(self, vector: np.ndarray, text: str) -> np.ndarray:
        """Probability of every class for a question and its whitened vector, (classes,)."""
        meant = _log_softmax(self.weights @ vector + self.bias)
        spelled = _log_softmax(self.spelling.logits(text))
        return np.asarray(np.exp(_log_softmax((1 - _SPELLING) * meant + _SPELLING * spelled)))

    def save(self, path: Path) -> None:
        """Store in the file ``path`` (.npz)."""
        np.savez_compressed(
            path,
            kinds=np.array([intent.kind for intent in self.classes]),
            ids=np.array([intent.id for intent in self.classes]),
            weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
            spelling=self.spelling.weights,
            idf=self.spelling.idf,
        )


def load_intents(path: Path) -> Intents | None:
    """What ``save`` stored, None when there is nothing."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as stored:
        classes = zip(stored["kinds"].tolist(), stored["ids"].tolist(), strict=True)
        return Intents(
            tuple(Intent(kind, id_) for kind, id_ in classes),
            stored["weights"],
            stored["bias"],
            NgramBayes(stored["spelling"], stored["idf"]),
        )


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))
