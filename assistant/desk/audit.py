"""The log of who did what at the desk; the database lets nobody change it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk.tables import AuditEntry


def log(
    session: Session, who: str, what: str, mail: int | None, before: dict[str, Any], after: dict[str, Any]
) -> None:  # fmt: skip
    """Write down who did what; no text and no address of a mail may be in it."""
    session.add(
        AuditEntry(at=datetime.now(UTC), who=who, what=what, mail=mail, before=before, after=after)
    )
