"""The whole site in one process: chat, API, documents, contract, health."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web import api, docs, documents, health, metrics
from assistant.web.chat import build_chat
from assistant.web.headers import SecurityHeaders
from assistant.web.limits import BodyLimit
from assistant.web.mounting import mount_chat
from assistant.web.problems import install_problems
from assistant.web.texts import texts

STATIC = Path(__file__).with_name("static")


def create_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The site that answers with ``assistant``, which the caller closes."""
    app = FastAPI(
        title=texts("en")["docs_title"],
        description=texts("en")["intro"],
        version=_version(),
        docs_url=None,
        redoc_url=None,
    )
    app.state.assistant = assistant
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    install_problems(app)
    for part in (api, documents, docs, health, metrics):
        app.include_router(part.router)
    app.mount("/static/assistant", StaticFiles(directory=STATIC))
    app.mount("/static/swagger", StaticFiles(packages=[("fastapi_offline", "static")]))
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    mount_chat(app, build_chat(assistant, settings))
    return app


def _icon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def _version() -> str:
    try:
        return version("aap-assistant")
    except PackageNotFoundError:
        return "0"
