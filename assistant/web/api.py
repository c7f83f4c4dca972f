"""/api/v1: the same answers as everywhere else, as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from assistant.errors import CorpusError
from assistant.types import Answer, Document
from assistant.web.deps import AssistantDep
from assistant.web.problems import MEDIA_TYPE, UnknownNameError
from assistant.web.schemas import CallOut, DocumentOut, ProblemOut, QuestionIn

router = APIRouter(prefix="/api/v1", tags=["v1"])


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}}
    return {status: {"description": "RFC 9457", "content": content} for status in statuses}


@router.post("/answers", summary="Ask", responses=_problems(400, 404, 413, 415, 422, 503))
def create_answer(body: QuestionIn, assistant: AssistantDep) -> Answer:
    """Answer a question from the documents of a call for projects, with exact quotes.

    `text` is Markdown with [1] markers that refer to `citations`. Nothing is stored.
    """
    if body.call is not None and body.call not in assistant.calls:
        raise UnknownNameError("call")
    return assistant.ask(body.question, body.history, call=body.call)


@router.get("/calls", summary="List the calls for projects")
def list_calls(assistant: AssistantDep) -> list[CallOut]:
    """The calls for projects that can be asked about, the default one first."""
    calls = sorted(assistant.calls.values(), key=lambda call: call.id != assistant.default_call)
    return [
        CallOut(
            id=call.id,
            title=call.title,
            authority=call.authority,
            documents=tuple(source.id for source in call.documents),
        )
        for call in calls
    ]


@router.get(
    "/calls/{call}/documents/{document}",
    summary="Read a document",
    responses=_problems(404, 503),
)
def read_document(call: str, document: str, assistant: AssistantDep) -> DocumentOut:
    """A document with the text that `start` and `end` of a citation count in."""
    found = find_document(assistant, call, document)
    return DocumentOut(
        id=found.id,
        title=found.title,
        kind=found.kind,
        language=found.language,
        url=found.url,
        text=found.text,
    )


def find_document(assistant: AssistantDep, call: str, document: str) -> Document:
    """The document of that call. Raises UnknownNameError when either is not there."""
    if call not in assistant.calls:
        raise UnknownNameError("call")
    try:
        return assistant.document(call, document)
    except CorpusError as error:
        raise UnknownNameError("document") from error
