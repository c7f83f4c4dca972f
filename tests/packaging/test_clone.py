"""The two commands of the README, in an empty clone.

The clone has its own virtual environment and index. It shares the prepared embedding model with
the other tests (AAP_CACHE_DIR), which hold the preparation itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import PROJECT, Settings

pytestmark = pytest.mark.slow
MINUTE = 60
QUESTION = "Jusqu'à quand peut-on candidater ?"


class Running:
    """A command in the clone, with what it has said so far."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait(self, seconds: float = MINUTE) -> int:
        code = self.process.wait(timeout=seconds)
        self._reader.join(timeout=MINUTE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def wait_for(self, text: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.said:
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"'{text}' was not said, but:\n{self.said}")
            time.sleep(0.1)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def environment(embedded_folder: Path, settings: Settings, port: int) -> dict[str, str]:
    """A newcomer's environment: nothing of this project's own."""
    ours = ("AAP_", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS", "PARTIAL", "PYTEST")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = [part for part in clean["PATH"].split(os.pathsep) if ".venv" not in part]
    return clean | {
        "PATH": os.pathsep.join(path),
        "AAP_PORT": str(port),
        "AAP_CACHE_DIR": str(settings.cache_dir),
    }


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    """An empty clone; removed afterwards, for it weighs gigabytes."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", PROJECT, target], check=True)
        yield target


def post(port: int, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=MINUTE) as response:
        return json.load(response)


def wait_until_ready(port: int, server: Running) -> None:
    deadline = time.monotonic() + MINUTE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=MINUTE):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server is not ready:\n{server.said}")


def assert_ends_cleanly(server: Running, port: int, sign: signal.Signals) -> None:
    server.process.send_signal(sign)
    server.wait()
    assert "Traceback" not in server.said
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_make_run(clone: Path, environment: dict[str, str], port: int) -> None:
    server = Running(["make", "run"], clone, environment)
    server.wait_for("Stop with Ctrl+C.", 15 * MINUTE)
    for step in ("Python environment", "packages found", "Embedding model and index", "built"):
        assert step in server.said
    assert f"http://127.0.0.1:{port}/" in server.said
    wait_until_ready(port, server)

    answer = post(port, "/api/v1/answers", {"question": QUESTION})
    assert answer["status"] == "answered" and "13 mars 2024" in answer["text"]
    assert "13 mars 2024" in answer["citations"][0]["quote"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=MINUTE) as page:
        assert b"gradio" in page.read()

    second = Running(["make", "run"], clone, environment)
    assert second.wait() != 0
    assert f"127.0.0.1:{port} can't be used" in second.said and "AAP_PORT=8001" in second.said
    assert "Traceback" not in second.said
    assert_ends_cleanly(server, port, signal.SIGTERM)

    again = Running(["make", "run"], clone, environment)
    again.wait_for("Stop with Ctrl+C.", MINUTE)
    assert "Packages" not in again.said and "is up to date" in again.said
    wait_until_ready(port, again)
    os.killpg(again.process.pid, signal.SIGINT)  # Ctrl+C reaches the whole group
    again.wait()
    assert "Traceback" not in again.said

    alone = Running([".venv/bin/aap", "serve"], clone, environment)
    alone.wait_for("Stop with Ctrl+C.", MINUTE)
    wait_until_ready(port, alone)
    assert_ends_cleanly(alone, port, signal.SIGTERM)


def test_make_test_reaches_the_tests(clone: Path, environment: dict[str, str]) -> None:
    """It can't run itself; it gets as far as collecting every test, and no further."""
    listing = environment | {"PYTEST_ARGS": "--collect-only", "PARTIAL": "1"}
    tests = Running(["make", "test"], clone, listing)
    assert tests.wait(15 * MINUTE) == 0, tests.said
    for step in ("requirements-dev.lock", "Lint and types", "All checks passed!", "== Tests"):
        assert step in tests.said
    assert "tests collected" in tests.said and "errors" not in tests.said.splitlines()[-1]
    assert "test_make_test_reaches_the_tests" in tests.said
