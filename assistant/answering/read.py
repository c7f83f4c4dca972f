"""Which candidate answers, and whether any does: a small learned model over general features.

Two models, fitted by evals/train_reader.py and stored in reader.json: a conditional logit over the
candidates, and one for the calibrated probability that the best one answers at all: a logistic regression,
or, for calls without validated questions, of which many more are known, a network with one hidden layer.
Calls with validated questions and calls without have coefficients of their own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.features import log_odds
from assistant.answering.intents import Kind
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate, Retrieval
from assistant.words import tokens

# In scores, how far a passage that states the other end or limit than the one asked stands behind, and
# the passage of a validated question that is asked in its very words before the others.
_APART = 6.0
# From this probability of a validated question on, its own passages come first.
_EVIDENT = 0.8
# How sure at least it is that a validated question, asked in its very words, has its answer.
_VERBATIM = 0.95
# Where a call has few validated questions and the reader finds no answer: the cosine from which the nearest of them
# gives it. With 100 to 164 entries of the first call, four wordings each, nine in ten of those passages are right.
_NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Logistic:
    """A linear model over named, standardised features."""

    names: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float

    def logits(self, rows: Sequence[dict[str, float]]) -> list[float]:
        """Log odds of each row of features."""
        x = np.array([[row[name] for name in self.names] for row in rows])
        logits: list[float] = ((x - self.mean) / self.scale @ self.weights + self.intercept).tolist()
        return logits


@dataclass(frozen=True, slots=True)
class Network:
    """A hidden layer of rectified units over named, standardised features: ``hidden`` (features, units),
    ``bias`` and ``weights`` (units,)."""

    names: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    bias: np.ndarray
    weights: np.ndarray
    intercept: float

    def logits(self, rows: Sequence[dict[str, float]]) -> list[float]:
        """Log odds of each row of features."""
        x = (np.array([[row[name] for name in self.names] for row in rows]) - self.mean) / self.scale
        units = np.maximum(x @ self.hidden + self.bias, 0.0)
        logits: list[float] = (units @ self.weights + self.intercept).tolist()
        return logits


@dataclass(frozen=True, slots=True)
class Reader:
    """Both models."""

    passage: Logistic
    answer: Logistic | Network


@dataclass(frozen=True, slots=True)
class Reading:
    """Candidates, best first, and the probability (0 to 1) that the first one answers. ``settled``: nothing is
    to be judged any more, because a person validated that it answers this question, asked in the very words of
    that one, or because the question is about whom the answer before it named."""

    candidates: list[Candidate]
    probability: float
    features: dict[str, float]
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which one answers, answers in part, takes a message for a question about
    the call, and shows the best passage with an abstention."""

    answer: float
    partial: float
    scope: float
    near: float


@lru_cache(maxsize=2)
def load_thresholds(*, validated: bool) -> Thresholds:
    """The stored thresholds for calls with or without validated questions."""
    stored = json.loads(Path(__file__).with_name("reader.json").read_text(encoding="utf-8"))
    return Thresholds(**stored["thresholds"]["validated" if validated else "plain"])


@lru_cache(maxsize=2)
def load_reader(*, validated: bool) -> Reader:
    """The stored coefficients for calls with or without validated questions."""
    stored = json.loads(Path(__file__).with_name("reader.json").read_text(encoding="utf-8"))
    reader = stored["validated" if validated else "plain"]
    return Reader(parse_logistic(reader["passage"]), parse_answer(reader["answer"]))


def parse_answer(stored: dict[str, Any]) -> Logistic | Network:
    """The model of answerability from its stored form."""
    if "hidden" not in stored:
        return parse_logistic(stored)
    mean, scale, hidden, bias, weights = (
        np.array(stored[name]) for name in ("mean", "scale", "hidden", "bias", "weights")
    )
    return Network(tuple(stored["names"]), mean, scale, hidden, bias, weights, float(stored["intercept"]))


def parse_logistic(stored: dict[str, Any]) -> Logistic:
    """A regression from its stored form."""
    return Logistic(
        tuple(stored["names"]),
        np.array(stored["mean"]),
        np.array(stored["scale"]),
        np.array(stored["weights"]),
        float(stored["intercept"]),
    )


def read(question: Question, retrieval: Retrieval, reader: Reader | None = None) -> Reading:
    """Rank the candidates and judge whether the best one answers."""
    reader = reader or load_reader(validated=bool(retrieval.intents))
    if not retrieval.candidates:
        return Reading([], 0.0, {})
    scores = reader.passage.logits([c.features for c in retrieval.candidates])
    for candidate, score in zip(retrieval.candidates, scores, strict=True):
        candidate.score = score
        if retrieval.wrong_end(candidate) or retrieval.wrong_limit(candidate):
            candidate.score -= _APART
    ranked = sorted(retrieval.candidates, key=lambda c: -c.score)
    if retrieval.intents and retrieval.intents[0][1] >= _EVIDENT:
        # Nothing that resembles it outweighs the question that a person validated.
        entry = retrieval.intents[0][0].id
        ranked.sort(
            key=lambda c: not (
                c.question and c.question.entry == entry and c.bound and not retrieval.wrong_end(c)
            )
        )
    validated = _validated(question, retrieval, ranked)
    if validated is not None:
        validated.score = ranked[0].score + _APART
        ranked.sort(key=lambda c: c is not validated)
    share_out(ranked)
    features = answer_features(question, retrieval, ranked)
    probability = sigmoid(reader.answer.logits([features])[0])
    if validated is not None:
        probability = max(probability, _VERBATIM)
    if retrieval.nearest is not None and not retrieval.wrong_end(retrieval.nearest):
        # A small FAQ is used only for what it asks nearly so.
        nearest, cosine = retrieval.nearest, retrieval.nearest.faq
        if not question.context and nearest.question and tokens(nearest.question.text) == tokens(question.text):
            validated, cosine = nearest, max(cosine, _VERBATIM)
        if validated is nearest or (cosine >= _NEAR and probability < load_thresholds(validated=False).answer):
            nearest.score = ranked[0].score + _APART
            ranked = [nearest, *(c for c in ranked if (c.unit.document, c.parts) != (nearest.unit.document, nearest.parts))]
            share_out(ranked)
            probability = max(probability, cosine)
    return Reading(ranked, probability, features, settled=validated is not None)


def _validated(
    question: Question, retrieval: Retrieval, candidates: Sequence[Candidate]
) -> Candidate | None:
    """The candidate that a validated question in the same words is bound to."""
    if question.context:
        return None
    words = tokens(question.text)
    for known in retrieval.related:
        if known.origin == "faq" and tokens(known.text) == words:
            bound = known.document, known.parts
            return next((c for c in candidates if (c.unit.document, c.parts) == bound), None)
    return None


def share_out(ranked: Sequence[Candidate]) -> None:
    """Fill in the share of each candidate (best first): the softmax of the scores."""
    powers = np.exp(np.array([c.score - ranked[0].score for c in ranked]))
    for candidate, share in zip(ranked, powers / powers.sum(), strict=True):
        candidate.share = float(share)


def sigmoid(logit: float) -> float:
    """Logistic function, safe at both ends."""
    return float(1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30))))


def answer_features(
    question: Question, retrieval: Retrieval, ranked: list[Candidate]
) -> dict[str, float]:
    """What tells an answerable question from one that the sources leave open. ``ranked`` have their shares."""
    best = ranked[0]
    second = next((c for c in ranked[1:] if c.unit.id != best.unit.id), best)
    topic = retrieval.topic
    topic_cosine = topic[1] if topic else 0.0
    known = max(max(c.faq, c.fact) for c in ranked)
    passage = max(c.sentence for c in ranked)
    away = retrieval.conduct("off_topic", "attack", "identity", "capabilities")
    f = best.features
    shares = np.array([c.share for c in ranked])
    return {
        "score": best.score,
        "share": best.share,
        "entropy": float(-(shares * np.log(shares + 1e-9)).sum()),
        "margin": best.score - second.score,
        "known": known,
        "best_known": max(best.faq, best.fact),
        "known_words": max(c.features["known_words"] for c in ranked),
        "passage": (passage - 0.85) * 10,
        "words": max(max(c.words, c.words_context) for c in ranked) * 2,
        "best_words": max(best.words, best.words_context) * 2,
        "least": max(max(c.least, c.least_context) for c in ranked) * 2,
        "best_least": max(best.least, best.least_context) * 2,
        "topic": topic_cosine,
        "open_over_known": retrieval.open_cosine - known,
        "open": retrieval.open_cosine,
        "topic_over_known": topic_cosine - known,
        "answered": _mass(retrieval, "faq"),
        "left_open": _mass(retrieval, "topic"),
        "conduct": _mass(retrieval, "conduct"),
        "best_intent": best.intent,
        "best_topic": f["topic"],
        "best_topic_context": f["topic_context"],
        "top_topic": max(c.features["topic"] for c in ranked),
        "top_topic_context": max(c.features["topic_context"] for c in ranked),
        "standard_conduct": log_odds(retrieval.standard_mass("conduct")),
        "away_over_known": away - known,
        "away_over_topic": away - topic_cosine,
        "away": away,
        "cover": f["around"] + f["around_foreign"],
        "cover_native": f["around"],
        "cue": f["cue"],
        "cue_topic": f["cue_topic"],
        "kind": f["kind"],
        "unknown": f["unknown"],
        "names_missing": f["names_missing"],
        "sentence": f["sentence"],
        "context": f["context"],
        "foreign": f["foreign"],
        "terms": min(len(question.terms), 12) / 6,
        "asks_openly": float(question.asked == "open"),
        "yesno": float(question.asked == "yesno"),
    }


def _mass(retrieval: Retrieval, kind: Kind) -> float:
    """How probable a kind of intent is; in the middle when the call has no classifier."""
    return log_odds(retrieval.mass(kind) if retrieval.intents else 0.5)
