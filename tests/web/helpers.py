"""What several of these tests need: the site made for a test, a page as tests look at it."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Page as BrowserPage

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app


def build_site(assistant: Assistant, settings: Settings) -> FastAPI:
    """The application, made within an event loop: without one, Gradio leaves open ones behind."""

    async def build() -> FastAPI:
        return create_app(assistant, settings)

    with ThreadPoolExecutor(1) as pool:  # Playwright has a running loop in the tests' own thread
        return pool.submit(asyncio.run, build()).result()


class Page(HTMLParser):
    """Tags with their attributes, all text, and the text within <mark>."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked = ""
        self._in_mark = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_mark = self._in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if self._in_mark else ""


def bare(text: str) -> str:
    """Text without the white space and bullets that blocks are made of."""
    return re.sub(r"\s+", "", re.sub(r"(?m)^- ", "", text))


def events(text: str) -> list[tuple[str, Any]]:
    """Server-sent events: name and data."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return [
        (re.search(r"(?m)^event: (.*)$", block)[1], json.loads(re.search(r"(?m)^data: (.*)$", block)[1]))  # type: ignore[index]
        for block in blocks
    ]


def assert_accessible(page: BrowserPage) -> None:
    """No violation that axe-core knows, in the whole page and its shadow roots."""
    results = Axe().run(page).response
    assert results["passes"]
    found = [(item["id"], item["nodes"][0]["html"]) for item in results["violations"]]
    assert found == []
