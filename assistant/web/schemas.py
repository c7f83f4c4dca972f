"""What the API takes and gives, where ``assistant.types`` does not say it already."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.types import DocumentKind, Turn

MAX_TURNS = 50


def _whole(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half of a surrogate pair")
    return text


def _whole_turn(turn: Turn) -> Turn:
    _whole(turn.text)
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

    question: Annotated[str, AfterValidator(_whole)] = Field(
        description="In any language; its answer comes in French or English."
    )
    history: tuple[Annotated[Turn, AfterValidator(_whole_turn)], ...] = Field(
        default=(), max_length=MAX_TURNS, description="Earlier messages, oldest first."
    )
    call: Annotated[str, AfterValidator(_whole)] | None = Field(
        default=None, description="Id of the call for projects; the default call when absent."
    )


class CallOut(BaseModel):
    """A call for projects that can be asked about."""

    id: str
    title: str
    authority: str
    documents: tuple[str, ...] = Field(description="Ids of its documents.")


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
    errors: list[FieldError] | None = None
