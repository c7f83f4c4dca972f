"""The site as it is served, a client for it, and a browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    expect,
    sync_playwright,
)
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.clock import stopped_clock
from assistant.embedding import Embedder
from assistant.settings import Settings
from tests.llm.scripted import halting, serving
from tests.web.helpers import build_site, served

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
WRITTEN = "Vous pouvez candidater jusqu'au 13 mars 2024 [{n}].\n"
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class _Host(BaseHTTPRequestHandler):
    """Another site: one page that carries the widget, under a strict policy."""

    page = ""
    policy = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(self.page.encode() if self.path == "/" else b"")

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Host:
    """Where the other site is, and what it shows."""

    origin: str
    handler: type[_Host]

    def carry(self, address: str, *, attributes: str = "", head: str = "", body: str = "") -> None:
        """Put the widget that is served at ``address`` into the page."""
        self.handler.policy = (
            f"default-src 'none'; script-src {address}; connect-src {address}; "
            "base-uri 'none'; form-action 'none'"
        )
        self.handler.page = (
            f'<!DOCTYPE html><html lang="fr"><head><title>Ministère</title>{head}</head>'
            f'<body><main><h1>Ministère</h1>{body}</main>'
            f'<script src="{address}/widget.js" {attributes} defer></script></body></html>'
        )


def _serve_host() -> Iterator[Host]:
    handler = type("Handler", (_Host,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Host(f"http://127.0.0.1:{server.server_port}", handler)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """A site that may ask."""
    yield from _serve_host()


@pytest.fixture(scope="session")
def stranger() -> Iterator[Host]:
    """A site that may not."""
    yield from _serve_host()


@pytest.fixture(scope="session")
def site(assistant: Assistant, settings: Settings, host: Host) -> FastAPI:
    """The whole application."""
    return build_site(assistant, settings.model_copy(update={"origins": (host.origin,)}))


@pytest.fixture(scope="session")
def client(site: FastAPI) -> TestClient:
    """Talks to the site without a network; French is the language."""
    here = ("127.0.0.1", 50_000)  # such a client may ask as often as it likes
    return TestClient(site, raise_server_exceptions=False, follow_redirects=False, client=here)


@pytest.fixture(scope="session")
def address(site: FastAPI) -> Iterator[str]:
    """Where the site is served, on a free port of this machine."""
    with served(site) as where:
        yield where


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


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A French reader's window; fails on any error in the page or request to elsewhere."""
    context = browser.new_context(locale="fr-FR", base_url=address)
    page = context.new_page()
    wrong: list[str] = []
    own = urlsplit(address).netloc

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != own:
            wrong.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(message.text)

    def on_dialog(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("dialog", on_dialog)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Closed: the model says nothing more; opened at the latest when the test ends."""
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def writing(
    assistant: Assistant, settings: Settings, embedder: Embedder, gate: threading.Event,
    tmp_path: Path,
) -> Callable[[float], AbstractContextManager[str]]:  # fmt: skip
    """The address of a site whose model writes the closing date and stops until the gate opens;
    what it writes then is wrong. The time for an answer is in seconds."""

    @contextmanager
    def open_site(budget_s: float) -> Iterator[str]:
        noon = datetime(2024, 2, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
        with serving() as (url, script):
            script.reply = halting("13 mars 2024", WRITTEN, "La clôture est le 9 mai 2031 [{n}].", gate)
            changed = {
                "llm_model": "scripted", "llm_base_url": url, "answer_budget_s": budget_s,
                "database_url": SecretStr(f"sqlite:///{tmp_path}/web.sqlite"),
            }  # fmt: skip
            own = settings.model_copy(update=changed)
            generating = Assistant(own, embedder, stopped_clock(noon))
            with served(build_site(generating, own)) as address:
                yield address
            generating.close()

    return open_site
