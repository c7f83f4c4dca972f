"""What is kept of a person, and how it is erased: right of access, right to erasure, end of keeping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from assistant.desk.audit import log
from assistant.desk.store import Store
from assistant.desk.tables import Correction, StoredMail
from assistant.errors import ConfigurationError

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Purged:
    """What went: mails by sender, and until when."""

    mails: int
    senders: dict[str, int]
    before: datetime | None


def export(store: Store, sender: str | None = None) -> Iterator[dict[str, Any]]:
    """Everything that is kept, or what is kept of one address; raw mails apart."""
    query = select(StoredMail).order_by(StoredMail.id)
    if sender:
        query = query.where(StoredMail.sender == sender.strip().lower())
    with store.session() as session:
        for row in session.scalars(query.execution_options(yield_per=100)):
            yield {
                "id": row.id, "call": row.call, "source": row.source, "message_id": row.message_id,
                "sender": row.sender, "sender_name": row.sender_name, "subject": row.subject,
                "text": row.text, "received": row.received.isoformat(), "state": row.state,
                "officer": row.officer, "assignee": row.assignee, "note": row.note, "draft": row.draft,
                **row.triage,
            }  # fmt: skip


def purge(store: Store, who: str, *, older_than_days: int | None = None, sender: str | None = None) -> Purged:
    """Erase mails and drafts by age or by sender, with what was corrected on them; the log keeps
    only numbers."""
    if older_than_days is None and not sender:
        raise ConfigurationError("Say what to purge: --days or --sender.")
    query = select(StoredMail.id, StoredMail.sender)
    before = None
    if older_than_days is not None:
        before = datetime.now(UTC) - timedelta(days=older_than_days)
        query = query.where(StoredMail.stored < before)
    if sender:
        query = query.where(StoredMail.sender == sender.strip().lower())
    with store.session() as session:
        rows = session.execute(query).all()
        ids = [row.id for row in rows]
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            session.execute(delete(Correction).where(Correction.mail.in_(some)))
            session.execute(delete(StoredMail).where(StoredMail.id.in_(some)))
        log(session, who, "purged", None, {"mails": len(ids)}, {"days": older_than_days, "by_sender": bool(sender)})
    return Purged(len(ids), dict(Counter(row.sender for row in rows)), before)
