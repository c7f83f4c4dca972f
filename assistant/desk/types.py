"""What the desk says of one mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.desk.parse import Mail
from assistant.types import Answer, Citation, Status

Category = Literal[
    "calendar", "eligibility", "scope", "funding", "procedure", "contact", "partner", "technical", "other"
]  # fmt: skip
Urgency = Literal["low", "normal", "high"]
MailStatus = Status | Literal["automated", "no_question", "person"]
ReplyKind = Literal["answered", "missing", "outside", "person", "ignored"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One question with what becomes of it: answered from the sources, missing there, outside the
    call, for a person, or ignored (an injection). ``key`` stands for the assistant's own answer."""

    question: str
    kind: ReplyKind
    answer: Answer | None
    reasons: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Triaged:
    """A mail with its triage and its draft. ``human_reasons`` say why a person is needed,
    ``urgent_reasons`` why it is urgent (ids of reasons.toml), ``automated`` what shows that a
    program sent it."""

    mail: Mail
    automated: str
    needs_reply: bool
    human_reasons: tuple[str, ...]
    urgent_reasons: tuple[str, ...]
    category: Category
    urgency: Urgency
    language: str
    replies: tuple[Reply, ...]
    draft: str
    citations: tuple[Citation, ...]
    status: MailStatus
    said: tuple[str, ...] = ()
    example: int | None = None

    @property
    def needs_human(self) -> bool:
        """Whether the officer must look before anything is answered."""
        return bool(self.human_reasons)

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that the mail asks, in its author's words."""
        return tuple(reply.question for reply in self.replies if reply.kind != "ignored")
