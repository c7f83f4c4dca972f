"""Gradio at ``/``, with only those of its addresses that the chat needs.

Gradio also brings uploads, a proxy, file access and more, which nobody needs here; and mounted
as it comes it would take every address that the site does not know, 404 and 405 included.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Match, Mount
from starlette.types import Scope

from assistant.web.chat_page import ChatPage

_EXACT = frozenset({
    "/", "/config", "/theme.css", "/robots.txt", "/manifest.json",
    "/gradio_api/info", "/gradio_api/app_id", "/gradio_api/startup-events", "/gradio_api/reset",
    "/gradio_api/cancel", "/gradio_api/queue/join", "/gradio_api/queue/data",
    "/gradio_api/login_check",
})  # fmt: skip
_BELOW = ("/assets/", "/static/", "/svelte/", "/gradio_api/heartbeat/")


class _ChatOnly(Mount):
    """A mount that leaves all other addresses to the site."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path: str = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if path in _EXACT or path.startswith(_BELOW):
            return super().matches(scope)
        return Match.NONE, {}


def mount_chat(app: FastAPI, page: ChatPage) -> None:
    """Serve ``page`` at ``/``; call this when every other route is there."""
    options: dict[str, Any] = {
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "pwa": False,
        "mcp_server": False,
        "max_file_size": "1kb",
    }
    gr.mount_gradio_app(
        app, page.blocks, path="/", theme=page.theme, css_paths=page.css, head=page.head, **options
    )
    mounted = app.router.routes.pop()
    assert isinstance(mounted, Mount)
    app.router.routes.append(_ChatOnly("", app=mounted.app))
