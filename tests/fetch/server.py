"""A real web server on this machine that answers well, badly, slowly or with malice."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = (
    "<!doctype html><html><head><title>Guide des villes</title></head><body><main>"
    "<h1>Guide des villes</h1><p>Le réseau rassemble douze communes volontaires et leurs "
    "partenaires, qui échangent chaque année sur les usages.</p><p>Le secrétariat se réunit à "
    "Lomé, où les communes membres présentent les résultats de leurs travaux communs.</p>"
    "</main></body></html>"
)


@dataclass
class Site:
    """What the server does: an answer by path, and the requests that it saw."""

    base: str = ""
    answers: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of the requests for a path."""
        return [headers for seen, headers in self.seen if seen == path]

    def put(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        """Answer ``path`` with this."""
        data = body.encode() if isinstance(body, str) else body
        told = {"Content-Type": "text/html; charset=utf-8"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }

        def answer(handler: Any) -> None:
            handler.send_response(status)
            for name, value in told.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        """Send ``path`` elsewhere."""
        self.put(path, b"", status, Location=target)

    def tagged(self, path: str, body: str, tag: str) -> None:
        """A page with an ETag that answers 304 to whoever has it."""

        def answer(handler: Any) -> None:
            same = handler.headers.get("If-None-Match") == tag
            handler.send_response(304 if same else 200)
            handler.send_header("ETag", tag)
            handler.send_header("Content-Type", "text/html")
            data = b"" if same else body.encode()
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer

    def bomb(self, path: str, size: int) -> None:
        """``size`` bytes that fit in a thousandth."""
        self.put(path, gzip.compress(b"<html>" + b" " * size), Content_Encoding="gzip")

    def slow(self, path: str) -> None:
        """A body that never ends, a byte now and then, until the test is over."""

        def answer(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            while not self.stop.wait(0.02):
                try:
                    handler.wfile.write(b" ")
                except OSError:
                    return

        self.answers[path] = answer

    def broken(self, path: str) -> None:
        """A body that is cut off."""

        def answer(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            handler.wfile.write(b"<html>")
            handler.connection.shutdown(socket.SHUT_RDWR)

        self.answers[path] = answer


class Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.site.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.close_connection = True
        answer = self.site.answers.get(self.path)
        if answer is not None:
            answer(self)
        else:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def serve() -> tuple[ThreadingHTTPServer, Site]:
    """Start a server on a free port of 127.0.0.1."""
    site = Site()
    handler = type("SiteHandler", (Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02}).start()
    return server, site
