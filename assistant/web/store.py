"""What the public's side keeps: answers that can be linked to, feedback, replies to repeat.

SQLite in the data folder unless AAP_DATABASE_URL names another database. Everything but
feedback can be made again, so a failing database costs a link, never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from assistant.database import open_engine
from assistant.settings import Settings
from assistant.types import Answer

REPLY_HOURS = 24
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000")


class _Table(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON}


class _Answer(_Table):
    __tablename__ = "web_answers"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]


class _Feedback(_Table):
    __tablename__ = "web_feedback"
    id: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(ForeignKey("web_answers.id", ondelete="CASCADE"))
    given_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[str]]
    comment: Mapped[str]


class Reply(_Table):
    """A reply that is repeated for its Idempotency-Key; ``status`` is 0 until it is there."""

    __tablename__ = "web_replies"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int] = mapped_column(default=0)
    media_type: Mapped[str] = mapped_column(String(100), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class Store:
    """Safe to share between threads, and between processes."""

    def __init__(self, settings: Settings) -> None:
        self._engine = _open(settings)
        self._keep = timedelta(days=settings.keep_days)
        self._swept: datetime | None = None
        _Table.metadata.create_all(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def remember(self, answer: Answer) -> None:
        """Keep an answer under its id; one that is there already stays."""
        row = {"id": answer.id, "made_at": _now(), "body": answer.model_dump(mode="json")}
        self._sweep()
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        with self._engine.begin() as connection:
            connection.execute(insert(_Answer).on_conflict_do_nothing(), row)

    def answer(self, id_: str) -> Answer | None:
        """The answer with this id, if it is kept still."""
        with Session(self._engine) as session:
            row = session.get(_Answer, id_)
            return Answer.model_validate(row.body) if row else None

    def validated(self, call: str) -> list[Answer]:
        """The kept answers of a call that an officer has validated."""
        with Session(self._engine) as session:
            bodies = (row.body for row in session.query(_Answer).order_by(_Answer.made_at))
            return [
                Answer.model_validate(body) for body in bodies
                if body.get("mode") == "validated" and body.get("call") == call
            ]  # fmt: skip

    def add_feedback(
        self, answer: str, verdict: str, reasons: Sequence[str], comment: str
    ) -> int | None:
        """Keep what somebody says about an answer; its number, or None for an unknown answer."""
        with Session(self._engine) as session:
            if session.get(_Answer, answer) is None:
                return None
            row = _Feedback(
                answer=answer, given_at=_now(), verdict=verdict, reasons=list(reasons),
                comment=comment,
            )  # fmt: skip
            session.add(row)
            session.commit()
            return row.id

    def claim(self, key: str, request: str, lease_s: float) -> Reply | None:
        """The reply kept for ``key``, or None when the caller is the one who makes it.

        A claim that its process left unfinished is free again after ``lease_s`` seconds.
        """
        with Session(self._engine, expire_on_commit=False) as session:
            found = session.get(Reply, key)
            if found is not None and _is_over(found, lease_s):
                session.delete(found)
                session.commit()
                found = None
            if found is None:
                session.add(Reply(key=key, request=request, made_at=_now()))
                if _commit_once(session):
                    return None
                found = session.get(Reply, key)
            return found

    def settle(self, key: str, status: int, media_type: str, body: bytes) -> None:
        """Keep the reply that was made for ``key``."""
        with Session(self._engine) as session:
            row = session.get(Reply, key)
            if row is not None:
                row.status, row.media_type, row.body = status, media_type, body
                session.commit()

    def release(self, key: str) -> None:
        """Give up a claim: the next request with this key is made anew."""
        with Session(self._engine) as session:
            session.execute(delete(Reply).where(Reply.key == key))
            session.commit()

    def _sweep(self) -> None:
        """Forget what is too old, once an hour."""
        now = _now()
        if self._swept is not None and now - self._swept < timedelta(hours=1):
            return
        self._swept = now
        with Session(self._engine) as session:
            old = session.query(_Answer.id).where(_Answer.made_at < now - self._keep)
            session.execute(delete(_Feedback).where(_Feedback.answer.in_(old)))
            session.execute(delete(_Answer).where(_Answer.made_at < now - self._keep))
            cutoff = now - timedelta(hours=REPLY_HOURS)
            session.execute(delete(Reply).where(Reply.made_at < cutoff))
            session.commit()


def _open(settings: Settings) -> Engine:
    url = settings.database_url
    where = url.get_secret_value() if url else f"sqlite:///{settings.data_dir / 'web.sqlite'}"
    return open_engine(where, _PRAGMAS)


def _commit_once(session: Session) -> bool:
    """Commit; False when another one wrote the same key first."""
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        return False
    return True


def _is_over(reply: Reply, lease_s: float) -> bool:
    age = _now() - reply.made_at
    return age > (timedelta(hours=REPLY_HOURS) if reply.status else timedelta(seconds=lease_s))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
