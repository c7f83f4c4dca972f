"""An approved reply: kept, put into Drafts (or sent, where that is on), and its words learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.call import Call
from assistant.desk.decisions import Decision
from assistant.desk.mailbox import MailboxError, MailboxSettings, append_draft
from assistant.desk.outgoing import build_reply
from assistant.desk.passages import to_reread
from assistant.desk.rows import DONE, DRAFTED
from assistant.desk.sending import SendingError, SmtpSettings, send
from assistant.desk.store import Store
from assistant.desk.tables import StoredMail
from assistant.desk.wordings import Learned, keep_wordings, learn
from assistant.errors import AssistantError
from assistant.types import Document

Outcome = Literal["approved", "appended", "append_failed", "sent", "send_failed"]


class EmptyReplyError(AssistantError):
    """A reply without words is not approved: write one, or reject the draft."""


class PassageChangedError(AssistantError):
    """A passage that the draft quotes changed: read it again, then confirm it or draft anew."""


@dataclass(frozen=True, slots=True)
class Office:
    """Where an officer's decisions go; ``documents`` are the sources as they are now."""

    store: Store
    call: Call
    mailbox: MailboxSettings | None = None
    drafts: str | None = None
    smtp: SmtpSettings | None = None
    documents: Mapping[str, Document] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of a reply."""

    outcome: Outcome
    learned: tuple[Learned, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Mails that ask one question alone and get the same answer, ``wording``."""

    wording: str
    mails: tuple[StoredMail, ...]

    @property
    def question(self) -> str:
        """The question in its shortest words."""
        asked = (
            reply["question"] for mail in self.mails for reply in mail.triage["replies"] if reply.get("said")
        )
        return min(asked, key=len)


def approve(
    office: Office, id_: int, who: str, *, version: int, draft: str, note: str | None = None, sending: bool = False
) -> Approved:  # fmt: skip
    """Approve a reply. It is kept before anything leaves, so that nothing leaves twice. Raises
    EmptyReplyError, MailTakenError, MailMissingError, PassageChangedError."""
    if not draft.strip():
        raise EmptyReplyError(f"The reply to mail {id_} is empty.")
    if to_reread(office.store.mail(id_).triage, office.documents):
        raise PassageChangedError(f"A passage that the draft of mail {id_} quotes has changed.")
    kept = office.store.decide(id_, who, Decision("approved", state=DONE, draft=draft, note=note), version=version)
    learned = learn(kept, kept.draft, office.call)
    keep_wordings(office.store, office.call.id, who, learned, id_)
    outcome = _deliver(office, kept, sending)
    if outcome != "approved":
        office.store.note(who, outcome.replace("_", " "), id_)
    return Approved(outcome, tuple(learned))


def _deliver(office: Office, kept: StoredMail, sending: bool) -> Outcome:
    raw = build_reply(kept, office.call.handoff.email)
    if sending and office.smtp is not None:
        try:
            send(office.smtp, raw)
        except SendingError:
            return "send_failed"
        return "sent"
    if office.mailbox is None:
        return "approved"
    try:
        append_draft(office.mailbox, raw, office.drafts)
    except MailboxError:
        return "append_failed"
    return "appended"


def same_question(store: Store, call: str) -> list[Group]:
    """Mails with a draft that ask the same one question, the largest group first."""
    groups: dict[tuple[str, str], list[StoredMail]] = {}
    for mail in store.mails(call, [DRAFTED], limit=5_000):
        replies = [reply for reply in mail.triage["replies"] if reply.get("said")]
        if len(replies) == 1 and replies[0].get("key") and mail.draft.count(replies[0]["said"]) == 1:
            groups.setdefault((replies[0]["key"], replies[0]["said"]), []).append(mail)
    found = [Group(said, tuple(mails)) for (_, said), mails in groups.items() if len(mails) > 1]
    return sorted(found, key=lambda group: -len(group.mails))


def reworded(mail: StoredMail, wording: str) -> str | None:
    """The draft of a mail with other words for its only answer; None when it has not just one."""
    said = [reply["said"] for reply in mail.triage["replies"] if reply.get("said")]
    if len(said) != 1 or mail.draft.count(said[0]) != 1 or not wording.strip():
        return None
    return mail.draft.replace(said[0], wording.strip())
