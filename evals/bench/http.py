"""Load on POST /api/v1/answers over loopback, by a number of clients that ask without a pause.

The server is a process of its own (``aap serve``) with an empty database. A reply of 200 counts
as an answer, 429 or 503 with Retry-After as a refusal, and anything else as an error.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import numpy as np
import yaml

ADDRESS = "127.0.0.1"
_START_S = 180.0


@dataclass(frozen=True, slots=True)
class Load:
    """One row of the table; latencies in milliseconds, memory in MB (all processes, at the end)."""

    clients: int
    workers: int
    distinct: bool
    seconds: float
    answers: int
    refused: int
    errors: int
    per_second: float
    p50: float
    p95: float
    p99: float
    memory_mb: float


@dataclass(slots=True)
class _Tally:
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    errors: int = 0


def read_questions(path: Path) -> list[str]:
    """The questions of an evaluation file."""
    return [str(case["question"]) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]


def bench_http(
    questions: Sequence[str], clients: Sequence[int], seconds: float, *, workers: int,
    distinct: bool,
) -> Iterator[Load]:  # fmt: skip
    """One row for each number of clients, all against one server.

    ``distinct`` numbers the questions, so that none is ever answered from the cache.
    """
    numbers = itertools.count(1)
    with serve(workers) as (base, process):
        asyncio.run(_press(base, questions, numbers, 4, 2.0, distinct))
        for count in clients:
            start = time.perf_counter()
            tally = asyncio.run(_press(base, questions, numbers, count, seconds, distinct))
            spent = time.perf_counter() - start
            p50, p95, p99 = (
                np.percentile(tally.latencies, [50, 95, 99]) * 1e3 if tally.latencies else [0.0] * 3
            )
            yield Load(
                count, workers, distinct, round(spent, 2), len(tally.latencies), tally.refused,
                tally.errors, round(len(tally.latencies) / spent, 1), round(float(p50), 1),
                round(float(p95), 1), round(float(p99), 1), round(_memory(process.pid), 1),
            )  # fmt: skip


async def _press(
    base: str, questions: Sequence[str], numbers: Iterator[int], clients: int, seconds: float,
    distinct: bool,
) -> _Tally:  # fmt: skip
    tally = _Tally()
    end = time.perf_counter() + seconds
    limits = httpx2.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx2.AsyncClient(base_url=base, timeout=60, limits=limits) as client:

        async def ask_on() -> None:
            while time.perf_counter() < end:
                number = next(numbers)
                question = questions[number % len(questions)]
                body = {"question": f"{question} ({number})" if distinct else question}
                start = time.perf_counter()
                try:
                    reply = await client.post("/api/v1/answers", json=body)
                except httpx2.HTTPError:
                    tally.errors += 1
                    continue
                if reply.status_code == 200:
                    tally.latencies.append(time.perf_counter() - start)
                elif reply.status_code in (429, 503) and "retry-after" in reply.headers:
                    tally.refused += 1
                    await asyncio.sleep(0.2)
                else:
                    tally.errors += 1

        await asyncio.gather(*(ask_on() for _ in range(clients)))
    return tally


@contextmanager
def serve(workers: int, **variables: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``aap serve`` on a free port (or AAP_PORT), with a database of its own; stopped at the end."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port = variables.get("AAP_PORT") or probe.getsockname()[1]
    base = f"http://{ADDRESS}:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "AAP_HOST": ADDRESS, "AAP_PORT": str(port), "AAP_WORKERS": str(workers),
            "AAP_DATABASE_URL": f"sqlite:///{folder}/web.sqlite", **variables,
        }  # fmt: skip
        command = [sys.executable, "-m", "assistant.cli", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait(base, process)
            yield base, process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("The server ended before it was ready: see what it said above.")
        try:
            if httpx2.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"The server was not ready after {_START_S:.0f} s.")


def _memory(pid: int) -> float:
    """Resident memory of a process and its children, in MB."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        if pid in (int(lines["Pid"]), int(lines["PPid"])) and "VmRSS" in lines:
            total += int(lines["VmRSS"].split()[0]) / 1024
    return total
