"""What several of these tests need: the site made for a test, a page as tests look at it."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
import uvicorn
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


@contextmanager
def served(site: FastAPI) -> Iterator[str]:
    """Where ``site`` is served meanwhile, on a free port of this machine."""
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


def assert_nothing_lost(page: BrowserPage) -> None:
    """No text is cut off or beyond the sides of the window, and the window scrolls downwards only.

    A box of its own that scrolls sideways, as that of a table, is no loss.
    """
    lost = page.evaluate(_LOST)
    assert not lost, lost


_LOST = """() => {
  const lost = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) lost.push(`the page is ${root.scrollWidth} wide`);
  const up = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host;
  const check = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    let [left, right, where] = [0, innerWidth, "the window"];
    for (let parent = node.parentElement; parent; parent = up(parent)) {
      const style = getComputedStyle(parent);
      if (style.clipPath !== "none") return; // for screen readers alone
      if (["auto", "scroll"].includes(style.overflowX) && parent.scrollWidth > parent.clientWidth && parent !== root) return;
      if (["hidden", "clip"].includes(style.overflowX)) {
        const box = parent.getBoundingClientRect();
        if (box.width <= 1) return;
        if (box.left > left) left = box.left;
        if (box.right < right) [right, where] = [box.right, parent.outerHTML.slice(0, 80)];
      }
    }
    for (const box of boxes) {
      if (box.right < -1000) return; // a link that comes into the window when it has the focus
      if (box.left < left - 2 || box.right > right + 2) {
        lost.push(`${node.textContent.trim().slice(0, 60)} [${Math.round(box.left)}, ${Math.round(box.right)}] in ${where}`);
        return;
      }
    }
  };
  const walk = (top) => {
    const nodes = document.createTreeWalker(top, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      if (node.shadowRoot) walk(node.shadowRoot);
      if (node.nodeType === Node.TEXT_NODE && node.data.trim()
          && node.parentElement?.checkVisibility({visibilityProperty: true, opacityProperty: true})
          && !node.parentElement.closest("script, style, noscript, template, option, textarea")) check(node);
    }
  };
  walk(document.body);
  return lost;
}"""
