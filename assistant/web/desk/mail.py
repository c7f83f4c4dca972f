"""One mail beside its draft, and what the officer decides on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.desk.approval import EmptyReplyError, PassageChangedError, approve
from assistant.desk.corrections import CATEGORIES, STATES, URGENCIES, correct, essence
from assistant.desk.decisions import Decision, MailMissingError, MailTakenError, NothingToUndoError
from assistant.desk.faq import FaqError, add_to_faq
from assistant.desk.outgoing import build_reply
from assistant.desk.parse import parse_mail
from assistant.desk.passages import to_reread
from assistant.desk.rows import DONE, DRAFTED, OPEN, PERSON, REJECTED, SNOOZED
from assistant.desk.tables import StoredMail
from assistant.desk.users import officers
from assistant.errors import ConfigurationError
from assistant.web.desk.queue import labels_of
from assistant.web.desk.site import Reader, Signer, closed, desk_of, language_of, page, texts

router = APIRouter()
_DONE = {"save": "saved", "reject": "rejected", "snooze": "snoozed", "reopen": "reopened", "ask": "asked", "take": "asked"}
_NOTICES = frozenset({
    "saved", "approved", "appended", "append_failed", "sent", "send_failed", "rejected", "snoozed", "reopened", "asked",
    "undone", "undone_approval", "corrected", "confirmed", "redrafted", "faq_added", "wording_kept", "wording_personal", "wording_values",
})  # fmt: skip
_MORNING = time(8)


@router.get("/mails/{id_}")
def mail_page(request: Request, user: Reader, id_: int, done: str = "", learned: str = "") -> Response:
    """One mail beside its draft."""
    notices = [name for name in (done, learned) if name in _NOTICES]
    return _page(request, user, id_, " ".join(texts(language_of(request))[name] for name in notices))


@router.post("/mails/{id_}")
def decide(
    request: Request, user: Signer, id_: int, version: Annotated[int, Form()] = 0, action: Annotated[str, Form()] = "",
    draft: Annotated[str, Form()] = "", note: Annotated[str, Form()] = "", colleague: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """What the officer decides. An approved reply goes into Drafts; nothing is sent unless sending
    was turned on and the officer sends."""
    site = desk_of(request)
    text, note = draft.replace("\r\n", "\n"), note[:2_000]
    learned = ""
    try:
        if action == "undo":
            was = site.store.mail(id_)
            site.store.undo(id_, user, version=version)
            done = "undone_approval" if was.state == DONE else "undone"
        elif action == "confirm":
            passages = to_reread(site.store.mail(id_).triage, site.documents)
            site.store.confirm(id_, user, {p.quote: p.now for p in passages}, version=version)
            done = "confirmed"
        elif action == "redraft":
            triaged = site.triager().triage(site.store.mail(id_).raw)
            site.store.redraft(id_, user, triaged, version=version)
            done = "redrafted"
        elif action in ("approve", "send"):
            result = approve(site.office, id_, user, version=version, draft=text, note=note, sending=action == "send")
            done = result.outcome
            learned = next((item.refused or "wording_kept" for item in result.learned), "")
        elif action in _DONE:
            decision = _decision(site.store.mail(id_), action, user, colleague, until, site.call.timezone)
            kept = Decision(decision.what, decision.state, text, note, decision.assignee, decision.until)
            site.store.decide(id_, user, kept, version=version)
            done = _DONE[action]
        else:
            raise HTTPException(422)
    except MailMissingError as error:
        raise HTTPException(404) from error
    except EmptyReplyError:
        return _page(request, user, id_, "draft_empty", status=422)
    except PassageChangedError:
        return _page(request, user, id_, "must_reread", status=409)
    except NothingToUndoError:
        return _page(request, user, id_, "nothing_to_undo", status=409)
    except ConfigurationError as error:
        return _page(request, user, id_, str(error), status=422)
    except MailTakenError as error:
        return _page(request, user, id_, str(error), status=409)
    return RedirectResponse(f"/desk/mails/{id_}?done={done}&learned={learned}", 303)


@router.post("/mails/{id_}/triage")
def correct_triage(
    request: Request, user: Signer, id_: int, version: Annotated[int, Form()] = 0, state: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "", urgency: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Correct the triage of a mail; the next ones like it are triaged so."""
    site = desk_of(request)
    try:
        mail = site.store.mail(id_)
        vector = site.assistant.meaning(essence(parse_mail(mail.raw)))
        correct(site.store, mail, user, vector, version=version, state=state, category=category, urgency=urgency)
    except MailMissingError as error:
        raise HTTPException(404) from error
    except ConfigurationError as error:
        raise HTTPException(422) from error
    except MailTakenError as error:
        return _page(request, user, id_, str(error), status=409)
    return RedirectResponse(f"/desk/mails/{id_}?done=corrected", 303)


@router.post("/mails/{id_}/faq")
def to_faq(
    request: Request, user: Signer, id_: int, reply: Annotated[int, Form()] = -1, question: Annotated[str, Form()] = "",
    checked: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Make a validated question of an approved answer."""
    site = desk_of(request)
    mail = _kept(request, id_)
    replies = mail.triage["replies"]
    if mail.state != DONE or not 0 <= reply < len(replies) or replies[reply]["kind"] != "answered":
        raise HTTPException(422)
    path = site.settings.corpus_dir / site.call.id / "faq.toml"
    try:
        add_to_faq(
            path, site.assistant, site.call, mail, replies[reply].get("citations", []), question,
            names_checked=bool(checked),
        )  # fmt: skip
    except FaqError as error:
        said = texts(language_of(request))[error.reason].format(found=", ".join(error.found))
        return _page(request, user, id_, said, status=422)
    site.store.note(user, "faq added", id_)
    return RedirectResponse(f"/desk/mails/{id_}?done=faq_added", 303)


@router.get("/mails/{id_}/reply.eml")
def reply_file(request: Request, user: Reader, id_: int) -> Response:
    """An approved reply, to open in any mail program."""
    mail = _kept(request, id_)
    if mail.state != DONE:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="reply-{id_}.eml"'}
    raw = b"X-Unsent: 1\r\n" + build_reply(mail, desk_of(request).call.handoff.email)
    return closed(Response(raw, media_type="message/rfc822", headers=headers))


def _decision(mail: StoredMail, action: str, user: str, colleague: str, until: str, timezone: str) -> Decision:
    what = _DONE[action]
    if action == "reject":
        return Decision(what, state=REJECTED)
    if action == "reopen":
        return Decision(what, state=PERSON if mail.triage["human_reasons"] else DRAFTED)
    if action == "snooze":
        return Decision(what, state=SNOOZED, until=_morning(until, timezone))
    if action == "take":
        return Decision(what, assignee=user)
    if action == "ask":
        return Decision(what, assignee=colleague[:80])
    return Decision(what)


def _morning(day: str, timezone: str) -> datetime:
    """The morning of ``day`` (ISO), of tomorrow when none is given. Raises ConfigurationError with the name
    of a text."""
    zone = ZoneInfo(timezone)
    today = datetime.now(zone).date()
    try:
        chosen = date.fromisoformat(day) if day else today + timedelta(days=1)
    except ValueError as error:
        raise ConfigurationError("no_day") from error
    if chosen <= today:
        raise ConfigurationError("day_over")
    return datetime.combine(chosen, _MORNING, zone).astimezone(UTC)


def _kept(request: Request, id_: int) -> StoredMail:
    try:
        return desk_of(request).store.mail(id_)
    except MailMissingError as error:
        raise HTTPException(404) from error


def _page(request: Request, user: str, id_: int, notice: str, status: int = 200) -> Response:
    """The page of a mail; ``notice`` is shown as it is, or is the name of a text."""
    site = desk_of(request)
    mail = _kept(request, id_)
    notice = texts(language_of(request)).get(notice, notice)
    waiting = [one.id for one in site.store.mails(site.call.id, [PERSON, DRAFTED])]
    at = waiting.index(id_) if id_ in waiting else -1
    thread = site.store.mails(site.call.id, thread=mail.thread) if mail.thread else []
    return page(
        request, "desk_mail.html", user, status=status, notice=notice, mail=mail, history=site.store.audit(id_),
        labels=labels_of(mail, language_of(request)), thread=[one for one in thread if one.id != id_],
        before=waiting[at - 1] if at > 0 else None, after=next((o for o in waiting[at + 1 :] if o != id_), None),
        officers=[name for name in officers(site.store) if name != user], sending=site.smtp is not None,
        changed=to_reread(mail.triage, site.documents) if mail.state in (*OPEN, DONE) else [], states=STATES, categories=CATEGORIES, urgencies=URGENCIES,
    )  # fmt: skip
