"""What the API takes and gives, where ``assistant.types`` does not say it already."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.types import DocumentKind, Turn, UnitKind

MAX_TURNS = 50


def whole_text(text: str) -> str:
    """The text itself. Raises ValueError when it can't be written as UTF-8."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half of a surrogate pair")
    return text


def _whole_turn(turn: Turn) -> Turn:
    whole_text(turn.text)
    return turn


class QuestionIn(BaseModel):
    """A question, with the messages before it when it goes on from them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "Quelle est la date de clôture ?"},
                {
                    "question": "Et qui contacter ?",
                    "history": [
                        {"role": "user", "text": "Qui peut candidater ?"},
                        {"role": "assistant", "text": "…"},
                    ],
                },
            ]
        },
    )

    question: Annotated[str, AfterValidator(whole_text)] = Field(
        description="In any language; its answer comes in the same one where we speak it (French, English, Spanish, Portuguese, German, Arabic, Italian), else in English."
    )
    history: tuple[Annotated[Turn, AfterValidator(_whole_turn)], ...] = Field(
        default=(), max_length=MAX_TURNS, description="Earlier messages, oldest first."
    )
    call: Annotated[str, AfterValidator(whole_text)] | None = Field(
        default=None, description="Id of the call for projects; the default call when absent."
    )


class CallOut(BaseModel):
    """A call for projects that can be asked about."""

    id: str
    title: str
    authority: str
    documents: tuple[str, ...] = Field(description="Ids of its documents.")


CallState = Literal["upcoming", "open", "closed", "unknown"]


class ContactOut(BaseModel):
    """The person who takes over when the regulation does not answer."""

    name: str
    email: str
    phone: str | None
    role: str | None


class CallDetail(CallOut):
    """A call with its dates as its calendar gives them, and how it stands today."""

    language: str
    timezone: str
    opens: date | None = Field(description="First day; null when the calendar names none.")
    closes: date | None = Field(
        description="Last day; null when the calendar does not name exactly one."
    )
    state: CallState = Field(description="As of `today`.")
    days_left: int | None = Field(description="Days until `closes`, 0 on that day, while open.")
    today: date = Field(description="The date where the call's deadlines count.")
    contact: ContactOut


class PassageOut(BaseModel):
    """A passage: `text` is what stands between `start` and `end` of the document's text."""

    document: str
    title: str
    heading: str
    kind: UnitKind
    text: str
    start: int
    end: int
    url: str


class DocumentSummary(BaseModel):
    """A source of a call."""

    id: str
    title: str
    kind: DocumentKind
    language: str
    url: str | None = Field(description="Where the original is published.")
    characters: int = Field(description="Length of its text.")


Verdict = Literal["helped", "wrong"]
Reason = Literal["incorrect", "incomplete", "wrong_passage", "unclear", "other"]


class FeedbackIn(BaseModel):
    """Whether an answer helped; when not, why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"verdict": "helped"},
                {"verdict": "wrong", "reasons": ["incomplete"], "comment": "Il manque l'heure."},
            ]
        },
    )

    verdict: Verdict
    reasons: tuple[Reason, ...] = Field(default=(), max_length=5)
    comment: Annotated[str, AfterValidator(whole_text)] = Field(default="", max_length=2_000)


class FeedbackOut(BaseModel):
    """The feedback was kept."""

    id: int
    answer: str
    verdict: Verdict


class DocumentOut(BaseModel):
    """A source with the text that the offsets of quotes refer to (in Unicode code points)."""

    id: str
    title: str
    kind: DocumentKind
    language: str
    url: str | None
    text: str


class FieldError(BaseModel):
    """Where in the request, and what (a code of pydantic's)."""

    field: str
    code: str


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldError] | None = None
