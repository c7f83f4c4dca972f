"""Which other sites may ask from a browser: those of AAP_ORIGINS, and no other.

CORS alone only hides the response from the page; a request that changes something or costs
something and comes from a site that is not on the list is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.problems import problem


class Origins:
    """Answers 403 to a foreign origin that is not on the list."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin and origin not in self._allowed and not _is_own(origin, headers):
                await problem(Request(scope), 403, "origin")(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_own(origin: str, headers: Headers) -> bool:
    # With the referrer policy "no-referrer" a form of our own page has the origin "null".
    if origin == "null":
        return headers.get("sec-fetch-site") == "same-origin"
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
