"""The measurement of ingestion: the same documents for a seed, a row for each way."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from assistant.call import load_call
from assistant.settings import Settings
from evals.bench.documents import edit_one, write_call
from evals.bench.ingest import bench_ingest, plot


def test_the_same_seed_gives_the_same_call(tmp_path: Path) -> None:
    first = write_call(tmp_path / "a", "mesure", 3, 12, seed=4)
    assert write_call(tmp_path / "b", "mesure", 3, 12, seed=4) == first
    assert write_call(tmp_path / "c", "mesure", 3, 12, seed=5) != first
    texts = [
        [(tmp_path / x / "mesure" / f"d{n}.md").read_text(encoding="utf-8") for n in range(3)] for x in "ab"
    ]
    assert texts[0] == texts[1]
    kinds = [document.kind for document in load_call(tmp_path / "a", "mesure").documents]
    assert kinds == ["regulation", "linked", "linked"]
    edit_one(tmp_path / "a", "mesure", 3)
    edited = [(tmp_path / "a" / "mesure" / f"d{n}.md").read_text(encoding="utf-8") for n in range(3)]
    assert [a == b for a, b in zip(edited, texts[0], strict=True)] == [True, False, True]
    before, after = texts[0][1].split("\n\n"), edited[1].split("\n\n")
    assert len(after) == len(before) + 1
    assert (after[0], after[-1]) == (before[0], before[-1])


@pytest.mark.slow
def test_both_ways_are_measured_and_drawn(
    settings: Settings, prototypes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AAP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("AAP_CACHE_DIR", str(settings.cache_dir))
    rows = list(bench_ingest([2], 5))
    assert [(row.way, row.documents) for row in rows] == [("ours", 2), ("vanilla", 2)]
    assert rows[0].characters == rows[1].characters
    assert all(row.chunks > 0 and row.peak_mb > 50 and 0 < row.p50 <= row.p95 for row in rows)
    circles = [e for e in ET.fromstring(plot(rows)).iter() if e.tag.endswith("circle")]
    assert len(circles) == 2 * 4
