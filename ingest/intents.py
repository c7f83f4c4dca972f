"""Fits classifiers of questions (assistant/answering/intents.py)."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from assistant.answering.intents import Intent, Intents
from assistant.answering.ngrams import fit_ngrams
from assistant.answering.prototypes import Prototypes
from assistant.types import KnownQuestion

# Inverse strength of the penalty; 3 to 30 do about as well on the dev questions.
_C = 10.0
# Steps of L-BFGS, short of convergence: on the dev questions no worse than three times as many.
_ITERATIONS = 40
# Wordings of validated questions from which on the classes can be learned. On the first call, with parts of its
# FAQ: 400 wordings answer 67 % of French questions where the passages alone answer 88 %, 1,500 83 % (85 %),
# 2,300 98 % (90 %).
_ENOUGH = 2_000

Row = tuple[Intent, str, np.ndarray]


def fit_intents(rows: Sequence[Row]) -> Intents:
    """From (class, wording, whitened vector); the same rows give the same coefficients."""
    classes = tuple(dict.fromkeys(intent for intent, _, _ in rows))
    number = {intent: i for i, intent in enumerate(classes)}
    labels = np.array([number[intent] for intent, _, _ in rows])
    vectors = np.array([vector for _, _, vector in rows], dtype=np.float32)
    weights, bias = fit_linear(vectors, labels)
    spelling = fit_ngrams([text for _, text, _ in rows], labels, len(classes))
    return Intents(classes, weights, bias, spelling)


def fit_linear(vectors: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression: weights (classes, dimension) and bias (classes,)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_C, max_iter=_ITERATIONS, tol=1e-3)
    with warnings.catch_warnings():
        # It stops early on purpose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(vectors, labels)
    return model.coef_, model.intercept_


def intents_of_call(
    questions: Iterable[KnownQuestion],
    vectors: Mapping[str, np.ndarray],
    prototypes: Prototypes,
    answered: frozenset[str],
    left_open: Iterable[tuple[str, str, np.ndarray]] = (),
) -> Intents | None:
    """From the validated ``questions``, whose whitened vectors are given by id, and from the
    standard questions other than those ``answered`` (their wordings are validated questions). ``left_open``:
    wordings by which others are asked of this call, with their whitened vectors.

    None when too few wordings were validated to learn from.
    """
    rows: list[Row] = [
        (Intent("faq", q.entry), q.text, vectors[q.id]) for q in questions if q.origin == "faq"
    ]
    if len(rows) < _ENOUGH:
        return None
    rows.sort(key=lambda row: (row[0].id, row[1]))
    rows += [
        (Intent(kind, id_), text, vector)
        for kind, id_, text, vector in prototypes.wordings
        if not (kind == "topic" and id_ in answered)
    ]
    rows += [(Intent("topic", id_), text, vector) for id_, text, vector in left_open]
    return fit_intents(rows)
