"""Idempotency-Key on posts: the same key gets the same reply, and the work is done once.

A key with another body is refused (422), one whose first request is still under way gets 409.
Replies are kept for a day; errors of ours, refusals to wait and event streams are not.
"""

from __future__ import annotations

import asyncio
import hashlib
import re

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.problems import problem
from assistant.web.store import Store

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_BELOW = ("/api/", "/v1/")


class Idempotency:
    """Repeats replies from the store; ``lease_s`` is how long a request may take."""

    def __init__(self, app: ASGIApp, store: Store, lease_s: float) -> None:
        self._app = app
        self._store = store
        self._lease_s = lease_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        given = Headers(scope=scope).get("idempotency-key") if is_post else None
        if given is None or not scope["path"].startswith(_BELOW):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not _KEY.fullmatch(given):
            await problem(request, 400, "key")(scope, receive, send)
            return
        try:
            body = await request.body()
        except HTTPException as error:  # too large: nothing further in would turn it to a reply
            await problem(request, error.status_code)(scope, receive, send)
            return
        key = _digest(scope["path"].encode(), given.encode())
        accept = request.headers.get("accept", "")
        wanted = _digest(body, accept.encode("latin-1"))
        try:
            kept = await asyncio.to_thread(self._store.claim, key, wanted, self._lease_s)
        except SQLAlchemyError:
            await problem(request, 503)(scope, receive, send)
            return
        if kept is None:
            await self._first(key, body, scope, receive, send)
            return
        if kept.request != wanted:
            response = problem(request, 422, "key_reused")
        elif not kept.status:
            response = problem(request, 409, "key_busy", headers={"Retry-After": "1"})
        else:
            headers = {"Idempotent-Replayed": "true", "Content-Type": kept.media_type}
            response = Response(kept.body, kept.status, headers)
        await response(scope, receive, send)

    async def _first(
        self, key: str, body: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        status, media_type, sent, is_whole = 0, "", bytearray(), False
        was_read = False

        async def again() -> Message:
            nonlocal was_read
            if was_read:
                return await receive()
            was_read = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def listen(message: Message) -> None:
            nonlocal status, media_type, is_whole
            if message["type"] == "http.response.start":
                status = message["status"]
                media_type = Headers(raw=message["headers"]).get("content-type", "")
            else:
                sent.extend(message.get("body", b""))
                is_whole = not message.get("more_body")
                if is_whole and _is_kept(status, media_type):
                    content = bytes(sent)
                    await asyncio.to_thread(self._store.settle, key, status, media_type, content)
            await send(message)

        try:
            await self._app(scope, again, listen)
        finally:
            if not (is_whole and _is_kept(status, media_type)):
                await asyncio.to_thread(self._store.release, key)


def _is_kept(status: int, media_type: str) -> bool:
    return 200 <= status < 500 and status != 429 and "json" in media_type


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
