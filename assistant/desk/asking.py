"""Whether a sentence of a mail asks something: rules that a person can read, and what they miss.

The rules (asking.toml) know the usual turns of a request. What they miss is heard by a logistic
regression over the sentence's embedding and the rules themselves (asks.json, made by
``python -m evals.train_asks``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.call import read_toml
from assistant.embedding import Embedder
from assistant.words import fold

STORED = Path(__file__).with_name("asks.json")
_MARK = re.compile(r"[?？؟]\s*[\"»”)!.]*$")
_CUES = ("indirect", "direct", "courtesy", "pronoun")
# From which probability on a sentence asks, without and with a question mark.
ASKS, ASKS_WITH_MARK = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Hearing:
    """The regression: ``weights`` over a vector less ``mean``, times ``scale``, and the cues."""

    embedder: str
    mean: np.ndarray
    scale: float
    weights: np.ndarray
    cues: np.ndarray
    intercept: float

    def probability(self, vectors: np.ndarray, cues: np.ndarray) -> np.ndarray:
        """(n,) from vectors (n, dimension) and cues (n, number of cues)."""
        z = (vectors - self.mean) @ self.weights * self.scale + cues @ self.cues + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-z)))


class Listener:
    """Hears what is asked. With an embedder that the regression was not made for, or none, only
    the rules are used. Safe to share between threads."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        hearing = load_hearing() if embedder is not None else None
        self._hearing = hearing if hearing and embedder and hearing.embedder == embedder.name else None
        self._heard = lru_cache(maxsize=20_000)(self._one)
        self._embedder = embedder

    def hears(self, sentences: Sequence[str]) -> list[bool]:
        """Whether each of ``sentences`` asks something."""
        return [self._heard(sentence) for sentence in sentences]

    def _one(self, sentence: str) -> bool:
        if self._hearing is None or self._embedder is None:
            return stated(sentence)
        folded = fold(sentence).strip()
        marked = bool(_MARK.search(folded)) or "¿" in sentence
        if matches("courtesy", folded):
            return False
        vectors = self._embedder.encode([sentence], kind="query")
        sure = float(self._hearing.probability(vectors, np.array([cues(sentence)]))[0])
        return sure >= (ASKS_WITH_MARK if marked else ASKS)


def stated(sentence: str) -> bool:
    """Whether the rules alone say that ``sentence`` asks for something that could be looked up."""
    folded = fold(sentence).strip()
    if matches("courtesy", folded):
        return False
    if _MARK.search(folded) or "¿" in sentence:
        return True
    return matches("direct", folded) or (matches("indirect", folded) and not folded.endswith(":"))


def cues(sentence: str) -> list[float]:
    """What the regression is told beside the vector."""
    folded = fold(sentence).strip()
    marked = bool(_MARK.search(folded)) or "¿" in sentence
    found = [marked, *(matches(name, folded) for name in _CUES), folded.endswith(":")]
    return [*map(float, found), min(len(folded.split()), 30) / 30]


@lru_cache(maxsize=1)
def load_hearing() -> Hearing:
    """The stored regression."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    return Hearing(
        stored["embedder"], np.array(stored["mean"], dtype=np.float32), stored["scale"],
        np.array(stored["weights"], dtype=np.float32), np.array(stored["cues"]), stored["intercept"],
    )  # fmt: skip


def matches(name: str, text: str) -> bool:
    """Whether a list of patterns of asking.toml finds something in ``text``."""
    folded = fold(text).strip()
    return any(pattern.search(folded) for pattern in _patterns(name))


@lru_cache(maxsize=1)
def read_asking() -> dict[str, str]:
    """The single patterns of asking.toml by name."""
    table = read_toml(Path(__file__).with_name("asking.toml"))
    return {name: value for name, value in table.items() if isinstance(value, str)}


@lru_cache(maxsize=16)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    table = read_toml(Path(__file__).with_name("asking.toml"))
    return tuple(re.compile(pattern) for pattern in table[name])
