"""A call of two pages, a Chroma server, and ``aap ingest`` as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import chromadb
import pytest

from assistant.settings import PROJECT, Settings
from tests.ingest.corner import CALL, FAQ, TEXT


@pytest.fixture
def corner(tmp_path: Path, settings: Settings, prototypes: Path) -> Settings:
    """Settings of an installation of its own with the made-up call 'essai', not ingested yet.

    The standard questions are those of the session: they are the same for every call.
    """
    folder = tmp_path / "corpus" / "essai"
    folder.mkdir(parents=True)
    (folder / "call.toml").write_text(CALL, encoding="utf-8")
    (folder / "reglement.md").write_text(TEXT, encoding="utf-8")
    (folder / "faq.toml").write_text(FAQ, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "prototypes").symlink_to(prototypes)
    update = {
        "corpus_dir": tmp_path / "corpus",
        "data_dir": data,
        "call": "essai",
        "lock_timeout_s": 0.1,
    }
    return settings.model_copy(update=update)


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Chroma server on this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma")
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=log
        )
    try:
        wait_for_port(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something listens there. Fails when the process ends before, or after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nothing listens on port {port}")


@pytest.fixture
def chroma(chroma_url: str) -> Iterator[chromadb.ClientAPI]:
    """That server as an administrator sees it, empty."""
    port = int(chroma_url.rpartition(":")[2])
    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.HttpClient("127.0.0.1", port, settings=settings)
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    yield client
    client.close()  # type: ignore[attr-defined]
    client._server._session.close()  # type: ignore[attr-defined]  # chromadb leaves it open


def start_ingest(corner: Settings) -> subprocess.Popen[str]:
    """``aap ingest`` on these settings, just started."""
    wanted = {f"AAP_{k.upper()}": str(v) for k, v in corner.model_dump().items() if v not in (None, ())}
    environment = {**os.environ, **wanted, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "ingest"],
        env=environment, cwd=corner.data_dir, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
