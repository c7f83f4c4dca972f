"""What several of these tests need: the site made for a test, a page as tests look at it."""

from __future__ import annotations

import asyncio
import json
import re
from html.parser import HTMLParser
from typing import Any

from fastapi import FastAPI

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app


def build_site(assistant: Assistant, settings: Settings) -> FastAPI:
    """The application, made within an event loop: without one, Gradio leaves open ones behind."""

    async def build() -> FastAPI:
        return create_app(assistant, settings)

    return asyncio.run(build())


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
