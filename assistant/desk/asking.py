"""Whether a sentence of a mail asks something, and whether it calls for a person: rules that a
person can read, and what they miss.

The rules (asking.toml, reasons.toml) know the usual turns. What they miss is heard by two logistic
regressions over the sentence's embedding and the rules themselves (hearing.json, made by
``python -m evals.mails.train_hearing``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.call import read_toml
from assistant.embedding import Embedder
from assistant.words import fold

STORED = Path(__file__).with_name("hearing.json")
_MARK = re.compile(r"[?？؟]\s*[\"»”)!.]*$")
_CUES = ("indirect", "direct", "courtesy", "pronoun")
# From which probability on a sentence asks, calls for a person, and asks when the rules say so too.
ASKS, PERSON, ASKS_AS_STATED = 0.75, 0.8, 0.03
# And beside questions that are all answered, for a sentence that asks nothing.
SURELY = 0.97


@dataclass(frozen=True, slots=True)
class Hearing:
    """A regression: ``weights`` over a vector less ``mean``, times ``scale``, and over the cues."""

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
    """Hears what is asked. With an embedder that the regressions were not made for, or none, only
    the rules are used. Safe to share between threads."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._asks: Hearing | None = None
        self._person: Hearing | None = None
        if embedder is not None and load_stored()["embedder"] == embedder.name:
            self._asks, self._person = load_hearing("asks"), load_hearing("person")
        self._heard = lru_cache(maxsize=20_000)(self._one)

    def hears(self, sentences: Sequence[str]) -> list[bool]:
        """Whether each of ``sentences`` asks something."""
        return [self._heard(sentence)[0] for sentence in sentences]

    def calls_for_person(self, sentence: str, *, surely: bool = False) -> bool:
        """Whether ``sentence`` is like those for which a person is needed; ``surely`` leaves less doubt."""
        return self._heard(sentence)[1] >= (SURELY if surely else PERSON)

    def how_surely(self, sentence: str) -> float:
        """How probable it is, 0 to 1, that ``sentence`` asks something."""
        return self._heard(sentence)[2]

    def _one(self, sentence: str) -> tuple[bool, float, float]:
        """Whether a sentence asks, how probably it calls for a person, and how probably it asks."""
        if self._embedder is None or self._asks is None or self._person is None:
            return stated(sentence), 0.0, float(stated(sentence))
        vectors = self._embedder.encode([sentence], kind="query")
        known = np.array([cues(sentence)])
        asks, person = (float(h.probability(vectors, known)[0]) for h in (self._asks, self._person))
        threshold = ASKS_AS_STATED if stated(sentence) else ASKS
        heard = asks >= threshold or matches("pronoun", sentence)
        return heard and not matches("courtesy", sentence), person, asks


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
def load_stored() -> dict[str, Any]:
    """The stored regressions and the name of the embedder that they were made for."""
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=2)
def load_hearing(name: str) -> Hearing:
    """A stored regression: "asks" or "person"."""
    stored = load_stored()[name]
    return Hearing(
        np.array(stored["mean"], dtype=np.float32), stored["scale"],
        np.array(stored["weights"], dtype=np.float32), np.array(stored["cues"]), stored["intercept"],
    )  # fmt: skip


@lru_cache(maxsize=50_000)  # each sentence is looked at several times
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
