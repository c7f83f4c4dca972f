"""The mails to look at, or all: by state, urgent ones, one's own; a thread stands together."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from assistant.desk.labels import reason_label
from assistant.desk.passages import to_reread
from assistant.desk.rows import AUTOMATED, DONE, DRAFTED, NOTHING, OPEN, PERSON, REJECTED, SNOOZED
from assistant.desk.store import MAX_LISTED
from assistant.desk.tables import StoredMail
from assistant.web.desk.site import Reader, desk_of, language_of, page

router = APIRouter()
STATES = (PERSON, DRAFTED, SNOOZED, DONE, REJECTED, NOTHING, AUTOMATED)


@router.get("")
def queue(
    request: Request, user: Reader, state: str = "", q: str = "", show: str = "", done: str = "", n: int = 0
) -> Response:
    """Mails to look at."""
    site = desk_of(request)
    site.store.wake(site.call.id, datetime.now(UTC))
    state = state if state in STATES else ""
    q = q[:200]
    show = show if show in ("all", "urgent", "mine", "changed") else ""
    states = [state] if state else [] if q or show in ("all", "mine") else OPEN if show == "changed" else [PERSON, DRAFTED]
    mails = site.store.mails(
        site.call.id, states, q, urgent=show == "urgent", assignee=user if show == "mine" else ""
    )
    first = len(mails) if len(mails) == MAX_LISTED else 0
    documents = site.documents
    reread = {mail.id for mail in mails if mail.state in OPEN and to_reread(mail.triage, documents)}
    mails = [mail for mail in mails if mail.id in reread] if show == "changed" else mails
    counts = site.store.counts(site.call.id)
    language = language_of(request)
    return page(
        request, "desk_queue.html", user, threads=threads(mails), state=state, q=q, show=show,
        counts=[(name, counts.get(name, 0)) for name in STATES],
        notice=done if done in ("bulk_done", "uploaded") else "", number=max(n, 0),
        labels={mail.id: labels_of(mail, language) for mail in mails}, reread=reread, first=first,
    )  # fmt: skip


def threads(mails: list[StoredMail]) -> list[list[StoredMail]]:
    """Mails of one thread together, in the order of each thread's first one."""
    found: dict[str, list[StoredMail]] = {}
    for mail in mails:
        found.setdefault(mail.thread or f"#{mail.id}", []).append(mail)
    return list(found.values())


def labels_of(mail: StoredMail, language: str) -> list[str]:
    """Why a mail needs a person or is urgent, in words."""
    ids = dict.fromkeys([*mail.triage["human_reasons"], *mail.triage["urgent_reasons"]])
    return [reason_label(id_, language) for id_ in ids]
