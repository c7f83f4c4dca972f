"""Fit the reader's two regressions and store them (assistant/answering/reader.json).

    python -m evals.train_reader [--dry-run]

Learns from the dev questions of all calls under corpus/ and evals/calls/. There are two readers:
"validated" for calls with a FAQ, whose questions are classified, and "plain" for calls without
(every call is read without its FAQ for that). Whether the plain one answers is learned from most of the calls of
evals/written/ too. Prints how well unseen questions are answered: cross-validated by call, or in five folds
where there is only one call. An hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from assistant.answering.read import (
    Logistic,
    Reader,
    answer_features,
    parse_answer,
    parse_logistic,
    share_out,
)
from assistant.answering.retrieve import Candidate
from assistant.embedding import load_embedder
from assistant.settings import PROJECT, load_settings
from evals.reader_samples import Sample, collect, collect_written

# Chosen on the dev questions.
THRESHOLDS = {
    "validated": {"answer": 0.6, "partial": 0.5, "scope": 0.5, "near": 1.0},
    # Cross-validated by call, 0.65 abstains from 71 % of what is left open and wrongly from 12 %.
    "plain": {"answer": 0.65, "partial": 0.65, "scope": 0.5, "near": 0.4},
}
# Of the squared weights of the ranking; 1 to 20 do about as well, cross-validated.
PENALTY = 5.0
# Of the network: units, penalty, passes over the data; and how often a dev question counts beside a written one.
UNITS, DECAY, PASSES, DEV_WEIGHT = 16, 1.0, 25, 3
TARGET = PROJECT / "assistant" / "answering" / "reader.json"


def fit(
    rows: list[dict[str, float]], labels: np.ndarray, c: float
) -> dict[str, Any]:
    """A standardised logistic regression in its stored form."""
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-6] = 1.0
    model = LogisticRegression(C=c, max_iter=2_000).fit((x - mean) / scale, labels)
    return _stored(names, mean, scale, model.coef_[0], float(model.intercept_[0]))


Rows = tuple[list[dict[str, float]], list[bool]]


def fit_reader(samples: list[Sample], written: Rows | None = None) -> dict[str, Any]:
    """Both models; the second learns from scores that the first gave to unseen questions, and from the
    rows of ``written`` calls, of which the first has seen nothing."""
    passage = fit_passage(samples)
    folds = np.arange(len(samples)) % 5
    rows: list[dict[str, float]] = []
    labels: list[bool] = []
    for fold in range(5):
        part = parse_logistic(
            fit_passage([s for s, f in zip(samples, folds, strict=True) if f != fold])
        )
        held = [s for s, f in zip(samples, folds, strict=True) if f == fold]
        more, told = answer_rows(held, part)
        rows += more
        labels += told
    if written is None:
        return {"passage": passage, "answer": fit(rows, np.array(labels), 0.3)}
    rows = rows * DEV_WEIGHT + written[0]
    labels = labels * DEV_WEIGHT + written[1]
    return {"passage": passage, "answer": fit_network(rows, np.array(labels))}


def answer_rows(samples: list[Sample], passage: Logistic) -> Rows:
    """What the second model sees of samples that ``passage`` has ranked, and which are answerable."""
    chosen = [s for s in samples if s.retrieval.candidates]
    rows = [answer_features(s.question, s.retrieval, rank(s, passage)) for s in chosen]
    return rows, [s.answerable for s in chosen]


def fit_network(rows: list[dict[str, float]], labels: np.ndarray) -> dict[str, Any]:
    """A network with one hidden layer (Rumelhart and others 1986) over standardised features, in its stored
    form. So many passes, no more: with more it learns the calls by heart."""
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-6] = 1.0
    model = MLPClassifier(
        (UNITS,), alpha=DECAY, max_iter=PASSES, learning_rate_init=2e-3, batch_size=256, random_state=1
    )  # fmt: skip
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        model.fit((x - mean) / scale, labels)
    (hidden, out), (bias, intercept) = model.coefs_, model.intercepts_
    return {
        **_stored(names, mean, scale, out[:, 0], float(intercept[0])),
        "hidden": [[round(float(v), 5) for v in row] for row in hidden],
        "bias": [round(float(v), 5) for v in bias],
    }


def fit_passage(samples: list[Sample]) -> dict[str, Any]:
    """The scores that rank candidates: a conditional logit over those of each question.

    Listwise (Cao and others 2007), so that what is the same for all candidates of a question does
    not count, and the softmax of the scores tells how sure the choice is.
    """
    chosen = [s for s in samples if s.answerable and s.labels.any()]
    names = sorted(chosen[0].retrieval.candidates[0].features)
    rows = np.array(
        [[c.features[name] for name in names] for s in chosen for c in s.retrieval.candidates]
    )
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale < 1e-6] = 1.0
    x = (rows - mean) / scale
    gold = np.concatenate([s.labels for s in chosen]).astype(float)
    sizes = [len(s.labels) for s in chosen]
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(chosen)), sizes)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ weights
        powers = np.exp(z - np.maximum.reduceat(z, starts)[of])
        total = np.add.reduceat(powers, starts)
        right = np.add.reduceat(powers * gold, starts)
        value = float(np.log(total).sum() - np.log(right).sum() + PENALTY / 2 * weights @ weights)
        return value, x.T @ (powers / total[of] - powers * gold / right[of]) + PENALTY * weights

    weights = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return _stored(names, mean, scale, weights, 0.0)


def _stored(
    names: list[str], mean: np.ndarray, scale: np.ndarray, weights: np.ndarray, intercept: float
) -> dict[str, Any]:
    return {
        "names": names,
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        "weights": [round(float(v), 6) for v in weights],
        "intercept": round(intercept, 6),
    }


def rank(sample: Sample, model: Logistic) -> list[Candidate]:
    """Candidates by score, best first; stores the scores and the shares."""
    scores = model.logits([c.features for c in sample.retrieval.candidates])
    for candidate, score in zip(sample.retrieval.candidates, scores, strict=True):
        candidate.score = score
    ranked = sorted(sample.retrieval.candidates, key=lambda c: -c.score)
    share_out(ranked)
    return ranked


def measure(reader: Reader, samples: list[Sample]) -> dict[str, float]:
    """Top-1 and top-3 of answerable questions, AUC of answerability, pool recall."""
    first = third = pool = count = 0
    scores: list[float] = []
    truth: list[bool] = []
    for sample in samples:
        gold = {id(c) for c, g in zip(sample.retrieval.candidates, sample.labels, strict=True) if g}
        ranked = rank(sample, reader.passage)
        if sample.answerable:
            count += 1
            first += id(ranked[0]) in gold
            third += any(id(c) in gold for c in ranked[:3])
            pool += bool(gold)
        features = answer_features(sample.question, sample.retrieval, ranked)
        scores += reader.answer.logits([features])
        truth.append(sample.answerable)
    return {
        "n": count, "pool": pool / count, "top1": first / count, "top3": third / count,
        "auc": float(roc_auc_score(truth, scores)) if len(set(truth)) > 1 else float("nan"),
    }  # fmt: skip


def parse(stored: dict[str, Any]) -> Reader:
    """A reader from its stored form."""
    return Reader(parse_logistic(stored["passage"]), parse_answer(stored["answer"]))


def cross_validated(samples: list[Sample], written: Rows | None) -> dict[str, dict[str, float]]:
    """Figures by call (or by fifth of the only one), each measured on what was not learned."""
    parts = {s.group for s in samples}
    keys = [s.group for s in samples]
    if len(parts) == 1:
        keys = [f"{s.group} {i % 5 + 1}/5" for i, s in enumerate(samples)]
    found: dict[str, dict[str, float]] = {}
    for key in sorted(set(keys)):
        unseen = [s for s, k in zip(samples, keys, strict=True) if k == key]
        rest = [s for s, k in zip(samples, keys, strict=True) if k != key]
        found[key] = measure(parse(fit_reader(rest, written)), unseen)
    return found


def main() -> None:
    """Fit, cross-validate by call, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="measure only, store nothing")
    parser.add_argument("--work", type=Path, default=PROJECT / ".data" / "training")
    arguments = parser.parse_args()
    settings = load_settings()
    embedder = load_embedder(settings.embedder, settings.cache_dir)
    samples = collect(settings, embedder, arguments.work)
    stored: dict[str, Any] = {"thresholds": THRESHOLDS}
    for name, variant in (("validated", "with"), ("plain", "without")):
        mine = [s for s in samples if s.group.endswith(f"/{variant}")]
        written = None
        if name == "plain":
            written = answer_rows(collect_written(settings, embedder), parse_logistic(fit_passage(mine)))
        for group, figures in cross_validated(mine, written).items():
            shown = "  ".join(f"{k} {v:.3f}" for k, v in figures.items())
            sys.stdout.write(f"{name:10} {group:32} {shown}\n")
        stored[name] = fit_reader(mine, written)
    if not arguments.dry_run:
        TARGET.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
