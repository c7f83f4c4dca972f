"""Which question is asked: a linear classifier over the embedding of the question.

Its classes are the questions that a person validated for this call (faq.toml), the standard
questions that the call leaves open, and turns of conversation. Ingestion fits it on all their
wordings (ingest/intents.py); a call without a FAQ has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

Kind = Literal["faq", "topic", "conduct"]
_FILE = "intents.npz"


@dataclass(frozen=True, slots=True)
class Intent:
    """A class: an entry of the FAQ, a standard question or a turn of conversation, by its id."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Intents:
    """Multinomial logistic regression: ``weights`` (classes, dimension), ``bias`` (classes,)."""

    classes: tuple[Intent, ...]
    weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, vector: np.ndarray) -> np.ndarray:
        """Probability of every class for a whitened question, (classes,)."""
        logits = self.weights @ vector + self.bias
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    def save(self, folder: Path) -> None:
        """Store in ``folder``."""
        np.savez(
            folder / _FILE,
            kinds=np.array([intent.kind for intent in self.classes]),
            ids=np.array([intent.id for intent in self.classes]),
            weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )


def load_intents(folder: Path) -> Intents | None:
    """What ``save`` stored, None when the call has none."""
    path = folder / _FILE
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as stored:
        classes = zip(stored["kinds"].tolist(), stored["ids"].tolist(), strict=True)
        return Intents(
            tuple(Intent(kind, id_) for kind, id_ in classes), stored["weights"], stored["bias"]
        )
