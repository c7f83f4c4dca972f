"""Fit the regressions that hear, in a sentence of a mail, whether it asks something and whether it
calls for a person (assistant/desk/hearing.json).

    python -m evals.mails.train_hearing [--dry-run]

Learns from the sentences of the dev mails under evals/mails/ (one that holds most of a gold
question asks; those of mails that need nobody call for nobody) and from evals/mails/sentences.yaml.
Prints, cross-validated by mail, what the rules alone and the regressions miss and make up.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from assistant.desk.asking import (
    ASKS,
    ASKS_AS_STATED,
    PERSON,
    STORED,
    Hearing,
    Listener,
    cues,
    stated,
)
from assistant.desk.parse import parse_mail
from assistant.desk.reasons import sentence_reasons
from assistant.desk.sentences import read_sentences
from assistant.embedding import load_embedder
from assistant.settings import load_settings
from assistant.words import stems
from evals.mails.cases import MailCase, load_mails

MAILS = Path(__file__).parent
FOLDS = 8
# Of the vectors, whose coordinates are small, against the cues; and the inverse of the penalty.
# Cross-validated, 9 to 24 and 0.3 to 3 do about as well.
SCALE, INVERSE_PENALTY = 15.0, 0.3
# Sentences written because they ask or call for a person count more than those of whole mails.
WRITTEN_WEIGHT = {"asks": 2.0, "person": 3.0}
_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence, whether it asks, whether it calls for a person (None where the gold does not
    say), and the mail that it comes from ("" for a sentence alone)."""

    text: str
    asks: bool | None
    person: bool | None
    mail: str = ""


def samples_of(case: MailCase) -> list[Sample]:
    """Sentences of a dev mail, with what its gold says of them."""
    gold = case.gold
    if case.split == "test" or gold.automated:
        return []
    said = bool(gold.questions) or gold.human is False or not gold.reply
    mail = parse_mail(case.raw)
    wanted = [frozenset(stems(question)) for question in gold.questions]
    found = []
    for sentence in (*read_sentences(mail.written.text, Listener()), *read_sentences(mail.forwarded, Listener())):
        have = frozenset(stems(sentence.text))
        asked = any(have & words and len(have & words) >= _SHARED * len(words) for words in wanted)
        nobody = False if gold.human is False or not gold.reply else None
        found.append(Sample(sentence.text, asked if said else None, nobody, case.id))
    return found


def collect() -> list[Sample]:
    """All samples."""
    found = []
    for path in sorted(MAILS.glob("*/*.yaml")):
        for case in load_mails(path):
            found += samples_of(case)
    alone = yaml.safe_load((MAILS / "sentences.yaml").read_text(encoding="utf-8"))
    for kind in ("ask", "tell"):
        found += [Sample(text, kind == "ask", None if sentence_reasons(text) else False) for text in alone[kind]]
    return found + [Sample(text, None, True) for texts in alone["person"].values() for text in texts]


def fit(vectors: np.ndarray, known: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> Hearing:
    """The regression of (n, dimension) vectors and (n, cues)."""
    mean = vectors.mean(axis=0)
    rows = np.hstack([(vectors - mean) * SCALE, known])
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=3000).fit(rows, truth, sample_weight=weights)
    size = vectors.shape[1]
    return Hearing(mean, SCALE, model.coef_[0][:size], model.coef_[0][size:], float(model.intercept_[0]))


def learn(
    name: str, samples: list[Sample], vectors: np.ndarray, known: np.ndarray, threshold: float
) -> Hearing:
    """Cross-validate, print, and fit on all."""
    truth = np.array([bool(getattr(s, name)) for s in samples])
    written = np.array([not s.mail for s in samples])
    weights = np.where(truth & written, WRITTEN_WEIGHT[name], 1.0)
    folds = np.array([crc32((s.mail or s.text).encode()) % FOLDS for s in samples])
    heard = np.zeros(len(samples))
    for number in range(FOLDS):
        rest, held = folds != number, folds == number
        hearing = fit(vectors[rest], known[rest], truth[rest], weights[rest])
        heard[held] = hearing.probability(vectors[held], known[held])
    by_rule = np.array([stated(s.text) if name == "asks" else bool(sentence_reasons(s.text)) for s in samples])
    of_mails = np.array([bool(s.mail) for s in samples])
    both = (heard >= threshold) | (by_rule & (heard >= ASKS_AS_STATED) if name == "asks" else by_rule)
    for where, chosen in (("mails", of_mails), ("sentences", ~of_mails)):
        for who, said in (("rules", by_rule), ("heard", both)):
            missed, made_up = (truth & ~said & chosen).sum(), (said & ~truth & chosen).sum()
            sys.stdout.write(
                f"{name:7} {where:10} {who}  missed {missed}/{(truth & chosen).sum()}"
                f"  made up {made_up}/{(~truth & chosen).sum()}\n"
            )
    return fit(vectors, known, truth, weights)


def stored(hearing: Hearing) -> dict[str, Any]:
    """A regression as it is kept."""
    return {
        "scale": hearing.scale, "intercept": round(hearing.intercept, 4),
        "cues": [round(float(v), 4) for v in hearing.cues],
        "mean": [round(float(v), 5) for v in hearing.mean],
        "weights": [round(float(v), 4) for v in hearing.weights],
    }  # fmt: skip


def main() -> None:
    """Fit, cross-validate, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="measure only, store nothing")
    arguments = parser.parse_args()
    settings = load_settings()
    embedder = load_embedder(settings.embedder, settings.cache_dir)
    samples = collect()
    vectors = embedder.encode([s.text for s in samples], kind="query")
    known = np.array([cues(s.text) for s in samples])
    found: dict[str, Any] = {"embedder": embedder.name}
    for name, threshold in (("asks", ASKS), ("person", PERSON)):
        rows = [n for n, s in enumerate(samples) if getattr(s, name) is not None]
        found[name] = stored(learn(name, [samples[n] for n in rows], vectors[rows], known[rows], threshold))
    if not arguments.dry_run:
        STORED.write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
