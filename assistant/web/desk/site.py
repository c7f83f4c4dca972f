"""What the desk's pages share: its store, who is at the desk, and how a page is made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Annotated, Any

from fastapi import Depends, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.answering.assistant import Assistant
from assistant.call import read_toml
from assistant.desk.approval import Office
from assistant.desk.mailbox import mailbox_of
from assistant.desk.memory import Memory
from assistant.desk.sending import smtp_of
from assistant.desk.store import Store, open_store
from assistant.desk.triage import Desk
from assistant.desk.users import exists
from assistant.settings import Settings
from assistant.types import Document
from assistant.web.desk.session import Sessions
from assistant.web.pages import render
from assistant.web.texts import preferred_language

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class LoginNeededError(Exception):
    """Nobody is at the desk."""


class DeskSite:
    """The desk's store and sessions, opened when somebody first comes to the desk.

    Raises ConfigurationError when sending is on without a server.
    """

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self.assistant = assistant
        self.settings = settings
        self.call = assistant.calls[assistant.default_call]
        self.smtp = smtp_of(settings)
        self._lock = Lock()
        self._opened: tuple[Store, Sessions] | None = None

    def _open(self) -> tuple[Store, Sessions]:
        with self._lock:
            if self._opened is None:
                self._opened = open_store(self.settings), Sessions(self.settings.data_dir)
            return self._opened

    @property
    def store(self) -> Store:
        """The desk's database."""
        return self._open()[0]

    @property
    def sessions(self) -> Sessions:
        """Who is at the desk."""
        return self._open()[1]

    @property
    def office(self) -> Office:
        """Where decisions go."""
        return Office(
            self.store, self.call, mailbox_of(self.settings), self.settings.imap_drafts, self.smtp, self.documents
        )

    @property
    def documents(self) -> Mapping[str, Document]:
        """The sources as they are now, by id."""
        return self.assistant.index(self.call.id).documents

    def triager(self) -> Desk:
        """Triages mails with what was validated so far."""
        return Desk(self.assistant, self.call.id, Memory(self.store, self.call.id))


def to_login(request: Request, _error: Exception) -> Response:
    """Where whoever is not logged in is sent."""
    return RedirectResponse("/desk/login", 303)


def desk_of(request: Request) -> DeskSite:
    """The desk of this application."""
    site: DeskSite = request.app.state.desk
    return site


def user_of(request: Request) -> str:
    """The officer who is at the desk, "" for nobody."""
    site = desk_of(request)
    user = site.sessions.read(request)[0]
    return user if user and exists(site.store, user) else ""


def reader(request: Request) -> str:
    """The officer who looks at a page. Raises LoginNeededError."""
    user = user_of(request)
    if not user:
        raise LoginNeededError
    return user


def signer(request: Request, csrf: Annotated[str, Form()] = "") -> str:
    """The officer who sent one of our forms. Answers 403 to anybody else."""
    user = user_of(request)
    if not user or not desk_of(request).sessions.genuine(request, csrf):
        raise HTTPException(403)
    return user


Reader = Annotated[str, Depends(reader)]
Signer = Annotated[str, Depends(signer)]


def page(request: Request, template: str, user: str, *, status: int = 200, notice: str = "", **values: Any) -> Response:
    """A page of the desk; ``notice`` is an id of its texts, or what happened in words."""
    language = language_of(request)
    words = texts(language)
    site = desk_of(request)
    values.setdefault("csrf", site.sessions.csrf(site.sessions.read(request)[1]))
    html = render(template, language, d=words, zone=site.call.timezone, user=user, notice=words.get(notice, notice), **values)
    return closed(HTMLResponse(html, status))


def closed(response: Response) -> Response:
    """Nothing of the desk stays in a cache or in a frame."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def language_of(request: Request) -> str:
    """The reader's language."""
    return preferred_language(request.headers.get("accept-language", ""))


@lru_cache(maxsize=4)
def texts(language: str) -> dict[str, str]:
    """What the desk says, by id."""
    tables: dict[str, dict[str, str]] = read_toml(Path(__file__).with_name("texts.toml"))
    return tables.get(language, tables["fr"])
