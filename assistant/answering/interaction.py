"""Late interaction (Khattab and Zaharia 2020): how well the words of a question are met in a passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.embedding import Words

# The words of a question that are met worst tell a near miss: of its weight, so much.
_LEAST = 0.25


def met(question: Words, passages: Sequence[np.ndarray]) -> np.ndarray:
    """How well each word of the question is met in each passage (given by its words, as
    ``Words.vectors``): the largest cosine with one of them, (passages, words); 0 in a passage
    without words."""
    largest = np.zeros((len(passages), len(question.weights)), np.float32)
    there = [i for i, words in enumerate(passages) if len(words)]
    if not there or not len(question.weights):
        return largest
    sizes = [len(passages[i]) for i in there]
    stacked = np.concatenate([passages[i] for i in there]).astype(np.float32)
    cosines = stacked @ (question.vectors.T.astype(np.float32) / 127**2)
    starts = np.cumsum([0, *sizes[:-1]])
    largest[there] = np.maximum.reduceat(cosines, starts, axis=0)
    return largest


def interaction(question: Words, largest: np.ndarray) -> np.ndarray:
    """The weighted mean of what ``met`` gives, (passages,); 0 for a question without words."""
    likeness: np.ndarray = largest @ question.weights
    return likeness


def least_met(question: Words, largest: np.ndarray) -> np.ndarray:
    """The weighted mean over the quarter of the question that is met worst, (passages,)."""
    order = largest.argsort(axis=1)
    weights = question.weights[order]
    before = weights.cumsum(axis=1) - weights
    counted = np.clip(_LEAST - before, 0.0, weights)
    least: np.ndarray = (np.take_along_axis(largest, order, axis=1) * counted).sum(axis=1) / _LEAST
    return least
