"""ETag and 304 for what changes with the index only: calls, documents, their pages."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BELOW = ("/api/v1/calls", "/api/v1/documents", "/documents/", "/openapi.json", "/v1/models")
_CACHE = "public, max-age=60, must-revalidate"
_KEPT = ("etag", "cache-control", "vary", "content-language", "x-request-id")


class Conditional:
    """Adds an ETag of the whole body; answers If-None-Match with 304."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if not wanted or not scope["path"].startswith(_BELOW):
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if message["status"] != 200:
                    await send(message)
                return
            if start is None or start["status"] != 200:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await self._finish(start, bytes(body), known, send)

        await self._app(scope, receive, hold)

    async def _finish(self, start: Message, body: bytes, known: str, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if body:  # a HEAD response has none to take a tag of
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers["Cache-Control"] = _CACHE
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        if body and ("*" in tags or headers["ETag"] in tags):
            kept = [(name, value) for name, value in start["headers"] if name.decode() in _KEPT]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        await send(start)
        await send({"type": "http.response.body", "body": body})
