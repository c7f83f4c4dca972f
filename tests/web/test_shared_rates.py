"""The limit that replicas share over a real Redis."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from tests.web.helpers import build_site

QUESTION = {"question": "Quelle est la date de clôture ?"}
ANSWERS = "/api/v1/answers"


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Debian's Redis on a free port. Without it the test fails, or is skipped when PARTIAL=1."""
    if shutil.which("redis-server") is None:
        if os.environ.get("PARTIAL") == "1":
            pytest.skip("redis-server is not installed and PARTIAL=1")
        pytest.fail("redis-server is missing: install the Debian package 'redis-server'")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
               "--appendonly", "no", "--dir", str(tmp_path)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        with redis.Redis(port=port) as connection:
            deadline = time.monotonic() + 60
            while True:
                try:
                    connection.ping()
                    break
                except redis.ConnectionError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        pytest.fail("redis-server did not start")
                    time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0", process
    finally:
        process.terminate()
        process.wait(30)


def test_replicas_share_one_limit(
    assistant: Assistant, settings: Settings, tmp_path: Path,
    redis_server: tuple[str, subprocess.Popen[bytes]],
) -> None:  # fmt: skip
    url, process = redis_server

    def replica(name: str, client: str) -> TestClient:
        own = settings.model_copy(update={
            "rate_limit": "4/hour", "rate_limit_url": url,
            "database_url": SecretStr(f"sqlite:///{tmp_path}/{name}.sqlite"),
        })  # fmt: skip
        site = build_site(assistant, own)
        return TestClient(site, raise_server_exceptions=False, client=(client, 50_000))

    with ExitStack() as stack:
        one, two = (stack.enter_context(replica(name, "203.0.113.5")) for name in ("one", "two"))
        other = stack.enter_context(replica("three", "203.0.113.6"))
        said = [each.post(ANSWERS, json=QUESTION).status_code for each in (one, two, one, two)]
        assert said == [200] * 4
        for refused in (one.post(ANSWERS, json=QUESTION), two.post(ANSWERS, json=QUESTION)):
            assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
        assert other.post(ANSWERS, json=QUESTION).status_code == 200
        process.terminate()
        process.wait(30)
        # Nobody is left without an answer because the counter went away.
        assert one.post(ANSWERS, json=QUESTION).status_code == 200
