"""/api/v1/answers: the same answers as everywhere else, as JSON or as server-sent events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, status
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import format_sse_event
from sqlalchemy.exc import SQLAlchemyError

from assistant.answering.events import Cited, Done, Restart, Text
from assistant.errors import AssistantError
from assistant.types import Answer
from assistant.web.answers import Answers, UnknownCallError
from assistant.web.deps import AnswersDep
from assistant.web.problems import MEDIA_TYPE, StoreError, UnknownNameError, failure
from assistant.web.rates import limited
from assistant.web.schemas import FeedbackIn, FeedbackOut, ProblemOut, QuestionIn

EVENTS = "text/event-stream"
router = APIRouter(prefix="/api/v1", tags=["answers"])
AnswerId = Annotated[str, Path(max_length=64, description="`id` of an answer.")]
IdempotencyKey = Annotated[
    str | None,
    Header(description="The same key and body get the same reply for a day."),
]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI responses for errors."""
    content = {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}}
    return {code: {"description": "RFC 9457", "content": content} for code in statuses}


_STREAM = {
    "description": "The answer",
    "content": {EVENTS: {"schema": {"type": "string"}, "example": (
        'event: status\ndata: {"status": "searching"}\n\n'
        'event: citations\ndata: [{"index": 1, "quote": "…"}]\n\n'
        'event: text\ndata: {"delta": "Date de clôture : … [1]"}\n\n'
        'event: answer\ndata: {"id": "…", "status": "answered"}\n\n'
    )}},
}  # fmt: skip


@router.post(
    "/answers",
    summary="Ask",
    response_model=Answer,
    responses={200: _STREAM, **problems(400, 403, 404, 409, 413, 415, 422, 429, 503)},
    dependencies=[Depends(limited)],
)
async def create_answer(
    body: QuestionIn, request: Request, answers: AnswersDep, idempotency_key: IdempotencyKey = None
) -> Any:
    """Answer a question from the documents of a call for projects, with exact quotes.

    `text` is Markdown with [1] markers that refer to `citations`. With `Accept:
    text/event-stream` the same comes as events: `status`, `citations` (all so far), `text`
    (deltas), then `answer`, the whole of it; or `problem`. Where a model writes, each sentence
    comes when it has been verified; after `status` with `restarted` another answer comes instead
    of what came so far.
    """
    if EVENTS in request.headers.get("accept", ""):
        if body.call is not None and body.call not in answers.assistant.calls:
            raise UnknownCallError(body.call)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(body, request, answers), media_type=EVENTS, headers=headers)
    answer = await answers.ask(body.question, body.history, body.call)
    # It is valid by its type: FastAPI would check it once more.
    return Response(answer.model_dump_json(), media_type="application/json")


async def _events(body: QuestionIn, request: Request, answers: Answers) -> AsyncIterator[bytes]:
    yield _event("status", {"status": "searching"})
    shown: list[object] = []
    text = ""
    try:
        async with aclosing(answers.stream(body.question, body.history, body.call)) as events:
            async for event in events:
                match event:
                    case Restart():
                        shown, text = [], ""
                        yield _event("status", {"status": "restarted"})
                    case Cited(citation):
                        shown.append(citation.model_dump(mode="json"))
                        yield _event("citations", shown)
                    case Text(delta):
                        text += delta
                        yield _event("text", {"delta": delta})
                    case Done(answer):
                        whole = answer.model_dump(mode="json")
    except AssistantError as error:
        yield _event("problem", failure(request, error).model_dump(exclude_none=True))
        return
    if shown != whole["citations"] or not text:
        yield _event("citations", whole["citations"])
    if text != answer.text:
        yield _event("text", {"delta": answer.text})
    yield _event("answer", whole)


def _event(name: str, data: object) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))


@router.get("/answers/{id}", summary="Read an answer again", responses=problems(404, 422, 503))
async def read_answer(id: AnswerId, answers: AnswersDep) -> Answer:
    """An answer that was given before, as it was given."""
    return await find_answer(answers, id)


async def find_answer(answers: Answers, id_: str) -> Answer:
    """The kept answer. Raises UnknownNameError when there is none."""
    try:
        found = await answers.run(lambda: answers.store.answer(id_))
    except SQLAlchemyError as error:
        raise StoreError(str(error)) from error
    if found is None:
        raise UnknownNameError("answer")
    return found


@router.post(
    "/answers/{id}/feedback",
    summary="Say whether an answer helped",
    status_code=status.HTTP_201_CREATED,
    responses=problems(400, 403, 404, 409, 413, 415, 422, 429, 503),
    dependencies=[Depends(limited)],
)
async def create_feedback(
    id: AnswerId, body: FeedbackIn, answers: AnswersDep, idempotency_key: IdempotencyKey = None
) -> FeedbackOut:
    """Keep a verdict, with reasons and a comment, for whoever maintains the call."""
    number = await keep_feedback(answers, id, body)
    return FeedbackOut(id=number, answer=id, verdict=body.verdict)


async def keep_feedback(answers: Answers, id_: str, body: FeedbackIn) -> int:
    """The number of the feedback. Raises UnknownNameError, or StoreError when it is not kept."""
    try:
        number = await answers.run(
            lambda: answers.store.add_feedback(id_, body.verdict, body.reasons, body.comment)
        )
    except SQLAlchemyError as error:
        raise StoreError(str(error)) from error
    if number is None:
        raise UnknownNameError("answer")
    return number
