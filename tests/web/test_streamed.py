"""What a model writes comes over the API sentence by sentence, each once it has been verified."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
from openai import OpenAI

from assistant.types import Answer

QUESTION = "Jusqu'à quand peut-on candidater ?"
DEADLINE = "13 mars 2024"
Writing = Callable[[float], AbstractContextManager[str]]
EVENTS = {"Accept": "text/event-stream"}


def heard(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Names and data of server-sent events as they come."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_events_come_while_the_model_writes(
    writing: Writing, gate: threading.Event
) -> None:
    with writing(60.0) as address:
        body = {"question": QUESTION}
        with httpx2.stream(
            "POST", f"{address}/api/v1/answers", json=body, headers=EVENTS, timeout=60
        ) as reply:
            events = heard(reply.iter_lines())
            assert next(events)[0] == "status"
            name, quotes = next(events)
            assert name == "citations" and DEADLINE in json.dumps(quotes)
            name, text = next(events)
            assert name == "text" and DEADLINE in str(text["delta"])
            assert not gate.is_set()  # the model is in the middle of its answer
            gate.set()
            *between, (name, whole) = events
        assert name == "answer"
        answer = Answer.model_validate(whole)
        assert answer.mode == "generated" and "2031" not in answer.text
        assert not any(name in ("status", "problem") for name, _ in between)
        deltas = [data["delta"] for name, data in between if name == "text"]
        assert str(text["delta"]) + "".join(map(str, deltas)) == answer.text


def test_another_answer_takes_the_place_of_a_model_that_stops(
    writing: Writing
) -> None:
    with writing(3.0) as address:
        reply = httpx2.post(
            f"{address}/api/v1/answers", json={"question": QUESTION}, headers=EVENTS, timeout=60
        )
        events = list(heard(iter(reply.text.splitlines())))
        restarted = events.index(("status", {"status": "restarted"}))
        assert restarted > 1
        name, whole = events[-1]
        answer = Answer.model_validate(whole)
        assert name == "answer" and answer.mode == "extractive" and DEADLINE in answer.text
        after = events[restarted:-1]
        assert "".join(str(data["delta"]) for name, data in after if name == "text") == answer.text
        quotes = [data for name, data in after if name == "citations"][-1]
        assert quotes == answer.model_dump(mode="json")["citations"]


def test_chunks_come_while_the_model_writes(
    writing: Writing, gate: threading.Event
) -> None:
    with writing(60.0) as address:
        client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
        chunks = client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
        assert next(chunks).choices[0].delta.role == "assistant"
        first = next(chunks).choices[0].delta.content or ""
        assert DEADLINE in first and not gate.is_set()
        gate.set()
        rest = list(chunks)
        said = first + "".join(chunk.choices[0].delta.content or "" for chunk in rest)
        assert "2031" not in said and "> [1] «" in said
        assert rest[-1].choices[0].finish_reason == "stop"


def test_chunks_say_when_another_answer_takes_the_place(writing: Writing) -> None:
    with writing(3.0) as address:
        client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
        chunks = client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": QUESTION}], stream=True,
            extra_headers={"Accept-Language": "fr"},
        )  # fmt: skip
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        before, after = said.split("Cette réponse remplace la précédente :")
        assert DEADLINE in before and DEADLINE in after and "> [1] «" in after
