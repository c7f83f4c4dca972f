"""Where the desk keeps mails, drafts and who did what: SQLite (WAL) or PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, delete, event, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from assistant.desk.files import line
from assistant.desk.tables import AuditEntry, MailboxState, StoredMail
from assistant.desk.types import Triaged
from assistant.errors import AssistantError, ConfigurationError
from assistant.settings import Settings

NEW, DRAFTED, PERSON, AUTOMATED, NOTHING, DONE, REJECTED, SNOOZED = (
    "new", "drafted", "person", "automated", "nothing", "done", "rejected", "snoozed",
)  # fmt: skip


class MailTakenError(AssistantError):
    """Another officer changed the mail meanwhile: look again, then decide."""


class MailMissingError(AssistantError):
    """There is no such mail."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What went: mails by sender, and until when."""

    mails: int
    senders: dict[str, int]
    before: datetime | None


class Store:
    """The desk's database, at its newest migration."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        migrate(self.engine)

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
        mail = triaged.mail
        now = datetime.now(UTC)
        with self.session() as session:
            if mailbox is not None:
                self._advance(session, *mailbox)
            if session.scalar(select(StoredMail.id).where(StoredMail.fingerprint == fingerprint)):
                return None
            row = StoredMail(
                call=call, source=source[:300], fingerprint=fingerprint,
                message_id=mail.message_id[:300], thread=_thread(mail.references, mail.in_reply_to, mail.message_id),
                sender=mail.sender, sender_name=mail.sender_name[:200], subject=_storable(mail.subject),
                text=_storable(mail.text), raw=raw, received=_utc(mail.date, now), stored=now,
                state=_first_state(triaged), triage=_triage(triaged), draft=_storable(triaged.draft),
            )  # fmt: skip
            session.add(row)
            session.flush()
            _log(session, "desk", "received", row.id, {}, {"state": row.state})
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
            row = session.get(StoredMail, id_)
            if row is None:
                raise MailMissingError(f"There is no mail {id_}.")
            return row

    def mails(
        self, call: str, states: Sequence[str] = (), search: str = "", limit: int = 200
    ) -> list[StoredMail]:  # fmt: skip
        """Mails of a call, urgent ones and then the oldest first."""
        query = select(StoredMail).where(StoredMail.call == call)
        if states:
            query = query.where(StoredMail.state.in_(states))
        if search:
            like = f"%{search.lower()}%"
            query = query.where(
                func.lower(StoredMail.subject).like(like)
                | func.lower(StoredMail.text).like(like)
                | func.lower(StoredMail.sender).like(like)
            )
        with self.session() as session:
            rows = list(session.scalars(query.order_by(StoredMail.received).limit(limit)))
        return sorted(rows, key=lambda row: row.triage.get("urgency") != "high")

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

    def decide(
        self, id_: int, who: str, what: str, *, version: int, state: str | None = None,
        draft: str | None = None, note: str | None = None,
    ) -> StoredMail:  # fmt: skip
        """Change a mail that was seen at ``version``, and write it down. Raises MailTakenError."""
        with self.session() as session:
            row = session.get(StoredMail, id_)
            if row is None:
                raise MailMissingError(f"There is no mail {id_}.")
            if row.version != version:
                raise MailTakenError(f"{row.officer or 'Another officer'} has changed this mail. Reload it, then decide.")
            before = {"state": row.state, "officer": row.officer, "draft": _digest(row.draft)}
            row.officer = who
            row.state = state or row.state
            row.draft = row.draft if draft is None else _storable(draft)
            row.note = row.note if note is None else _storable(note)
            after = {"state": row.state, "officer": who, "draft": _digest(row.draft)}
            _log(session, who, what, id_, before, after)
            session.flush()
            return row

    def audit(self, mail: int | None = None) -> list[AuditEntry]:
        """The log, oldest first."""
        query = select(AuditEntry).order_by(AuditEntry.id)
        if mail is not None:
            query = query.where(AuditEntry.mail == mail)
        with self.session() as session:
            return list(session.scalars(query))

    def export(self, sender: str | None = None) -> Iterator[dict[str, Any]]:
        """Everything that is kept, or what is kept of one address; raw mails apart."""
        query = select(StoredMail).order_by(StoredMail.id)
        if sender:
            query = query.where(StoredMail.sender == sender.strip().lower())
        with self.session() as session:
            for row in session.scalars(query.execution_options(yield_per=100)):
                yield {
                    "id": row.id, "call": row.call, "source": row.source, "message_id": row.message_id,
                    "sender": row.sender, "sender_name": row.sender_name, "subject": row.subject,
                    "text": row.text, "received": row.received.isoformat(), "state": row.state,
                    "officer": row.officer, "note": row.note, "draft": row.draft, **_without_draft(row.triage),
                }  # fmt: skip

    def purge(self, who: str, *, older_than_days: int | None = None, sender: str | None = None) -> Purged:
        """Erase mails and drafts by age or by sender; the log keeps only numbers."""
        if older_than_days is None and not sender:
            raise ConfigurationError("Say what to purge: --days or --sender.")
        query = select(StoredMail.id, StoredMail.sender)
        before = None
        if older_than_days is not None:
            before = datetime.now(UTC) - timedelta(days=older_than_days)
            query = query.where(StoredMail.stored < before)
        if sender:
            query = query.where(StoredMail.sender == sender.strip().lower())
        with self.session() as session:
            rows = session.execute(query).all()
            ids = [row.id for row in rows]
            for start in range(0, len(ids), 500):
                session.execute(delete(StoredMail).where(StoredMail.id.in_(ids[start : start + 500])))
            _log(session, who, "purged", None, {"mails": len(ids)}, {"days": older_than_days, "by_sender": bool(sender)})
        senders: dict[str, int] = {}
        for row in rows:
            senders[row.sender] = senders.get(row.sender, 0) + 1
        return Purged(len(ids), senders, before)


def open_store(settings: Settings) -> Store:
    """The desk's database: AAP_DATABASE_URL, or a file in the data folder."""
    url = settings.database_url
    return Store(url.get_secret_value() if url else f"sqlite:///{settings.data_dir / 'desk.sqlite'}")


def migrate(engine: Engine) -> None:
    """Bring the database to the newest migration."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except (SQLAlchemyError, ImportError) as error:
        raise ConfigurationError(f"AAP_DATABASE_URL can't be used: {type(error).__name__}.") from error
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA busy_timeout=30000")
            cursor.close()

    return engine


def _log(
    session: Session, who: str, what: str, mail: int | None, before: dict[str, Any], after: dict[str, Any]
) -> None:  # fmt: skip
    session.add(AuditEntry(at=datetime.now(UTC), who=who, what=what, mail=mail, before=before, after=after))


def _first_state(triaged: Triaged) -> str:
    if triaged.automated:
        return AUTOMATED
    if not triaged.needs_reply:
        return NOTHING
    return PERSON if triaged.needs_human else DRAFTED


def _triage(triaged: Triaged) -> dict[str, Any]:
    found = line("", triaged)
    found.pop("file")
    found.pop("draft")
    found["human_reasons"] = list(triaged.human_reasons)
    found["urgent_reasons"] = list(triaged.urgent_reasons)
    found["replies"] = [{"question": r.question, "kind": r.kind} for r in triaged.replies]
    found["attachments"] = [{"name": a.name, "size": a.size} for a in triaged.mail.attachments]
    found["problems"] = list(triaged.mail.problems)
    loaded: dict[str, Any] = _clean(found)
    return loaded


def _without_draft(triage: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in triage.items() if key != "draft"}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _storable(text: str) -> str:
    """Text that both databases take: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _utc(moment: datetime | None, default: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment else default
    except (OverflowError, ValueError):
        return default


def _thread(references: Sequence[str], in_reply_to: str, message_id: str) -> str:
    """The first mail of a thread, by its Message-ID."""
    return (references[0] if references else in_reply_to or message_id)[:300]


def _digest(text: str) -> str:
    """Shows that a draft changed, and keeps no personal data in the log."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
