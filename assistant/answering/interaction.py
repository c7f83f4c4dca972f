"""Late interaction (Khattab and Zaharia 2020): how well the words of a question are met in a passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.embedding import Words


def interaction(question: Words, passages: Sequence[np.ndarray]) -> np.ndarray:
    """For the words of each passage (as ``Words.vectors``): the weighted mean, over the words of the
    question, of the largest cosine with one of them, (passages,); 0 where either has no words."""
    likeness = np.zeros(len(passages), np.float32)
    there = [i for i, words in enumerate(passages) if len(words)]
    if not there or not len(question.weights):
        return likeness
    sizes = [len(passages[i]) for i in there]
    stacked = np.concatenate([passages[i] for i in there]).astype(np.float32)
    cosines = stacked @ (question.vectors.T.astype(np.float32) / 127**2)
    starts = np.cumsum([0, *sizes[:-1]])
    likeness[there] = np.maximum.reduceat(cosines, starts, axis=0) @ question.weights
    return likeness
