"""The site as it is served, a client for it, and a browser."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from tests.web.helpers import build_site

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def site(assistant: Assistant, settings: Settings) -> FastAPI:
    """The whole application."""
    return build_site(assistant, settings)


@pytest.fixture(scope="session")
def client(site: FastAPI) -> TestClient:
    """Talks to the site without a network; French is the language."""
    here = ("127.0.0.1", 50_000)  # such a client may ask as often as it likes
    return TestClient(site, raise_server_exceptions=False, follow_redirects=False, client=here)


@pytest.fixture(scope="session")
def address(site: FastAPI) -> Iterator[str]:
    """Where the site is served, on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(site, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            pytest.fail("the server did not start")
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests fail, or are skipped when PARTIAL=1."""
    if not CHROMIUM.exists():
        if os.environ.get("PARTIAL") == "1":
            pytest.skip("Chromium is not installed and PARTIAL=1")
        pytest.fail(f"{CHROMIUM} is missing: install the Debian package 'chromium'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()
