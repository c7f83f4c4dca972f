"""/api/v1/calls, /documents and /search: what there is to ask about."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from assistant.answering.assistant import Assistant
from assistant.answering.dates import call_dates
from assistant.answering.index import CallIndex
from assistant.errors import CorpusError
from assistant.types import Document, Span, UnitKind
from assistant.web.answers import UnknownCallError
from assistant.web.api import problems
from assistant.web.deps import AnswersDep, AssistantDep
from assistant.web.problems import UnknownNameError
from assistant.web.rates import limited
from assistant.web.schemas import (
    CallDetail,
    CallOut,
    CallState,
    ContactOut,
    DocumentOut,
    DocumentSummary,
    PassageOut,
)

router = APIRouter(prefix="/api/v1", tags=["calls"])
CallParameter = Annotated[
    str | None, Query(max_length=64, description="Id of the call; the default one when absent.")
]
Offset = Annotated[int | None, Query(ge=0, le=1_000_000_000)]


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


@router.get("/calls/{call}", summary="Read a call", responses=problems(404, 503))
def read_call(call: str, assistant: AssistantDep) -> CallDetail:
    """Dates, contact and how the call stands today."""
    return describe_call(assistant, call)


def describe_call(assistant: Assistant, call: str) -> CallDetail:
    """The call as of now. Raises UnknownCallError."""
    index = find_index(assistant, call)
    known = index.call
    today = assistant.now(call).date()
    opens, closes = call_dates(index) or (None, None)
    state = _state(opens, closes, today)
    return CallDetail(
        id=known.id,
        title=known.title,
        authority=known.authority,
        documents=tuple(source.id for source in known.documents),
        language=known.language,
        timezone=known.timezone,
        opens=opens,
        closes=closes,
        state=state,
        days_left=(closes - today).days if closes and state == "open" else None,
        today=today,
        contact=ContactOut(**known.handoff.model_dump()),
    )


def _state(opens: date | None, closes: date | None, today: date) -> CallState:
    if closes is None:
        return "unknown"
    if opens is not None and today < opens:
        return "upcoming"
    return "open" if today <= closes else "closed"


@router.get("/documents", summary="List the documents of a call", responses=problems(404, 422, 503))
def list_documents(assistant: AssistantDep, call: CallParameter = None) -> list[DocumentSummary]:
    """The sources that answers quote."""
    found = find_index(assistant, call).documents.values()
    return [
        DocumentSummary(
            id=document.id,
            title=document.title,
            kind=document.kind,
            language=document.language,
            url=document.url,
            characters=len(document.text),
        )
        for document in found
    ]


@router.get("/documents/{document}", summary="Read a document", responses=problems(404, 422, 503))
def read_document(
    document: str, assistant: AssistantDep, call: CallParameter = None
) -> DocumentOut:
    """A document with the text that `start` and `end` of a citation count in."""
    found = find_document(assistant, call or assistant.default_call, document)
    return DocumentOut(
        id=found.id,
        title=found.title,
        kind=found.kind,
        language=found.language,
        url=found.url,
        text=found.text,
    )


@router.get(
    "/documents/{document}/passages",
    summary="Read the passages of a document",
    responses=problems(404, 422, 503),
)
def list_passages(
    document: str, assistant: AssistantDep, call: CallParameter = None,
    start: Offset = None, end: Offset = None,
) -> list[PassageOut]:  # fmt: skip
    """The blocks of a document in its order; with `start` and `end`, those that they touch."""
    index = find_index(assistant, call)
    found = find_document(assistant, index.call.id, document)
    wanted = Span(start or 0, len(found.text) if end is None else end)
    return [
        _passage(index, found, unit.kind, unit.section, unit.span)
        for unit in index.units_of(document)
        if not unit.composite and unit.span.overlap(wanted)
    ]


@router.get(
    "/search",
    summary="Find passages without an answer",
    responses=problems(404, 422, 429, 503),
    dependencies=[Depends(limited)],
)
async def search(
    answers: AnswersDep,
    q: Annotated[str, Query(min_length=1, max_length=500, description="Words or a question.")],
    call: CallParameter = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 10,
) -> list[PassageOut]:
    """Passages near the words, the nearest first, for a site's own search."""
    index = find_index(answers.assistant, call)
    _, steps = await answers.explain(q, index.call.id)
    found: dict[tuple[str, int, int], PassageOut] = {}
    for step in steps:
        for candidate in step.reading.candidates:
            unit = candidate.unit
            key = (unit.document, unit.span.start, unit.span.end)
            document = index.document(unit.document)
            found.setdefault(key, _passage(index, document, unit.kind, unit.section, unit.span))
    return list(found.values())[:limit]


def _passage(
    index: CallIndex, document: Document, kind: UnitKind, section: int | None, span: Span
) -> PassageOut:
    query = f"start={span.start}&end={span.end}"
    return PassageOut(
        document=document.id,
        title=document.title,
        heading=(document.heading_path(section) or ("",))[-1],
        kind=kind,
        text=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        url=f"/documents/{index.call.id}/{document.id}?{query}#passage",
    )


def find_index(assistant: Assistant, call: str | None) -> CallIndex:
    """The index of a served call, by default the default one. Raises UnknownCallError."""
    name = call or assistant.default_call
    if name not in assistant.calls:
        raise UnknownCallError(name)
    return assistant.index(name)


def find_document(assistant: Assistant, call: str, document: str) -> Document:
    """The document of that call. Raises an error of this package when either is not there."""
    if call not in assistant.calls:
        raise UnknownCallError(call)
    try:
        return assistant.document(call, document)
    except CorpusError as error:
        raise UnknownNameError("document") from error
