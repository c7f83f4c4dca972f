"""Whenever ``aap ingest`` dies, the index that was there answers; two of them take turns."""

from __future__ import annotations

import random
import time
from contextlib import closing

import chromadb
import pytest

from assistant.answering.assistant import Assistant
from assistant.embedding import Embedder
from assistant.index.versions import Versions
from assistant.settings import Settings
from tests.ingest.conftest import start_ingest
from tests.ingest.corner import two_pages

pytestmark = pytest.mark.slow


def write_edition(corner: Settings, edition: int) -> None:
    folder = corner.corpus_dir / "essai"
    (folder / "faq.toml").unlink(missing_ok=True)
    (folder / "reglement.md").write_text(two_pages(edition), encoding="utf-8")


def edition_answered(corner: Settings, embedder: Embedder) -> int:
    """The edition that the closing date of the answer comes from."""
    with closing(Assistant(corner, embedder)) as assistant:
        answer = assistant.ask("Quelle est la date de clôture ?")
        assert answer.status == "answered", answer
        (citation,) = answer.citations
        text = assistant.document("essai", "reglement").text
        assert text[citation.start : citation.end] == citation.quote
    return int(citation.quote.split()[-3])


def ingest_whole(corner: Settings) -> tuple[float, float]:
    """Run it to its end; seconds that it took, and how many of them it was building."""
    staging = corner.data_dir / "index" / "essai" / "versions" / ".staging"
    start = time.monotonic()
    building = None
    process = start_ingest(corner)
    while process.poll() is None:
        if building is None and staging.exists():
            building = time.monotonic()
        time.sleep(0.001)
    end = time.monotonic()
    assert process.communicate()[0] and process.returncode == 0
    assert building is not None
    return end - start, end - building


def kill_again_and_again(corner: Settings, embedder: Embedder, moments: int) -> None:
    """Kill ``aap ingest`` at random: every other time while it builds, else at any moment."""
    staging = corner.data_dir / "index" / "essai" / "versions" / ".staging"
    write_edition(corner, 1)
    whole, building = ingest_whole(corner)
    served = 1
    for edition in range(2, moments + 2):
        write_edition(corner, edition)
        process = start_ingest(corner)
        if edition % 2:
            while process.poll() is None and not staging.exists():
                time.sleep(0.001)
            time.sleep(random.uniform(0, building))
        else:
            time.sleep(random.uniform(0, whole))
        process.kill()
        process.communicate()
        now = edition_answered(corner, embedder)
        assert now in (served, edition)
        served = now
    write_edition(corner, moments + 2)
    ingest_whole(corner)
    assert edition_answered(corner, embedder) == moments + 2


def test_killed_at_ten_random_moments(corner: Settings, embedder: Embedder) -> None:
    kill_again_and_again(corner, embedder, 10)
    versions = corner.data_dir / "index" / "essai" / "versions"
    assert len(list(versions.iterdir())) <= 3


def test_killed_with_a_chroma_server(
    corner: Settings, embedder: Embedder, chroma_url: str, chroma: chromadb.ClientAPI
) -> None:
    remote = corner.model_copy(update={"chroma_url": chroma_url})
    kill_again_and_again(remote, embedder, 4)
    versions = Versions(corner.data_dir, "essai").numbers()
    assert len(versions) <= 3
    assert chroma.count_collections() == 2 * len(versions)


def test_a_second_process_waits_and_says_so(corner: Settings, embedder: Embedder) -> None:
    write_edition(corner, 1)
    patient = corner.model_copy(update={"lock_timeout_s": 100.0})
    with Versions(corner.data_dir, "essai").writing(1):
        second = start_ingest(patient)
        assert second.stdout is not None
        first_line = second.stdout.readline()
        assert "waiting" in first_line, first_line
        impatient = start_ingest(corner)
        said, _ = impatient.communicate(timeout=100)
        assert impatient.returncode == 1
        assert "Another process is building the index of 'essai'" in " ".join(said.split())
        assert "Traceback" not in said
    said, _ = second.communicate(timeout=100)
    assert second.returncode == 0, said
    assert edition_answered(corner, embedder) == 1


def test_two_processes_at_once(corner: Settings, embedder: Embedder) -> None:
    write_edition(corner, 1)
    patient = corner.model_copy(update={"lock_timeout_s": 100.0})
    processes = [start_ingest(patient), start_ingest(patient)]
    said = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert sum("version 1 built" in text for text in said) == 1
    assert sum("version 1 is up to date" in text for text in said) == 1
    assert edition_answered(corner, embedder) == 1
