"""Embeds the standard questions once for an embedding model, and fits the classifiers on them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np

from assistant.answering.intents import Intent
from assistant.answering.prototypes import (
    exemplars,
    prototypes_folder,
    whitening_of,
    wordings,
)
from assistant.answering.topics import PassageClassifier
from assistant.answering.whitening import fit_whitening
from assistant.embedding import Embedder, Progress
from ingest.intents import fit_intents, fit_linear


def build_prototypes(data_dir: Path, embedder: Embedder, progress: Progress | None = None) -> int:
    """Build them aside and put them in place in one step; the number of texts embedded, 0 when
    they were there already."""
    folder = prototypes_folder(data_dir, embedder)
    if folder.exists():
        return 0
    folder.parent.mkdir(parents=True, exist_ok=True)  # fails now rather than after a minute's work
    questions = [text for _, _, text in wordings()]
    passages = exemplars()
    vectors = embedder.encode(questions, kind="query", progress=progress)
    staging = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    np.save(staging / "wordings.npy", vectors)
    whitened = whitening_of(vectors).apply(vectors)
    fit_intents(
        [(Intent(kind, id_), text, v) for (kind, id_, text), v in zip(wordings(), whitened, strict=True)]
    ).save(staging / "questions.npz")
    answers = embedder.encode([text for _, text in passages], kind="passage")
    _fit_passages([topic for topic, _ in passages], answers).save(staging / "passages.npz")
    try:
        os.replace(staging, folder)
    except OSError:
        # Another process was faster, with the same result.
        shutil.rmtree(staging, ignore_errors=True)
        if not folder.exists():
            raise
    return len(questions) + len(passages)


def _fit_passages(topics: list[str], vectors: np.ndarray) -> PassageClassifier:
    names = tuple(dict.fromkeys(topics))
    number = {name: i for i, name in enumerate(names)}
    whitening = fit_whitening(vectors, topics)
    labels = np.array([number[topic] for topic in topics])
    return PassageClassifier(names, whitening, *fit_linear(whitening.apply(vectors), labels))
