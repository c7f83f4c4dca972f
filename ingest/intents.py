"""Fits the classifier of questions of a call (assistant/answering/intents.py)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.answering.intents import Intent, Intents
from assistant.answering.prototypes import Prototypes
from assistant.index.catalog import KnownQuestion

# Inverse strength of the penalty; 3 to 30 do about as well on the dev questions.
_C = 10.0
# Steps of L-BFGS, short of convergence: on the dev questions no worse than three times as many.
_ITERATIONS = 40


def fit_intents(
    questions: Sequence[KnownQuestion],
    vectors: Mapping[str, np.ndarray],
    prototypes: Prototypes,
    answered: frozenset[str],
) -> Intents | None:
    """From the validated ``questions``, whose whitened vectors are given by id, and from the
    standard questions other than those ``answered`` (their wordings are validated questions).

    None when no question was validated. The same inputs give the same coefficients.
    """
    rows = [(Intent("faq", q.entry), vectors[q.id]) for q in questions if q.origin == "faq"]
    if not rows:
        return None
    rows.sort(key=lambda row: (row[0].id, row[1].tobytes()))
    rows += [
        (Intent(kind, id_), vector)
        for kind, id_, vector in prototypes.wordings
        if not (kind == "topic" and id_ in answered)
    ]
    classes = tuple(dict.fromkeys(intent for intent, _ in rows))
    number = {intent: i for i, intent in enumerate(classes)}
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_C, max_iter=_ITERATIONS, tol=1e-3)
    with warnings.catch_warnings():
        # It stops early on purpose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(
            np.array([vector for _, vector in rows], dtype=np.float32),
            np.array([number[intent] for intent, _ in rows]),
        )
    return Intents(classes, model.coef_, model.intercept_)
