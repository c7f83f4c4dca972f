"""How ingestion and questions scale with the number of documents, beside the vanilla way.

Each row is measured in a process of its own, so that its peak memory is its own. Ours is all that
'aap ingest' and ``Assistant.ask`` do; vanilla is LangChain's in-memory vector store over chunks
of 1,000 characters embedded by sentence-transformers (torch), with the same model. As the two cut
texts differently, characters a second compare them.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.assistant import Assistant
from assistant.embedding import load_embedder
from assistant.settings import PROJECT, Settings, load_settings
from evals.baseline import TOP, split
from evals.bench.documents import edit_one, write_call
from ingest.build import ingest
from ingest.embedded_model import prepare_embedded_model
from ingest.prototypes import build_prototypes

CALL = "mesure"


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: sizes in MB, ``peak_mb`` at the end of ingestion, ``update_s`` for one changed
    document, latencies in ms."""

    way: str
    documents: int
    chunks: int
    characters: int
    build_s: float
    update_s: float
    peak_mb: float
    index_mb: float
    p50: float
    p95: float

    @property
    def chunks_per_s(self) -> float:
        """Passages (ours) or chunks (vanilla) a second, end to end."""
        return self.chunks / self.build_s

    @property
    def characters_per_s(self) -> float:
        """Characters of text a second."""
        return self.characters / self.build_s


def bench_ingest(
    sizes: Sequence[int], passages: int, *, seed: int = 1, vanilla_up_to: int | None = None
) -> Iterator[Row]:
    """A row for each size and way, as they come; vanilla only up to so many documents."""
    for documents in sizes:
        both = vanilla_up_to is None or documents <= vanilla_up_to
        for way in ("ours", "vanilla") if both else ("ours",):
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-m", "evals.bench.ingest", way, folder, str(documents), str(passages), str(seed)]  # fmt: skip
                environment = {**os.environ, "PYTHONPATH": str(PROJECT), "TQDM_DISABLE": "1"}
                done = subprocess.run(
                    command, env=environment, stdout=subprocess.PIPE, text=True, check=True
                )
                yield Row(**json.loads(done.stdout.splitlines()[-1]))


def plot(rows: Sequence[Row]) -> str:
    """Characters a second, peak memory of ingestion, time of an update, and p50 by number of
    documents, as one SVG."""
    panels: list[tuple[str, Callable[[Row], float]]] = [
        ("characters/s", lambda r: r.characters_per_s),
        ("peak memory, MB", lambda r: r.peak_mb),
        ("one document changed, s", lambda r: r.update_s),
        ("question p50, ms", lambda r: r.p50),
    ]
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 260" font-family="sans-serif" font-size="12">']
    for panel, (title, value) in enumerate(panels):
        left, top = panel * 300 + 45, 220.0
        highest = max(map(value, rows)) * 1.1 or 1.0
        sizes = sorted({row.documents for row in rows})
        parts.append(f'<text x="{left}" y="20">{title}</text>')
        parts.append(f'<path d="M{left} 30V{top}H{left + 230}" fill="none" stroke="#888"/>')
        parts.append(f'<text x="{left - 4}" y="40" text-anchor="end">{highest:.3g}</text>')
        for way, colour in (("ours", "#000091"), ("vanilla", "#c9191e")):
            points = [
                (left + 15 + 200 * sizes.index(r.documents) / max(len(sizes) - 1, 1), top - 180 * value(r) / highest)
                for r in rows if r.way == way
            ]  # fmt: skip
            line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in points]
            if points:
                parts.append(f'<text x="{points[-1][0]:.0f}" y="{points[-1][1] - 6:.0f}" fill="{colour}" text-anchor="end">{way}</text>')
        for position, size in enumerate(sizes):
            x = left + 15 + 200 * position / max(len(sizes) - 1, 1)
            parts.append(f'<text x="{x:.0f}" y="238" text-anchor="middle">{size}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ours(folder: Path, documents: int, passages: int, seed: int) -> Row:
    installed = load_settings()
    settings = Settings(
        corpus_dir=folder / "corpus", data_dir=folder / "data", cache_dir=installed.cache_dir,
        call=CALL, threads=installed.threads,
    )  # fmt: skip
    questions = write_call(settings.corpus_dir, CALL, documents, passages, seed=seed)
    embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
    build_prototypes(installed.data_dir, embedder)  # the same for every call: not measured
    settings.data_dir.mkdir()
    (settings.data_dir / "prototypes").symlink_to((installed.data_dir / "prototypes").resolve())
    start = time.perf_counter()
    ingest(settings, CALL, embedder)
    built = time.perf_counter() - start
    peak = _peak_mb()
    size = _size_mb(settings.data_dir / "index")
    characters = _characters(settings.corpus_dir / CALL)
    edit_one(settings.corpus_dir, CALL, documents)
    start = time.perf_counter()
    ingest(settings, CALL, embedder)
    updated = time.perf_counter() - start
    with closing(Assistant(settings, embedder)) as assistant:
        index = assistant.index(CALL)
        chunks = index.catalog.leaf_count + sum(linked.catalog.leaf_count for linked in index.linked)
        p50, p95 = _latencies(assistant.ask, questions)
        return Row("ours", documents, chunks, characters, built, updated, peak, size, p50, p95)


def _vanilla(folder: Path, documents: int, passages: int, seed: int) -> Row:
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore
    from sentence_transformers import SentenceTransformer

    questions = write_call(folder, CALL, documents, passages, seed=seed)
    model = SentenceTransformer(str(prepare_embedded_model(load_settings().cache_dir)), device="cpu")

    class Torch(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.encode_document(texts, show_progress_bar=False).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            return model.encode_query(text).tolist()  # type: ignore[no-any-return]

    def chunks(path: Path) -> list[Document]:
        text = path.read_text(encoding="utf-8")
        return [
            Document(id=f"{path.stem}-{number}", page_content=text[s.start : s.end])
            for number, s in enumerate(split(text))
        ]

    paths = [folder / CALL / f"d{n}.md" for n in range(documents)]
    store = InMemoryVectorStore(Torch())
    start = time.perf_counter()
    cut = [chunk for path in paths for chunk in chunks(path)]
    store.add_documents(cut)
    built = time.perf_counter() - start
    peak = _peak_mb()
    characters = _characters(folder / CALL)
    saved = folder / "store.json"
    store.dump(str(saved))
    stale = chunks(paths[documents // 2])
    edited = paths[edit_one(folder, CALL, documents)]
    start = time.perf_counter()
    store.delete([chunk.id for chunk in stale if chunk.id])
    store.add_documents(chunks(edited))
    updated = time.perf_counter() - start
    p50, p95 = _latencies(lambda question: store.similarity_search(question, k=TOP), questions)
    return Row("vanilla", documents, len(cut), characters, built, updated, peak, saved.stat().st_size / 1e6, p50, p95)  # fmt: skip


def _latencies(ask: Callable[[str], Any], questions: Sequence[str]) -> tuple[float, float]:
    """p50 and p95 in milliseconds, after one question to warm up."""
    ask(questions[0])
    spent = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        spent.append((time.perf_counter() - start) * 1e3)
    return float(np.percentile(spent, 50)), float(np.percentile(spent, 95))


def _characters(folder: Path) -> int:
    return sum(len(path.read_text(encoding="utf-8")) for path in folder.glob("*.md"))


def _peak_mb() -> float:
    """Peak resident memory of this process so far (Linux counts it in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main(way: str, folder: str, documents: str, passages: str, seed: str) -> None:
    """Measure one row and write it as JSON."""
    measure = _ours if way == "ours" else _vanilla
    row = measure(Path(folder), int(documents), int(passages), int(seed))
    sys.stdout.write(json.dumps(asdict(row)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
