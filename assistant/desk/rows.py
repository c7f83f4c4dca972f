"""A triaged mail as a row of the desk's tables."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from assistant.desk.files import line
from assistant.desk.tables import StoredMail
from assistant.desk.types import Triaged

NEW, DRAFTED, PERSON, AUTOMATED, NOTHING, DONE, REJECTED, SNOOZED = (
    "new", "drafted", "person", "automated", "nothing", "done", "rejected", "snoozed",
)  # fmt: skip
OPEN = (PERSON, DRAFTED, SNOOZED)


def row_of(raw: bytes, triaged: Triaged, *, call: str, source: str, thread: str, now: datetime) -> StoredMail:
    """The row of a new mail."""
    mail = triaged.mail
    return StoredMail(
        call=call, source=source[:300], fingerprint=hashlib.sha256(raw).hexdigest(),
        message_id=mail.message_id[:300], thread=thread, sender=mail.sender, sender_name=mail.sender_name[:200],
        subject=storable(mail.subject), text=storable(mail.text), raw=raw, received=_utc(mail.date, now), stored=now,
        state=first_state(triaged), triage=triage_of(triaged), draft=storable(triaged.draft), previous=[],
    )  # fmt: skip


def first_state(triaged: Triaged) -> str:
    """Where a triaged mail is put."""
    if triaged.automated:
        return AUTOMATED
    if not triaged.needs_reply:
        return NOTHING
    return PERSON if triaged.needs_human else DRAFTED


def storable(text: str) -> str:
    """Text that both databases take: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def triage_of(triaged: Triaged) -> dict[str, Any]:
    """What is kept of a triage beside the officer's draft."""
    found = line("", triaged)
    found.pop("file")
    found["written"] = found.pop("draft")  # as the desk wrote it; the officer's own is beside it
    found["human_reasons"] = list(triaged.human_reasons)
    found["urgent_reasons"] = list(triaged.urgent_reasons)
    found["example"] = triaged.example
    found["replies"] = [
        {
            "question": reply.question, "kind": reply.kind, "key": reply.key, "said": said,
            "mode": reply.answer.mode if reply.answer else "",
            "citations": [c.model_dump() for c in reply.answer.citations] if reply.answer else [],
        }
        for reply, said in zip(triaged.replies, triaged.said or [""] * len(triaged.replies), strict=True)
    ]  # fmt: skip
    found["attachments"] = [{"name": a.name, "size": a.size} for a in triaged.mail.attachments]
    found["problems"] = list(triaged.mail.problems)
    cleaned: dict[str, Any] = _clean(found)
    return cleaned


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _utc(moment: datetime | None, default: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment else default
    except (OverflowError, ValueError):
        return default
