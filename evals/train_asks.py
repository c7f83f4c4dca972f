"""Fit the regression that hears whether a sentence of a mail asks something (assistant/desk/asks.json).

    python -m evals.train_asks [--dry-run]

Learns from the sentences of the dev mails under evals/mails/ (a sentence that holds most of a gold
question asks) and from evals/mails/sentences.yaml. Prints, cross-validated by mail, what the rules
alone and the regression miss and make up.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from assistant.desk.asking import ASKS, STORED, Hearing, Listener, cues, stated
from assistant.desk.parse import parse_mail
from assistant.desk.questions import read_sentences
from assistant.embedding import load_embedder
from assistant.settings import load_settings
from assistant.words import stems
from evals.mails.cases import MailCase, load_mails

MAILS = Path(__file__).with_name("mails")
FOLDS = 8
# Of the vectors, whose coordinates are small, against the cues; and the inverse of the penalty.
# Cross-validated, 9 to 24 and 0.3 to 3 do about as well.
SCALE, INVERSE_PENALTY = 15.0, 0.3
_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence, whether it asks, and the mail that it comes from ("" for a sentence alone)."""

    text: str
    asks: bool
    mail: str


def samples_of(case: MailCase) -> list[Sample]:
    """Sentences of a dev mail; none of one whose gold does not say what is asked."""
    gold = case.gold
    if case.split == "test" or gold.automated or (gold.human is not False and not gold.questions and gold.reply):
        return []
    mail = parse_mail(case.raw)
    wanted = [frozenset(stems(question)) for question in gold.questions]
    found = []
    for sentence in (*read_sentences(mail.written.text, Listener()), *read_sentences(mail.forwarded, Listener())):
        have = frozenset(stems(sentence.text))
        asked = any(have & words and len(have & words) >= _SHARED * len(words) for words in wanted)
        found.append(Sample(sentence.text, asked, case.id))
    return found


def collect() -> list[Sample]:
    """All samples."""
    found = []
    for path in sorted(MAILS.glob("*/*.yaml")):
        for case in load_mails(path):
            found += samples_of(case)
    alone = yaml.safe_load((MAILS / "sentences.yaml").read_text(encoding="utf-8"))
    return found + [Sample(text, kind == "ask", "") for kind in ("ask", "tell") for text in alone[kind]]


def fit(vectors: np.ndarray, known: np.ndarray, asks: np.ndarray, embedder: str) -> Hearing:
    """The regression of (n, dimension) vectors and (n, cues)."""
    mean = vectors.mean(axis=0)
    rows = np.hstack([(vectors - mean) * SCALE, known])
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=3000, class_weight="balanced").fit(rows, asks)
    size = vectors.shape[1]
    return Hearing(embedder, mean, SCALE, model.coef_[0][:size], model.coef_[0][size:], float(model.intercept_[0]))


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
    asks = np.array([s.asks for s in samples])
    folds = np.array([crc32((s.mail or s.text).encode()) % FOLDS for s in samples])
    heard = np.zeros(len(samples))
    for number in range(FOLDS):
        rest, held = folds != number, folds == number
        heard[held] = fit(vectors[rest], known[rest], asks[rest], "").probability(vectors[held], known[held])
    of_mails = np.array([bool(s.mail) for s in samples])
    for name, chosen in (("mails", of_mails), ("sentences", ~of_mails)):
        for who, said in (("rules", np.array([stated(s.text) for s in samples])), ("heard", heard >= ASKS)):
            missed, made_up = (asks & ~said & chosen).sum(), (said & ~asks & chosen).sum()
            sys.stdout.write(
                f"{name:10} {who}  missed {missed}/{(asks & chosen).sum()}  made up {made_up}/{(~asks & chosen).sum()}\n"
            )
    if arguments.dry_run:
        return
    found = fit(vectors, known, asks, embedder.name)
    STORED.write_text(json.dumps({
        "embedder": found.embedder, "scale": found.scale, "intercept": round(found.intercept, 4),
        "cues": [round(float(v), 4) for v in found.cues],
        "mean": [round(float(v), 5) for v in found.mean],
        "weights": [round(float(v), 4) for v in found.weights],
    }) + "\n", encoding="utf-8")  # fmt: skip


if __name__ == "__main__":
    main()
