"""The whole site in one process: chat, API, documents, contract, health."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web import (
    accessibility,
    api,
    ask,
    calls,
    docs,
    documents,
    health,
    metrics,
    openai_api,
    widget,
)
from assistant.web.answers import Answers
from assistant.web.chat_page import build_chat
from assistant.web.conditional import Conditional
from assistant.web.desk import install_desk
from assistant.web.headers import SecurityHeaders
from assistant.web.idempotency import Idempotency
from assistant.web.limits import BodyLimit
from assistant.web.mounting import mount_chat
from assistant.web.origins import Origins
from assistant.web.problems import install_problems
from assistant.web.rates import Rates
from assistant.web.request_ids import RequestIds
from assistant.web.store import Store
from assistant.web.texts import texts

STATIC = Path(__file__).with_name("static")


def create_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The site that answers with ``assistant``, which the caller closes."""
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.answers.close()

    app = FastAPI(
        lifespan=lifespan,
        title=texts("en")["docs_title"],
        description=texts("en")["intro"],
        version=_version(),
        docs_url=None,
        redoc_url=None,
    )
    store = Store(settings)
    app.state.assistant = assistant
    app.state.settings = settings
    app.state.answers = Answers(assistant, store, settings)
    app.state.rates = Rates(settings)
    # The last one added is the outermost.
    app.add_middleware(Idempotency, store=store, lease_s=settings.answer_timeout_s * 2)
    app.add_middleware(BodyLimit)
    app.add_middleware(Conditional)
    app.add_middleware(Origins, allowed=settings.origins)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type", "Idempotency-Key", "X-Request-ID", "Accept-Language"],
        expose_headers=["ETag", "Retry-After", "X-Request-ID", "Idempotent-Replayed"],
        max_age=600,
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestIds)
    install_problems(app)
    for part in (api, calls, openai_api, ask, accessibility, widget, documents, docs, health, metrics):
        app.include_router(part.router)
    app.mount("/static/assistant", StaticFiles(directory=STATIC))
    app.mount("/static/swagger", StaticFiles(packages=[("fastapi_offline", "static")]))
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    install_desk(app, assistant, settings)
    if settings.workers > 1:
        # Gradio's queue lives in one process; a browser's next request may go to another one.
        app.add_api_route("/", _to_ask, include_in_schema=False)
        return app
    mount_chat(app, build_chat(app.state.answers, app.state.rates, settings))
    return app


def _to_ask() -> RedirectResponse:
    return RedirectResponse("/ask", 307)


def _icon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def _version() -> str:
    try:
        return version("aap-assistant")
    except PackageNotFoundError:
        return "0"
