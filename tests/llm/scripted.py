"""A scripted OpenAI-compatible server on a real socket: each reply is a script of what it sends."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Script:
    """What the server does with the next requests; ``requests`` are the bodies it got."""

    reply: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
    requests: list[dict[str, Any]] = field(default_factory=list)


def chunk(content: str | None, **delta: Any) -> bytes:
    """One server-sent event of a streamed completion."""
    body = {
        "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "delta": {"content": content, **delta}, "finish_reason": None}],
    }  # fmt: skip
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def start(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()


def says(text: str, *, step: int = 7, pause: float = 0.0) -> Callable[..., None]:
    """Stream ``text`` a few characters at a time."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        start(handler)
        for place in range(0, len(text), step):
            handler.wfile.write(chunk(text[place : place + step]))
            handler.wfile.flush()
            time.sleep(pause)
        handler.wfile.write(b"data: [DONE]\n\n")

    return reply


def numbered(body: dict[str, Any], words: str) -> int:
    """The number under which the prompt of a request shows the passage with ``words``."""
    prompt = body["messages"][-1]["content"]
    passages = re.split(r"\n\n(?=\[\d+\])", prompt[prompt.index("<passages>") :])
    return next(int(re.findall(r"\[(\d+)\]", p)[0]) for p in passages if words in p)


def citing(words: str, text: str) -> Callable[..., None]:
    """Stream ``text``, where {n} is the number of the passage with ``words``."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        says(text.replace("{n}", str(numbered(body, words))))(handler, body)

    return reply


def halting(words: str, text: str, more: str, gate: threading.Event) -> Callable[..., None]:
    """``citing`` that stops after ``text`` until ``gate`` opens, then goes on with ``more``."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        number = str(numbered(body, words))
        start(handler)
        handler.wfile.write(chunk(text.replace("{n}", number)))
        handler.wfile.flush()
        gate.wait(120)
        handler.wfile.write(chunk(more.replace("{n}", number)) + b"data: [DONE]\n\n")

    return reply


def sends(*parts: bytes) -> Callable[..., None]:
    """Send raw bytes and close."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        start(handler)
        for part in parts:
            handler.wfile.write(part)
        handler.wfile.flush()

    return reply


def fails(status: int, **headers: str) -> Callable[..., None]:
    """Answer with an HTTP error."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        payload = json.dumps({"error": {"message": "scripted", "type": "error"}}).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(payload)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(payload)

    return reply


@contextmanager
def serving() -> Iterator[tuple[str, Script]]:
    """The server's base URL and its script."""
    script = Script(says(""))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.requests.append(body)
            try:
                script.reply(self, body)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", script
    finally:
        server.shutdown()
        server.server_close()
