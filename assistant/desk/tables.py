"""The desk's tables. Times are UTC; ``version`` grows with every change of a mail's row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What Alembic compares the migrations with."""


class StoredMail(Base):
    """A mail with its triage (a line of DRAFTS.jsonl and the reasons) and the officer's draft."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("fingerprint", name="mails_fingerprint"),
        Index("mails_state", "call", "state"),
        Index("mails_sender", "sender"),
        Index("mails_thread", "thread"),
        Index("mails_message_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(300))
    fingerprint: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(300))
    thread: Mapped[str] = mapped_column(String(300))
    sender: Mapped[str] = mapped_column(String(320))
    sender_name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    stored: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(String(20))
    triage: Mapped[dict[str, Any]] = mapped_column(JSON)
    draft: Mapped[str] = mapped_column(Text)
    officer: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # Whom it is left to, when it comes back, when it was approved, and what the last decisions
    # changed (newest last), so that they can be undone.
    assignee: Mapped[str] = mapped_column(String(80), default="")
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)
    answered: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)
    previous: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(Integer, nullable=False)

    __mapper_args__ = {"version_id_col": version}


class Wording(Base):
    """An officer's words for one answer. ``key`` stands for the answer that the assistant gives,
    with its quotes: when the sources change, so does the key. ``question`` is one that it answers,
    "" where it would tell who asked."""

    __tablename__ = "wordings"
    __table_args__ = (Index("wordings_key", "call", "key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    quotes: Mapped[list[str]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)


class Correction(Base):
    """How an officer corrected the triage of a mail; ``vector`` is what the mail means (float32).
    ``reasons`` are those that it had then."""

    __tablename__ = "corrections"
    __table_args__ = (Index("corrections_call", "call"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[str] = mapped_column(String(80))
    mail: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(20))
    urgency: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    who: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)


class MailboxState(Base):
    """How far a folder was read."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)


class User(Base):
    """An officer; ``password`` is an argon2 hash."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    password: Mapped[str] = mapped_column(String(300))
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)


class AuditEntry(Base):
    """Who did what; append-only (the database refuses to change or delete a row)."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    who: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(40))
    mail: Mapped[int | None] = mapped_column(Integer)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
