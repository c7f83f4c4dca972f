"""What officers decide on a mail, seen at a version, and how the last decision is taken back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk.audit import log
from assistant.desk.rows import DONE, OPEN, SNOOZED, storable
from assistant.desk.tables import StoredMail
from assistant.errors import AssistantError

# Decisions on one mail that can be undone, one after the other.
MAX_UNDO = 20
CORRECTED = "corrected"
CONFIRMED, REDRAFTED = "confirmed", "redrafted"
_RETRIAGED = (CORRECTED, CONFIRMED, REDRAFTED)


class MailTakenError(AssistantError):
    """Another officer changed the mail meanwhile: look again, then decide."""


class MailMissingError(AssistantError):
    """There is no such mail."""


class NothingToUndoError(AssistantError):
    """Nothing was decided on this mail."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer changes of a mail; None leaves it as it is. ``until`` is when a mail that is
    put off comes back."""

    what: str
    state: str | None = None
    draft: str | None = None
    note: str | None = None
    assignee: str | None = None
    until: datetime | None = None


def mail_of(session: Session, id_: int) -> StoredMail:
    """The mail with this id. Raises MailMissingError."""
    row = session.get(StoredMail, id_)
    if row is None:
        raise MailMissingError(f"There is no mail {id_}.")
    return row


def mail_seen(session: Session, id_: int, version: int) -> StoredMail:
    """The mail that an officer saw at ``version``. Raises MailTakenError when it has changed since,
    MailMissingError."""
    row = mail_of(session, id_)
    if row.version != version:
        raise MailTakenError(
            f"{row.officer or 'Another officer'} has changed this mail. Reload it, then decide."
        )
    return row


def change(session: Session, row: StoredMail, who: str, decision: Decision) -> None:
    """Do what an officer decided, so that it can be taken back, and write it down."""
    before = facts(row)
    row.previous = [*row.previous, _undoable(row, decision.what)][-MAX_UNDO:]
    row.officer = who
    if decision.state is not None:
        row.state = decision.state
        row.until = decision.until
        row.answered = datetime.now(UTC) if decision.state == DONE else None
    row.draft = row.draft if decision.draft is None else storable(decision.draft)
    row.note = row.note if decision.note is None else storable(decision.note)
    row.assignee = row.assignee if decision.assignee is None else decision.assignee
    log(session, who, decision.what, row.id, before, facts(row))


def take_back(row: StoredMail) -> str:
    """Make a mail what it was before the last decision, and say what that was. Raises
    NothingToUndoError."""
    if not row.previous:
        raise NothingToUndoError("Nothing was decided on this mail yet.")
    last = row.previous[-1]
    row.previous = row.previous[:-1]
    row.state, row.draft, row.note = last["state"], last["draft"], last["note"]
    row.assignee, row.officer = last["assignee"], last["officer"]
    row.until, row.answered = _moment(last["until"]), _moment(last["answered"])
    row.triage = last.get("triage", row.triage)
    return str(last["what"])


def facts(row: StoredMail) -> dict[str, Any]:
    """What the log says of a mail: that a draft changed, not what it says."""
    digest = hashlib.sha256(row.draft.encode()).hexdigest()[:12]
    return {"state": row.state, "officer": row.officer, "assignee": row.assignee, "draft": digest}


def _undoable(row: StoredMail, what: str) -> dict[str, Any]:
    return {
        "what": what, "state": row.state, "draft": row.draft, "note": row.note, "assignee": row.assignee,
        "officer": row.officer, "until": row.until.isoformat() if row.until else None,
        "answered": row.answered.isoformat() if row.answered else None,
        **({"triage": row.triage} if what in _RETRIAGED else {}),
    }  # fmt: skip


def state_before(row: StoredMail) -> str:
    """The state that a mail had when it was put off."""
    states = [last["state"] for last in row.previous if last["state"] != SNOOZED]
    return states[-1] if states else OPEN[0]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
