"""``aap serve`` as a process: it finishes what it started, and does without the chat when many."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from evals.bench.http import bench_http, serve


@pytest.fixture
def variables(assistant: Assistant, settings: Settings) -> dict[str, str]:
    """What a process needs to find the tests' index."""
    return {"AAP_DATA_DIR": str(settings.data_dir), "AAP_CACHE_DIR": str(settings.cache_dir)}


@pytest.mark.slow
def test_what_was_started_is_finished(variables: dict[str, str]) -> None:
    with serve(1, **variables) as (base, process), httpx2.Client(base_url=base, timeout=60) as client:
        with client.stream("GET", "/gradio_api/heartbeat/abc") as stream:
            assert stream.status_code == 200
            with ThreadPoolExecutor(8) as pool:
                asked = [
                    pool.submit(httpx2.post, f"{base}/api/v1/answers", timeout=60,
                                json={"question": f"Date de clôture, numéro {n} ?"})
                    for n in range(8)
                ]  # fmt: skip
                asked[0].result()
                process.send_signal(signal.SIGTERM)
                replies = [job for job in asked if not job.exception()]
            assert replies and all(job.result().status_code == 200 for job in replies)
            assert process.wait(30) is not None


@pytest.mark.slow
def test_several_processes(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(2, **variables) as (base, _):
        answer = httpx2.post(f"{base}/api/v1/answers", json={"question": "Qui contacter ?"}, timeout=60)
        for _ in range(6):
            again = httpx2.get(f"{base}/api/v1/answers/{answer.json()['id']}", timeout=60)
            assert again.json() == answer.json()
        assert httpx2.get(base, follow_redirects=False).headers["location"] == "/ask"


@pytest.mark.slow
def test_bench(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    questions = ["Quelle est la date de clôture ?", "Qui peut candidater ?"]
    with ThreadPoolExecutor(1) as pool:  # this thread may have the browser's event loop
        rows = pool.submit(
            lambda: list(bench_http(questions, [1, 4], 1.0, workers=1, distinct=True))
        ).result()
    assert [row.clients for row in rows] == [1, 4]
    for row in rows:
        assert row.answers > 0 and row.errors == 0 and row.memory_mb > 50
        assert 0 < row.p50 <= row.p95 <= row.p99
