"""The proof of the grounding gate: what it lets pass and what it stops, over five calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.index import CallIndex
from assistant.embedding import Embedder
from assistant.index.catalog import Catalog
from assistant.index.vectors import open_vectors
from assistant.index.versions import Versions
from assistant.settings import Settings
from evals.gate.corruptions import Source, corrupt
from evals.gate.proof import Bench, leaked, table
from evals.gate.sentences import load_right
from ingest.build import ingest

OTHER_CALLS = Path(__file__).parents[2] / "evals" / "calls"
NEVER = ("date", "date_shifted", "contact", "contact_misspelt", "person")


@pytest.fixture(scope="module")
def bench(settings: Settings, embedder: Embedder) -> Iterator[Bench]:
    indexes: dict[str, CallIndex] = {}
    for call in sorted({right.call for right in load_right()}):
        own = (settings.corpus_dir / call).is_dir()
        changed = settings if own else settings.model_copy(update={"corpus_dir": OTHER_CALLS})
        ingest(changed, call, embedder)
        path = Versions(settings.data_dir, call).current_path()
        vectors = open_vectors(path, call, None)
        indexes[call] = CallIndex(path, 1, Catalog(path / "catalog.sqlite"), vectors)
    yield Bench(indexes, embedder)
    for index in indexes.values():
        index.close()


def test_right_sentences_pass(bench: Bench) -> None:
    outcomes = bench.right(load_right())
    stopped = [o.verdicts[0] for o in outcomes if not o.shown]
    assert len(outcomes) >= 200
    assert len(stopped) <= 0.05 * len(outcomes), [(v.reason, v.sentence) for v in stopped]


@pytest.mark.parametrize("seed", [1, 2])
def test_corrupted_outputs_do_not(bench: Bench, seed: int) -> None:
    outcomes = bench.corrupted(corrupt(list(_sources(bench)), 300, seed))
    through = [o for o in outcomes if leaked(o)]
    assert len(outcomes) == 300
    assert len(through) <= 0.02 * len(outcomes), table(outcomes)
    assert not [o for o in through if o.item.kind in NEVER]  # type: ignore[union-attr]


def _sources(bench: Bench) -> Iterator[Source]:
    rights = load_right()
    for right in rights:
        others = tuple(other for other in rights if other.call == right.call)
        yield Source(
            right, bench.number(right), bench.index(right.call), bench.passages[right.call], others
        )
