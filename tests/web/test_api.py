"""/api/v1: answers, calls, documents, and every way to be refused."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.answering.index import CallIndex
from assistant.errors import IndexMissingError
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.problems import MAX_BODY_BYTES
from tests.web.helpers import build_site

ANSWERS = "/api/v1/answers"
QUESTION = "Jusqu'à quand peut-on candidater ?"


class _Failing:
    """An assistant that fails whenever it is asked something."""

    default_call = "numerique-2024"

    def __init__(self, assistant: Assistant, error: Exception) -> None:
        self.calls = assistant.calls
        self.sources = assistant.sources
        self._assistant = assistant
        self._error = error

    def index(self, call: str) -> CallIndex:
        return self._assistant.index(call)

    def now(self, call: str) -> datetime:
        return self._assistant.now(call)

    def ask(self, *_: object, **__: object) -> None:
        raise self._error

    def ready(self) -> None:
        raise self._error


def failing_client(assistant: Assistant, settings: Settings, error: Exception) -> TestClient:
    app = build_site(_Failing(assistant, error), settings)  # type: ignore[arg-type]
    return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50_000))


def assert_problem(response: Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == f"urn:aap:problem:{kind}"
    assert body["title"] and body["detail"]
    return body


def test_answer_is_the_assistants_own(client: TestClient, assistant: Assistant) -> None:
    response = client.post(ANSWERS, json={"question": QUESTION})
    assert response.status_code == 200
    answer = Answer.model_validate(response.json())
    assert "13 mars 2024" in answer.text
    expected = assistant.ask(QUESTION)
    same = {"timings_ms": answer.timings_ms}
    assert answer == expected.model_copy(update=same)
    assert set(response.json()) == set(Answer.model_fields)


def test_offsets_count_in_the_text_that_the_api_gives(client: TestClient) -> None:
    answer = client.post(ANSWERS, json={"question": QUESTION}).json()
    assert answer["citations"]
    for citation in answer["citations"]:
        address = f"/api/v1/documents/{citation['document']}?call={answer['call']}"
        document = client.get(address).json()
        assert set(document) == {"id", "title", "kind", "language", "url", "text"}
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_history_is_passed_on(client: TestClient, assistant: Assistant) -> None:
    history = [
        {"role": "user", "text": "Quelle est la date de clôture ?"},
        {"role": "assistant", "text": "13 mars 2024 [1]"},
    ]
    body = {"question": "Et celle d'ouverture ?", "history": history, "call": "numerique-2024"}
    answer = client.post(ANSWERS, json=body).json()
    assert "10 janvier 2024" in answer["text"]


def test_calls(client: TestClient, assistant: Assistant) -> None:
    calls = client.get("/api/v1/calls").json()
    assert calls[0]["id"] == assistant.default_call
    assert {call["id"] for call in calls} == set(assistant.calls)
    assert set(calls[0]) == {"id", "title", "authority", "documents"}


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.head("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["call"] == "numerique-2024"


@pytest.mark.parametrize("body", ["", "{", '{"question": "a"', "\xff", "[" * 100_000])
def test_malformed_json(client: TestClient, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(ANSWERS, content=body.encode("latin-1"), headers=headers)
    if body:
        assert_problem(response, 400, "400")
    else:
        assert_problem(response, 422, "422")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": None}, "question"),
        ({"question": 3}, "question"),
        ({"question": "a", "extra": 1}, "extra"),
        ({"question": "a", "history": [{"role": "system", "text": "x"}]}, "history.0.role"),
        ({"question": "a", "history": [{"role": "user", "text": "x"}] * 51}, "history"),
        ({"question": "half \ud800 pair"}, "question"),
        ([], "body"),
        ("question", "body"),
    ],
)
def test_wrong_fields(client: TestClient, body: object, field: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(ANSWERS, content=json.dumps(body), headers=headers)
    problem = assert_problem(response, 422, "422")
    assert problem["errors"][0]["field"] == field
    assert field in problem["detail"]


@pytest.mark.parametrize(
    "question", ["", "  \n\t ", "\x00\x01\x1b\x7f", "?!", "mot " * 5_000, "mot " * 10_000]
)
def test_question_that_cannot_be_taken(client: TestClient, question: str) -> None:
    problem = assert_problem(client.post(ANSWERS, json={"question": question}), 422, "question")
    assert len(problem["detail"]) > 20


@pytest.mark.parametrize(
    "question", ["date\x00 \x1b[31mlimite\u202e ?", "ბოლო ვადა როდის არის?", "qsdf zxcv 1234"]
)
def test_odd_questions_get_an_answer(client: TestClient, question: str) -> None:
    response = client.post(ANSWERS, json={"question": question})
    assert response.status_code == 200
    answer = Answer.model_validate(response.json())
    assert answer.citations or answer.abstained
    assert "\x1b" not in answer.text


def test_unknown_names(client: TestClient) -> None:
    body = {"question": QUESTION, "call": "../etc"}
    problem = assert_problem(client.post(ANSWERS, json=body), 404, "call")
    assert "/" not in problem["detail"]
    assert_problem(client.get("/api/v1/documents/reglement?call=nope"), 404, "call")
    assert_problem(client.get("/api/v1/documents/nope"), 404, "document")
    assert_problem(client.get("/api/v1/nope"), 404, "404")
    assert_problem(client.get("/nope"), 404, "404")


def test_too_large(client: TestClient) -> None:
    body = json.dumps({"question": "a" * MAX_BODY_BYTES})
    headers = {"Content-Type": "application/json"}
    assert_problem(client.post(ANSWERS, content=body, headers=headers), 413, "413")
    chunks = (b"a" * 65_536 for _ in range(8))
    assert_problem(client.post(ANSWERS, content=chunks, headers=headers), 413, "413")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_unsupported_media_type(client: TestClient, media_type: str) -> None:
    body = json.dumps({"question": QUESTION})
    response = client.post(ANSWERS, content=body, headers={"Content-Type": media_type})
    assert_problem(response, 415, "415")


def test_wrong_method(client: TestClient) -> None:
    response = client.get(ANSWERS)
    assert_problem(response, 405, "405")
    assert response.headers["allow"] == "POST"
    assert_problem(client.delete("/healthz"), 405, "405")


def test_unexpected_error_says_nothing_of_the_inside(
    assistant: Assistant, settings: Settings
) -> None:
    client = failing_client(assistant, settings, RuntimeError("secret detail"))
    response = client.post(ANSWERS, json={"question": QUESTION})
    assert_problem(response, 500, "500")
    assert "secret" not in response.text and "Traceback" not in response.text


def test_not_ready(assistant: Assistant, settings: Settings) -> None:
    client = failing_client(assistant, settings, IndexMissingError("/a/path"))
    for response in (client.get("/readyz"), client.post(ANSWERS, json={"question": QUESTION})):
        assert_problem(response, 503, "503")
        assert response.headers["retry-after"]
        assert "/a/path" not in response.text
    assert client.get("/healthz").status_code == 200


def test_problems_speak_the_readers_language(client: TestClient) -> None:
    french = client.get("/api/v1/nope", headers={"Accept-Language": "de, fr-CA;q=0.9, en;q=0.1"})
    english = client.get("/api/v1/nope", headers={"Accept-Language": "en-GB,fr;q=0.5"})
    assert french.json()["title"] == "Introuvable"
    assert english.json()["title"] == "Not found"
    assert english.headers["content-language"] == "en"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)
_NEARLY = st.fixed_dictionaries(
    {"question": st.text(max_size=60) | _JSON},
    optional={
        "history": st.lists(
            st.fixed_dictionaries(
                {
                    "role": st.sampled_from(["user", "assistant", "system"]),
                    "text": st.text(max_size=60),
                }
            ),
            max_size=4,
        )
        | _JSON,
        "call": st.sampled_from(["numerique-2024", "x"]) | _JSON,
    },
)


@examples(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_JSON | _NEARLY)
def test_no_body_breaks_the_server(client: TestClient, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(ANSWERS, content=json.dumps(body), headers=headers)
    assert response.status_code in (200, 400, 404, 422), response.text
    kind = "application/json" if response.status_code == 200 else "application/problem+json"
    assert response.headers["content-type"] == kind


def test_contract(client: TestClient, site: FastAPI) -> None:
    contract = client.get("/openapi.json").json()
    assert set(contract["paths"]) == {
        ANSWERS,
        "/api/v1/answers/{id}",
        "/api/v1/answers/{id}/feedback",
        "/api/v1/calls",
        "/api/v1/calls/{call}",
        "/api/v1/documents",
        "/api/v1/documents/{document}",
        "/api/v1/documents/{document}/passages",
        "/api/v1/search",
        "/v1/models",
        "/v1/chat/completions",
        "/healthz",
        "/readyz",
    }
    schemas = contract["components"]["schemas"]
    assert set(schemas["Answer"]["properties"]) == set(Answer.model_fields)
    given_examples = schemas["QuestionIn"]["examples"]
    validator = Draft202012Validator({"$ref": "#/components/schemas/QuestionIn", **contract})
    for example in given_examples:
        validator.validate(example)
        assert client.post(ANSWERS, json=example).status_code == 200


def test_docs_need_no_network(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text and "https://" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/static/swagger/{asset}").status_code == 200
