"""Uvicorn: one process with the chat, or several without it.

A server that is told to stop finishes the answers that it has begun; the chat's streams, which
browsers hold open for as long as a page is, are ended at once.
"""

from __future__ import annotations

import asyncio
import math
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.answering.assistant import Assistant
from assistant.settings import Settings, load_settings

_HELD_OPEN = "/gradio_api/heartbeat/"
_CHECK_S = 0.2


def serve_one(app: FastAPI, settings: Settings, host: str, port: int) -> None:
    """Serve until a signal says to stop."""
    held = _Held(app)
    config = uvicorn.Config(held, host=host, port=port, **_options(settings))
    _Server(config, held).run()


def serve_many(settings: Settings, host: str, port: int) -> None:
    """Serve with AAP_WORKERS processes, each with an assistant of its own."""
    uvicorn.run(
        "assistant.web.serving:make_app", factory=True, host=host, port=port,
        workers=settings.workers, **_options(settings),
    )  # fmt: skip


def make_app() -> FastAPI:
    """The application of one of several processes."""
    from assistant.web.app import create_app

    settings = load_settings()
    return create_app(Assistant.open(settings), settings)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "log_level": "warning",
        "server_header": False,
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": math.ceil(settings.answer_timeout_s) + 5,
    }


class _Held:
    """Ends the streams that browsers hold open when the server is told to stop."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.is_leaving = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_HELD_OPEN):
            await self._app(scope, receive, send)
            return
        stream = asyncio.ensure_future(self._app(scope, receive, send))
        while not self.is_leaving:
            done, _ = await asyncio.wait([stream], timeout=_CHECK_S)
            if done:
                break
        stream.cancel()
        await asyncio.wait([stream])
        if not stream.cancelled() and (error := stream.exception()) and not self.is_leaving:
            raise error


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, held: _Held) -> None:
        super().__init__(config)
        self._held = held

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._held.is_leaving = True
        super().handle_exit(sig, frame)
