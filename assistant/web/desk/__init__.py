"""The mail desk under /desk. Nothing of it answers without a login."""

from __future__ import annotations

from fastapi import FastAPI

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.desk import figures, login, mail, queue, same, upload, validated
from assistant.web.desk.site import DeskSite, LoginNeededError, to_login


def install_desk(app: FastAPI, assistant: Assistant, settings: Settings) -> None:
    """Serve the desk."""
    app.state.desk = DeskSite(assistant, settings)
    app.add_exception_handler(LoginNeededError, to_login)
    for part in (login, queue, same, upload, figures, validated, mail):
        app.include_router(part.router, prefix="/desk", include_in_schema=False)
