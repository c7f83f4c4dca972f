"""Which conversation a mail belongs to, and whether its author already waits for an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.parse import Mail
from assistant.desk.tables import StoredMail
from assistant.words import fold

# The Message-ID of a reply of ours tells which mail it answers, also when nobody kept the reply.
_OURS = re.compile(r"^<reply-([0-9a-f]{24})@")
_ID_LENGTH = 300
_SAME_BATCH = 200


def reply_id(fingerprint: str, domain: str) -> str:
    """The Message-ID of the reply to the mail of this fingerprint."""
    return f"<reply-{fingerprint[:24]}@{domain or 'localhost'}>"


def thread_of(session: Session, mail: Mail) -> str:
    """The thread of a new mail: that of a kept mail which it answers, else the Message-ID of the
    first mail that it refers to, else its own."""
    named = [id_[:_ID_LENGTH] for id_ in dict.fromkeys([*mail.references, mail.in_reply_to]) if id_]
    for id_ in reversed(named):
        ours = _OURS.match(id_)
        query = select(StoredMail.thread).where(
            StoredMail.fingerprint.startswith(ours.group(1)) if ours else StoredMail.message_id == id_
        )
        found = session.scalars(query.order_by(StoredMail.id).limit(1)).first()
        if found:
            return found
    return (named[0] if named else mail.message_id)[:_ID_LENGTH]


def is_duplicate(session: Session, call: str, mail: Mail) -> bool:
    """Whether the same mail came before under other bytes (another folder, a list)."""
    if not mail.message_id:
        return False
    query = select(StoredMail.text).where(
        StoredMail.call == call, StoredMail.message_id == mail.message_id[:_ID_LENGTH], StoredMail.sender == mail.sender
    )
    return any(fold(text).split() == fold(mail.text).split() for text in session.scalars(query))


def still_waiting(
    session: Session, call: str, mail: Mail, thread: str, open_states: Sequence[str]
) -> tuple[int, str]:
    """How many mails of this author wait in the thread, or word for word the same outside of it;
    and the thread that they are in."""
    query = select(StoredMail.thread, StoredMail.text).where(
        StoredMail.call == call, StoredMail.sender == mail.sender, StoredMail.state.in_(open_states)
    )
    rows = session.execute(query.order_by(StoredMail.id.desc()).limit(_SAME_BATCH)).all()
    if not mail.sender:
        return 0, thread
    words = fold(mail.text).split()
    again = [row for row in rows if (thread and row.thread == thread) or (len(words) > 3 and fold(row.text).split() == words)]
    return len(again), again[-1].thread if again else thread
