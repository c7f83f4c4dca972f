"""The mail desk under /desk: login, queue, a mail beside its draft. Nothing of it answers without a login."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.answering.assistant import Assistant
from assistant.call import read_toml
from assistant.desk.labels import reason_label
from assistant.desk.mailbox import MailboxSettings, append_draft, mailbox_of
from assistant.desk.outgoing import build_reply
from assistant.desk.store import (
    AUTOMATED,
    DONE,
    DRAFTED,
    NOTHING,
    PERSON,
    REJECTED,
    SNOOZED,
    MailMissingError,
    MailTakenError,
    Store,
    open_store,
)
from assistant.desk.users import check_password, exists
from assistant.settings import Settings
from assistant.web.desk_session import COOKIE, Sessions
from assistant.web.pages import render
from assistant.web.texts import preferred_language

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_STATES = (PERSON, DRAFTED, SNOOZED, DONE, REJECTED, NOTHING, AUTOMATED)
_ACTIONS = {"save": None, "approve": DONE, "reject": REJECTED, "snooze": SNOOZED, "reopen": PERSON}
_DONE = {"save": "saved", "approve": "approved", "reject": "rejected", "snooze": "snoozed", "reopen": "reopened"}

router = APIRouter(prefix="/desk", include_in_schema=False)


class DeskSite:
    """The desk's store and sessions, opened when somebody first comes to the desk."""

    def __init__(self, assistant: Assistant, settings: Settings, mailbox: MailboxSettings | None) -> None:
        self.call = assistant.calls[assistant.default_call]
        self.mailbox = mailbox
        self.drafts = settings.imap_drafts
        self._settings = settings
        self._lock = Lock()
        self._opened: tuple[Store, Sessions] | None = None

    def _open(self) -> tuple[Store, Sessions]:
        with self._lock:
            if self._opened is None:
                self._opened = open_store(self._settings), Sessions(self._settings.data_dir)
            return self._opened

    @property
    def store(self) -> Store:
        """The desk's database."""
        return self._open()[0]

    @property
    def sessions(self) -> Sessions:
        """Who is at the desk."""
        return self._open()[1]


def install_desk(app: FastAPI, assistant: Assistant, settings: Settings) -> None:
    """Serve the desk."""
    app.state.desk = DeskSite(assistant, settings, mailbox_of(settings))
    app.include_router(router)


@router.get("/login")
def login_page(request: Request) -> Response:
    """The login form, in a session of nobody's yet."""
    return _login(request, refused=False)


@router.post("/login")
def login(
    request: Request, csrf: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Let an officer in."""
    site = _site(request)
    if not site.sessions.genuine(request, csrf) or not check_password(site.store, name, password):
        return _login(request, refused=True)
    response = RedirectResponse("/desk", 303)
    site.sessions.start(request, response, name.strip())
    return response


@router.post("/logout")
def logout(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
    """Forget who is at the desk."""
    _officer(request, csrf)
    response = RedirectResponse("/desk/login", 303)
    response.delete_cookie(COOKIE, path="/desk")
    return response


@router.get("")
def queue(request: Request, state: str = "", q: str = "") -> Response:
    """Mails to look at."""
    user = _user(request)
    if not user:
        return RedirectResponse("/desk/login", 303)
    site = _site(request)
    shown = [state] if state in _STATES else [PERSON, DRAFTED]
    mails = site.store.mails(site.call.id, [] if q and state not in _STATES else shown, q[:200])
    counts = site.store.counts(site.call.id)
    language = preferred_language(request.headers.get("accept-language", ""))
    return _page(
        request, "desk_queue.html", user=user, mails=mails, state=state if state in _STATES else "", q=q[:200],
        counts=[(name, counts.get(name, 0)) for name in _STATES],
        labels={mail.id: [reason_label(r, language) for r in mail.triage["human_reasons"]] for mail in mails},
    )  # fmt: skip


@router.get("/questions.csv")
def open_questions(request: Request) -> Response:
    """Questions that the regulation does not answer, for who writes the next one."""
    if not _user(request):
        return RedirectResponse("/desk/login", 303)
    site = _site(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["question", "categorie"])
    for mail in site.store.mails(site.call.id, limit=10_000):
        for reply in mail.triage["replies"]:
            if reply["kind"] == "missing":
                writer.writerow([_cell(reply["question"]), mail.triage["category"]])
    return _closed(Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8"))


@router.get("/mails/{id_}")
def mail_page(request: Request, id_: int, done: str = "") -> Response:
    """One mail beside its draft."""
    user = _user(request)
    if not user:
        return RedirectResponse("/desk/login", 303)
    return _mail(request, user, id_, done if done in ("saved", "approved", "appended") else "")


@router.post("/mails/{id_}")
def decide(
    request: Request, id_: int, csrf: Annotated[str, Form()] = "", version: Annotated[int, Form()] = 0,
    action: Annotated[str, Form()] = "", draft: Annotated[str, Form()] = "", note: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """What the officer decides. An approved reply goes into Drafts; nothing is ever sent."""
    user = _officer(request, csrf)
    site = _site(request)
    if action not in _ACTIONS:
        raise HTTPException(422)
    text = draft.replace("\r\n", "\n")
    try:
        kept = site.store.decide(
            id_, user, _DONE[action], version=version, state=_ACTIONS[action], draft=text, note=note[:2_000]
        )
    except MailMissingError as error:
        raise HTTPException(404) from error
    except MailTakenError as error:
        return _mail(request, user, id_, str(error), status=409)
    said = "saved"
    if action == "approve":
        said = "approved"
        if site.mailbox is not None:
            append_draft(site.mailbox, build_reply(kept, site.call.handoff.email), site.drafts)
            said = "appended"
    return RedirectResponse(f"/desk/mails/{id_}?done={said}", 303)


@router.get("/mails/{id_}/reply.eml")
def reply_file(request: Request, id_: int) -> Response:
    """An approved reply, to open in any mail program."""
    if not _user(request):
        return RedirectResponse("/desk/login", 303)
    site = _site(request)
    try:
        kept = site.store.mail(id_)
    except MailMissingError as error:
        raise HTTPException(404) from error
    if kept.state != DONE:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="reply-{id_}.eml"'}
    raw = b"X-Unsent: 1\r\n" + build_reply(kept, site.call.handoff.email)
    return _closed(Response(raw, media_type="message/rfc822", headers=headers))


def _site(request: Request) -> DeskSite:
    site: DeskSite = request.app.state.desk
    return site


def _user(request: Request) -> str:
    site = _site(request)
    user = site.sessions.read(request)[0]
    return user if user and exists(site.store, user) else ""


def _officer(request: Request, csrf: str) -> str:
    """The officer who sent one of our forms. Answers 403 to anybody else."""
    user = _user(request)
    if not user or not _site(request).sessions.genuine(request, csrf):
        raise HTTPException(403)
    return user


def _login(request: Request, *, refused: bool) -> Response:
    site = _site(request)
    response = HTMLResponse(status_code=403 if refused else 200)
    number = site.sessions.start(request, response, "")
    page = _page(request, "desk_login.html", user="", refused=refused, csrf=site.sessions.csrf(number))
    response.body = page.body
    response.headers["content-length"] = str(len(page.body))
    return _closed(response)


def _mail(request: Request, user: str, id_: int, notice: str, status: int = 200) -> Response:
    site = _site(request)
    try:
        mail = site.store.mail(id_)
    except MailMissingError as error:
        raise HTTPException(404) from error
    language = preferred_language(request.headers.get("accept-language", ""))
    return _page(
        request, "desk_mail.html", status=status, user=user, mail=mail,
        notice=_texts(language).get(notice, notice), history=site.store.audit(id_),
        labels=[reason_label(id_, language) for id_ in mail.triage["human_reasons"]],
    )  # fmt: skip


def _page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    language = preferred_language(request.headers.get("accept-language", ""))
    sessions = _site(request).sessions
    values.setdefault("csrf", sessions.csrf(sessions.read(request)[1]))
    page = render(template, language, d=_texts(language), **values)
    return _closed(HTMLResponse(page, status))


def _closed(response: Response) -> Response:
    """Nothing of the desk stays in a cache or in a frame."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@lru_cache(maxsize=4)
def _texts(language: str) -> dict[str, str]:
    tables: dict[str, dict[str, str]] = read_toml(Path(__file__).with_name("desk.toml"))
    return tables.get(language, tables["fr"])
