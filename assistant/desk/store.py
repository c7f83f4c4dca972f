"""Where the desk keeps mails, drafts and who did what: SQLite (WAL) or PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from assistant.desk.audit import log
from assistant.desk.database import open_database
from assistant.desk.decisions import (
    CONFIRMED,
    CORRECTED,
    REDRAFTED,
    Decision,
    MailTakenError,
    change,
    facts,
    mail_of,
    mail_seen,
    state_before,
    take_back,
)
from assistant.desk.rows import NOTHING, OPEN, SNOOZED, first_state, row_of, triage_of
from assistant.desk.tables import AuditEntry, Correction, MailboxState, StoredMail
from assistant.desk.threads import is_duplicate, still_waiting, thread_of
from assistant.desk.types import Triaged
from assistant.settings import Settings

WAITING = "waiting"
MAX_LISTED = 200


class Store:
    """The desk's database, at its newest migration."""

    def __init__(self, url: str) -> None:
        self.engine = open_database(url)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: all of it or nothing. Raises MailTakenError on a lost race."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except StaleDataError as error:
            raise MailTakenError("Another officer has changed this mail. Reload it, then decide.") from error

    def add(
        self, raw: bytes, triaged: Triaged, *, call: str, source: str, mailbox: tuple[str, int, int] | None = None
    ) -> int | None:  # fmt: skip
        """Keep a mail and how far its mailbox (name, UIDVALIDITY, UID) was read, in one
        transaction. Its id, or None when it was there already."""
        try:
            return self._add(raw, triaged, call, source, mailbox)
        except IntegrityError:  # another process kept it at the same moment
            return None

    def _add(
        self, raw: bytes, triaged: Triaged, call: str, source: str, mailbox: tuple[str, int, int] | None
    ) -> int | None:
        fingerprint = hashlib.sha256(raw).hexdigest()
        with self.session() as session:
            if mailbox is not None:
                self._advance(session, *mailbox)
            known = session.scalar(select(StoredMail.id).where(StoredMail.fingerprint == fingerprint))
            if known or is_duplicate(session, call, triaged.mail):
                return None
            thread = thread_of(session, triaged.mail)
            waits, thread = still_waiting(session, call, triaged.mail, thread, OPEN)
            row = row_of(raw, triaged, call=call, source=source, thread=thread, now=datetime.now(UTC))
            if waits and row.state in OPEN:
                reasons = list(dict.fromkeys([*row.triage["urgent_reasons"], WAITING]))
                row.triage = {**row.triage, "urgent_reasons": reasons, "urgency": "high", "waits": waits}
            session.add(row)
            session.flush()
            log(session, "desk", "received", row.id, {}, {"state": row.state})
            return row.id

    def position(self, mailbox: str) -> tuple[int, int] | None:
        """UIDVALIDITY and last UID read of a mailbox."""
        with self.session() as session:
            row = session.get(MailboxState, mailbox)
            return (row.uidvalidity, row.last_uid) if row else None

    def advance(self, mailbox: str, uidvalidity: int, uid: int) -> None:
        """Say that a mailbox was read up to ``uid``."""
        with self.session() as session:
            self._advance(session, mailbox, uidvalidity, uid)

    def _advance(self, session: Session, name: str, uidvalidity: int, uid: int) -> None:
        row = session.get(MailboxState, name)
        if row is None:
            session.add(MailboxState(name=name, uidvalidity=uidvalidity, last_uid=uid))
        elif row.uidvalidity != uidvalidity or uid > row.last_uid:
            row.uidvalidity, row.last_uid = uidvalidity, uid

    def mail(self, id_: int) -> StoredMail:
        """One mail. Raises MailMissingError."""
        with self.session() as session:
            return mail_of(session, id_)

    def mails(
        self, call: str, states: Sequence[str] = (), search: str = "", limit: int = MAX_LISTED, *,
        urgent: bool = False, assignee: str = "", thread: str = "",
    ) -> list[StoredMail]:  # fmt: skip
        """Mails of a call, urgent ones and then the oldest first."""
        is_urgent = StoredMail.triage["urgency"].as_string() == "high"
        query = select(StoredMail).where(StoredMail.call == call)
        if states:
            query = query.where(StoredMail.state.in_(states))
        if urgent:
            query = query.where(is_urgent)
        if assignee:
            query = query.where(StoredMail.assignee == assignee)
        if thread:
            query = query.where(StoredMail.thread == thread)
        if search:
            like = f"%{search.lower()}%"
            query = query.where(
                func.lower(StoredMail.subject).like(like)
                | func.lower(StoredMail.text).like(like)
                | func.lower(StoredMail.sender).like(like)
            )
        order = (case((is_urgent, 0), else_=1), StoredMail.received, StoredMail.id)
        with self.session() as session:
            return list(session.scalars(query.order_by(*order).limit(limit)))

    def cited(self, call: str) -> list[tuple[int, str, list[str]]]:
        """Every mail whose draft quotes the sources: its id, its state and the quotes."""
        query = select(StoredMail.id, StoredMail.state, StoredMail.triage).where(StoredMail.call == call)
        with self.session() as session:
            rows = session.execute(query.order_by(StoredMail.id)).all()
        found = [(id_, state, [c["quote"] for c in triage.get("citations", [])]) for id_, state, triage in rows]
        return [row for row in found if row[2]]

    def counts(self, call: str) -> dict[str, int]:
        """Number of mails by state."""
        query = select(StoredMail.state, func.count()).where(StoredMail.call == call).group_by(StoredMail.state)
        with self.session() as session:
            return {state: count for state, count in session.execute(query)}

    def decide(self, id_: int, who: str, decision: Decision, *, version: int) -> StoredMail:
        """Change a mail that was seen at ``version``, and write it down. Raises MailTakenError."""
        with self.session() as session:
            row = mail_seen(session, id_, version)
            change(session, row, who, decision)
            session.flush()
            return row

    def correct(self, id_: int, who: str, correction: Correction, *, version: int) -> StoredMail:
        """Change the triage of a mail that was seen at ``version`` and keep the correction, which
        takes the place of an earlier one of this mail. Raises MailTakenError."""
        with self.session() as session:
            row = mail_seen(session, id_, version)
            change(session, row, who, Decision(CORRECTED, state=correction.state))
            for old in session.scalars(select(Correction).where(Correction.mail == id_)):
                old.withdrawn = True
            correction.call, correction.reasons = row.call, list(row.triage["human_reasons"])
            session.add(correction)
            row.triage = {**row.triage, "category": correction.category, "urgency": correction.urgency}
            session.flush()
            return row

    def confirm(self, id_: int, who: str, passages: Mapping[str, str], *, version: int) -> StoredMail:
        """Say that a draft holds though what it quotes changed: ``passages`` are the quotes with
        what stands there now. Raises MailTakenError."""
        with self.session() as session:
            row = mail_seen(session, id_, version)
            change(session, row, who, Decision(CONFIRMED))
            row.triage = {**row.triage, "confirmed": {**row.triage.get("confirmed", {}), **passages}}
            session.flush()
            return row

    def redraft(self, id_: int, who: str, triaged: Triaged, *, version: int) -> StoredMail:
        """Take a new triage and draft of a mail in the place of the old. Raises MailTakenError."""
        with self.session() as session:
            row = mail_seen(session, id_, version)
            state = first_state(triaged) if row.state in (*OPEN, NOTHING) else None
            change(session, row, who, Decision(REDRAFTED, state=state, draft=triaged.draft))
            waits = row.triage.get("waits")
            row.triage = triage_of(triaged) | ({"waits": waits} if waits else {})
            session.flush()
            return row

    def undo(self, id_: int, who: str, *, version: int) -> StoredMail:
        """Take the last decision on a mail back. Raises NothingToUndoError, MailTakenError."""
        with self.session() as session:
            row = mail_seen(session, id_, version)
            before = facts(row)
            if take_back(row) == CORRECTED:  # nor is it an example any longer
                for kept in session.scalars(select(Correction).where(Correction.mail == id_)):
                    kept.withdrawn = True
            log(session, who, "undone", id_, before, facts(row))
            session.flush()
            return row

    def wake(self, call: str, now: datetime) -> int:
        """Bring mails back that were put off until ``now`` or before; how many there were."""
        query = select(StoredMail).where(
            StoredMail.call == call, StoredMail.state == SNOOZED, StoredMail.until <= now.astimezone(UTC)
        )
        with self.session() as session:
            rows = list(session.scalars(query))
            for row in rows:
                before = facts(row)
                row.state, row.until = state_before(row), None
                log(session, "desk", "woken", row.id, before, facts(row))
            return len(rows)

    def note(self, who: str, what: str, mail: int) -> None:
        """Write down what was done with a mail that changes nothing of it."""
        with self.session() as session:
            log(session, who, what, mail, {}, {})

    def audit(self, mail: int | None = None) -> list[AuditEntry]:
        """The log, oldest first."""
        query = select(AuditEntry).order_by(AuditEntry.id)
        if mail is not None:
            query = query.where(AuditEntry.mail == mail)
        with self.session() as session:
            return list(session.scalars(query))


def open_store(settings: Settings) -> Store:
    """The desk's database: AAP_DATABASE_URL, or a file in the data folder."""
    url = settings.database_url
    return Store(url.get_secret_value() if url else f"sqlite:///{settings.data_dir / 'desk.sqlite'}")
