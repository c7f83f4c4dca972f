"""The rest of the API: events, kept answers, feedback, calls, documents, search, OpenAI's format."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from openai import BadRequestError, NotFoundError, OpenAI, UnprocessableEntityError
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.clock import stopped_clock
from assistant.embedding import Embedder
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.calls import describe_call
from tests.web.helpers import events

ANSWERS = "/api/v1/answers"
QUESTION = "Jusqu'à quand peut-on candidater ?"
EVENTS = {"Accept": "text/event-stream"}


def test_events_tell_the_same_as_json(client: TestClient) -> None:
    whole = client.post(ANSWERS, json={"question": QUESTION}).json()
    response = client.post(ANSWERS, json={"question": QUESTION}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    found = events(response.text)
    assert [name for name, _ in found] == ["status", "citations", "text", "answer"]
    said = dict(found)
    assert said["answer"] == whole
    assert said["citations"] == whole["citations"]
    assert said["text"]["delta"] == whole["text"]


def test_a_question_that_cannot_be_taken_is_an_event(client: TestClient) -> None:
    response = client.post(ANSWERS, json={"question": " "}, headers=EVENTS)
    (_, _), (name, problem) = events(response.text)
    assert name == "problem" and problem["status"] == 422
    body = {"question": QUESTION, "call": "nope"}
    assert client.post(ANSWERS, json=body, headers=EVENTS).status_code == 404


def test_an_answer_can_be_read_again(client: TestClient) -> None:
    answer = client.post(ANSWERS, json={"question": QUESTION}).json()
    assert client.get(f"{ANSWERS}/{answer['id']}").json() == answer
    missing = client.get(f"{ANSWERS}/nope")
    assert missing.status_code == 404 and missing.json()["type"] == "urn:aap:problem:answer"


def test_feedback(client: TestClient) -> None:
    answer = client.post(ANSWERS, json={"question": QUESTION}).json()
    address = f"{ANSWERS}/{answer['id']}/feedback"
    body = {"verdict": "wrong", "reasons": ["incomplete"], "comment": "Il manque l'heure."}
    first, second = client.post(address, json=body), client.post(address, json={"verdict": "helped"})
    assert first.status_code == second.status_code == 201
    assert first.json()["answer"] == answer["id"] and first.json()["id"] != second.json()["id"]
    assert client.post(f"{ANSWERS}/nope/feedback", json=body).status_code == 404
    for wrong in ({}, {"verdict": "meh"}, {"verdict": "wrong", "reasons": ["x"]},
                  {"verdict": "helped", "comment": "a" * 2001}):  # fmt: skip
        assert client.post(address, json=wrong).status_code == 422


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [("2024-01-09", "upcoming", None), ("2024-01-10", "open", 63), ("2024-03-13", "open", 0),
     ("2024-03-14", "closed", None)],
)  # fmt: skip
def test_how_a_call_stands(
    assistant: Assistant, settings: Settings, embedder: Embedder, day: str, state: str,
    left: int | None,
) -> None:  # fmt: skip
    moment = datetime.fromisoformat(f"{day}T23:30").replace(tzinfo=ZoneInfo("Europe/Paris"))
    that_day = Assistant(settings, embedder, stopped_clock(moment))
    call = describe_call(that_day, "numerique-2024")
    that_day.close()
    assert (call.opens, call.closes) == (date(2024, 1, 10), date(2024, 3, 13))
    assert (call.state, call.days_left, call.today) == (state, left, moment.date())


def test_a_call_names_its_contact(client: TestClient, assistant: Assistant) -> None:
    call = client.get("/api/v1/calls/numerique-2024").json()
    contact = assistant.calls["numerique-2024"].handoff
    assert call["contact"]["email"] == contact.email
    unknown = client.get("/api/v1/calls/nope").json()
    assert unknown["type"] == "urn:aap:problem:call" and "numerique-2024" in unknown["detail"]


def test_documents_and_their_passages(client: TestClient) -> None:
    (first, *_) = client.get("/api/v1/documents").json()
    text = client.get(f"/api/v1/documents/{first['id']}").json()["text"]
    assert len(text) == first["characters"]
    passages = client.get(f"/api/v1/documents/{first['id']}/passages").json()
    assert len(passages) > 50
    for passage in passages:
        assert text[passage["start"] : passage["end"]] == passage["text"]
    one = passages[20]
    query = f"?start={one['start']}&end={one['end']}"
    assert client.get(f"/api/v1/documents/{first['id']}/passages{query}").json() == [one]
    assert client.get(one["url"]).status_code == 200


def test_search_finds_passages_and_answers_nothing(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"q": "date de clôture", "limit": 3}).json()
    assert 1 <= len(found) <= 3
    assert any("13 mars 2024" in passage["text"] for passage in found)
    assert client.get("/api/v1/search", params={"q": "   "}).status_code == 422
    assert client.get("/api/v1/search").status_code == 422


def test_etags(client: TestClient) -> None:
    for path in ("/api/v1/calls", "/api/v1/documents/reglement", "/documents/numerique-2024/reglement"):
        first = client.get(path)
        assert first.headers["cache-control"].startswith("public")
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and not again.content
        assert again.headers["etag"] == first.headers["etag"]
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert "etag" not in client.get("/api/v1/calls/nope").headers


def test_the_same_key_gets_the_same_reply(client: TestClient) -> None:
    answer = client.post(ANSWERS, json={"question": QUESTION}).json()
    address = f"{ANSWERS}/{answer['id']}/feedback"
    key = {"Idempotency-Key": "clé-1".encode().hex()}
    first = client.post(address, json={"verdict": "helped"}, headers=key)
    second = client.post(address, json={"verdict": "helped"}, headers=key)
    assert first.json() == second.json() and second.status_code == 201
    assert second.headers["idempotent-replayed"] == "true"
    other = client.post(address, json={"verdict": "wrong"}, headers=key)
    assert other.status_code == 422 and other.json()["type"] == "urn:aap:problem:key_reused"
    assert client.post(address, json={}, headers={"Idempotency-Key": "a b"}).status_code == 400
    too_large = client.post(address, content=b"a" * 300_000, headers={**key, "Content-Length": ""})
    assert too_large.status_code == 413


def test_request_ids(client: TestClient) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    made = client.get("/api/v1/nope", headers={"X-Request-ID": "a b\tc"})
    assert made.json()["instance"] == f"urn:aap:request:{made.headers['x-request-id']}"
    assert " " not in made.headers["x-request-id"]


def test_openai_client(address: str) -> None:
    client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    assert client.models.list().data[0].id == "numerique-2024"
    asked: list[dict[str, str]] = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "Quelle est la date de clôture ?"},
        {"role": "assistant", "content": "13 mars 2024 [1]"},
        {"role": "user", "content": "Et celle d'ouverture ?"},
    ]
    whole = client.chat.completions.create(model="default", messages=asked)  # type: ignore[call-overload]
    content = whole.choices[0].message.content
    assert "10 janvier 2024" in content and "[1]" in content
    assert Answer.model_validate(whole.answer).status == "answered"
    stream = client.chat.completions.create(model="default", messages=asked, stream=True)  # type: ignore[call-overload]
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == content
    assert chunks[-1].choices[0].finish_reason == "stop"
    with pytest.raises(NotFoundError, match="appel"):
        client.chat.completions.create(model="nope", messages=asked)  # type: ignore[call-overload]
    for wrong in (asked[:1], asked[:3]):
        with pytest.raises((UnprocessableEntityError, BadRequestError)):
            client.chat.completions.create(model="default", messages=wrong)  # type: ignore[call-overload]


def test_openai_parts_and_strangers(client: TestClient) -> None:
    parts = [{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": "x"}}]
    body = {"model": "default", "messages": [{"role": "user", "content": parts}], "seed": 1}
    reply = client.post("/v1/chat/completions", json=body).json()
    assert "13 mars 2024" in reply["choices"][0]["message"]["content"]
    wrong = client.post("/v1/chat/completions", content=json.dumps({"model": 3}),
                        headers={"Content-Type": "application/json"})  # fmt: skip
    assert wrong.status_code == 422 and wrong.json()["error"]["param"] in ("model", "messages")
