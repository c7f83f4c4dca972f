"""/v1 in OpenAI's format, so that chat front ends that exist can plug in.

A model is a call for projects. System messages, temperatures and tools are read past: what is
answered comes from the call's documents, whatever a client asks a model to be.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.answering.events import Done, Event, Restart
from assistant.answering.events import Text as More
from assistant.errors import AssistantError
from assistant.types import Answer, Turn
from assistant.web.answers import UnknownCallError
from assistant.web.deps import AnswersDep, AssistantDep, LanguageDep
from assistant.web.problems import MessagesError
from assistant.web.rates import limited
from assistant.web.schemas import MAX_TURNS, whole_text
from assistant.web.texts import Language, texts

router = APIRouter(prefix="/v1", tags=["openai"])
Text = Annotated[str, AfterValidator(whole_text)]


class Part(BaseModel):
    """A piece of a message; only texts are read."""

    type: str
    text: Text = ""


class Message(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    @property
    def text(self) -> str:
        """The text of all parts."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class CompletionIn(BaseModel):
    """OpenAI's request; what is not named here is accepted and not used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "default",
                    "messages": [{"role": "user", "content": "Quelle est la date de clôture ?"}],
                }
            ]
        }
    )

    model: Text = Field(description="Id of a call, or `default`.")
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool | None = False


@router.get("/models", summary="The calls, as models")
def list_models(assistant: AssistantDep) -> dict[str, Any]:
    """The calls that can be asked about."""
    names = sorted(assistant.calls, key=lambda name: name != assistant.default_call)
    models = [{"id": name, "object": "model", "created": 0, "owned_by": "aap"} for name in names]
    return {"object": "list", "data": models}


@router.post(
    "/chat/completions",
    summary="Ask, in OpenAI's format",
    dependencies=[Depends(limited)],
    response_class=JSONResponse,
)
async def create_completion(
    body: CompletionIn, answers: AnswersDep, language: LanguageDep
) -> Response:
    """The answer to the last message, its quotes below it, and all of it in the field `answer`."""
    turns = [
        Turn(role="user" if message.role == "user" else "assistant", text=message.text[:20_000])
        for message in body.messages
        if message.role in ("user", "assistant") and message.text.strip()
    ]
    if not turns or turns[-1].role != "user" or body.messages[-1].role != "user":
        raise MessagesError
    call = None if body.model == "default" else body.model
    if call is not None and call not in answers.assistant.calls:
        raise UnknownCallError(call)
    said = turns[-1].text, turns[:-1][-MAX_TURNS:], call
    if body.stream:
        events = answers.stream(*said)
        # What can't be answered fails before anything is sent.
        first = await anext(events)
        name = call or answers.assistant.default_call
        chunks = _chunks(first, events, name, language)
        return StreamingResponse(chunks, media_type="text/event-stream")
    answer = await answers.ask(*said)
    message = {"role": "assistant", "content": _content(answer), "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    content = {**_frame(answer, "chat.completion"), "choices": [choice], "usage": usage}
    return JSONResponse({**content, "answer": answer.model_dump(mode="json")})


def _content(answer: Answer) -> str:
    return answer.text + _quotes(answer)


def _quotes(answer: Answer) -> str:
    lines = [""]
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        lines.append(f"> [{citation.index}] « {quote} » – {citation.heading or citation.title}")
    return "\n\n".join(lines)


def _frame(answer: Answer, kind: str) -> dict[str, Any]:
    created = int(time.time())
    return {"id": f"chatcmpl-{answer.id}", "object": kind, "created": created, "model": answer.call}


async def _chunks(
    first: Event, more: AsyncGenerator[Event], call: str, language: Language
) -> AsyncIterator[str]:
    """The text as it comes, then its quotes. What was sent can't be taken back in this format: an
    answer that replaces another one stands below it, and says so."""
    frame = {
        "id": f"chatcmpl-{secrets.token_hex(12)}", "object": "chat.completion.chunk",
        "created": int(time.time()), "model": call,
    }  # fmt: skip

    def chunk(delta: dict[str, str], reason: str | None = None) -> str:
        content = {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    text, event = "", first
    try:
        async with aclosing(more):
            while True:
                match event:
                    case More(delta):
                        text += delta
                        yield chunk({"content": delta})
                    case Restart() if text:
                        text = ""
                        yield chunk({"content": f"\n\n{texts(language)['replaced']}\n\n"})
                    case Done(answer):
                        yield chunk({"content": answer.text.removeprefix(text) + _quotes(answer)})
                        break
                event = await anext(more)
    except AssistantError:
        yield chunk({"content": f"\n\n{texts(language)['unavailable']}"})
    yield chunk({}, "stop")
    yield "data: [DONE]\n\n"
