"""Questions as the reader sees them when it learns: retrieved, with what is right told for each candidate."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assistant.answering.index import CallIndex
from assistant.answering.prototypes import load_prototypes
from assistant.answering.retrieve import Candidate, Retrieval, retrieve
from assistant.answering.understand import Question, understand
from assistant.embedding import Embedder
from assistant.index.catalog import Catalog
from assistant.index.vectors import open_vectors
from assistant.index.versions import Versions
from assistant.settings import PROJECT, Settings
from assistant.types import Span, Turn
from evals.written_calls import learned_from, write_folder
from ingest.build import ingest
from ingest.faq import find_quote
from ingest.prototypes import build_prototypes


@dataclass(slots=True)
class Sample:
    """One question of one index variant, retrieved, with gold labels for its candidates."""

    group: str
    answerable: bool
    question: Question
    retrieval: Retrieval
    labels: np.ndarray
    weight: float
    case: dict[str, Any]


def label(index: CallIndex, candidate: Candidate, quotes: list[tuple[str, Span]]) -> bool:
    """Whether quoting this candidate gives the gold evidence (or a fair part of a long one)."""
    for document, span in quotes:
        if candidate.unit.document != document:
            continue
        size = span.end - span.start
        shared = sum(part.overlap(span) for part in candidate.parts)
        if shared >= 0.8 * size and candidate.length <= 4 * size + 150:
            return True
        if shared >= 0.4 * size and shared >= 0.8 * candidate.length:
            return True
    return False


def samples_of(
    settings: Settings, call: str, cases: list[dict[str, Any]], embedder: Embedder, group: str,
) -> list[Sample]:  # fmt: skip
    """Retrieve for all ``cases`` of one call."""
    report = ingest(settings, call, embedder)
    build_prototypes(settings.data_dir, embedder)
    prototypes = load_prototypes(settings.data_dir, embedder)
    path = Versions(settings.data_dir, call).current_path()
    index = CallIndex(
        path,
        report.version,
        Catalog(path / "catalog.sqlite"),
        open_vectors(path, call, settings.chroma_url),
    )
    samples: list[Sample] = []
    for case in cases:
        history = tuple(Turn(role=t["role"], text=t["text"]) for t in case.get("history") or [])
        quotes: list[tuple[str, Span]] = []
        for quote in case.get("quotes") or []:
            for document in index.catalog.documents.values():
                span = find_quote(quote, document.text)
                if span:
                    quotes.append((document.id, span))
        parts = understand(case["question"], history, index).parts
        if not parts or (len(parts) > 1 and case["expect"] != "abstain"):
            continue
        question = parts[0]
        embedded = embedder.embed(question.search_texts, kind="query")
        retrieval = retrieve(index, prototypes, question, embedded)
        labels = np.array([label(index, c, quotes) for c in retrieval.candidates], dtype=bool)
        answerable = case["expect"] != "abstain"
        if answerable and not quotes:
            continue
        samples.append(Sample(group, answerable, question, retrieval, labels, 1.0, case))
    index.close()
    return samples


def collect(settings: Settings, embedder: Embedder, data_dir: Path) -> list[Sample]:
    """Samples of every call's dev questions."""
    samples: list[Sample] = []
    sets: list[tuple[Path, str, Path]] = [
        (settings.corpus_dir, path.stem.split(".")[0], path)
        for path in sorted((PROJECT / "evals" / "questions").glob("*.yaml"))
    ]
    calls = PROJECT / "evals" / "calls"
    sets += [(calls, path.parent.name, path) for path in sorted(calls.glob("*/questions.yaml"))]
    for corpus, call, path in sets:
        cases = [c for c in yaml.safe_load(path.read_text(encoding="utf-8")) if c["split"] == "dev"]
        if not cases:
            continue
        for variant in ("with", "without"):
            if variant == "with" and not (corpus / call / "faq.toml").exists():
                continue
            with tempfile.TemporaryDirectory() as folder:
                source = corpus
                if variant == "without" and (corpus / call / "faq.toml").exists():
                    source = Path(folder)
                    shutil.copytree(corpus / call, source / call)
                    (source / call / "faq.toml").unlink()
                chosen = settings.model_copy(
                    update={"corpus_dir": source, "data_dir": data_dir / variant}
                )
                samples += samples_of(chosen, call, cases, embedder, f"{call}/{variant}")
    return samples


def collect_written(settings: Settings, embedder: Embedder) -> list[Sample]:
    """Samples of the written calls that may be learned from, ingested in a temporary folder."""
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as folder:
        chosen = settings.model_copy(
            update={"corpus_dir": Path(folder) / "corpus", "data_dir": Path(folder) / "data"}
        )
        for path in learned_from():
            call = write_folder(path, chosen.corpus_dir)
            asked: list[dict[str, Any]] = [
                {"question": text, "expect": "answer", "quotes": [call.passages[p][1] for p in sorted(right)]}
                for text, right in call.questions
            ]
            asked += [{"question": text, "expect": "abstain"} for text in call.unanswered]
            samples += samples_of(chosen, path.stem, asked, embedder, f"{path.stem}/written")
    return samples
