"""How close a sentence is in meaning to a piece of the sources."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from assistant.answering.evidence import Piece
from assistant.embedding import Embedder


class Likeness:
    """Cosines between sentences and pieces; vectors are kept for the next sentence."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def cosine(self, text: str, piece: Piece) -> float:
        """Cosine between ``text`` and what the piece says under its lead-in."""
        whole = f"{piece.lead} {piece.text}" if piece.lead and not piece.contact else piece.text
        return self.between(text, whole[:1_000])

    def between(self, one: str, other: str) -> float:
        """Cosine between two texts."""
        return float(_vector(self._embedder, one) @ _vector(self._embedder, other))  # type: ignore[arg-type]


@lru_cache(maxsize=8_192)
def _vector(embedder: Embedder, text: str) -> np.ndarray:
    vector: np.ndarray = embedder.encode([text], kind="passage")[0]
    return vector
