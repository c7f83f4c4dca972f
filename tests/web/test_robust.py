"""Nothing that is sent breaks the server, and nothing that is written becomes markup.

FUZZ_CASES (300) is how many requests are made of the API's own contract.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis.errors import Unsatisfiable
from playwright.sync_api import Browser, Page, Route, expect
from schemathesis.generation import GenerationMode
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.types import Answer, Citation, Handoff
from tests.web.helpers import build_site

FUZZ_CASES = int(os.environ.get("FUZZ_CASES", "300"))
# Gradio's queue calls pandas in ways that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

_HIT = "window.hit=1"
_TAGS = ["img src=x onerror={0}", "svg onload={0}", "body onload={0}", "video src=x onerror={0}",
         "audio src=x onerror={0}", "input autofocus onfocus={0}", "details open ontoggle={0}",
         "marquee onstart={0}", "iframe src=javascript:{0}", "object data=javascript:{0}",
         "embed src=javascript:{0}", "a href=javascript:{0}", "form action=javascript:{0}",
         "select autofocus onfocus={0}", "style onload={0}", "math href=javascript:{0}",
         "iframe srcdoc='<script>parent.{0}</script>'", "link rel=stylesheet href=x onerror={0}",
         "svg><script>{0}</script", "script>{0}</script"]  # fmt: skip
_WAYS = ["<{0}>", '"><{0}>', "'><{0}>", "</textarea></script></title><{0}>", "<{0}//"]
PAYLOADS = [way.format(tag.format(_HIT)) for tag in _TAGS for way in _WAYS]
PAYLOADS += ["javascript:window.hit=1", "[x](javascript:window.hit=1)", "![x](x\" onerror=window.hit=1)",
             "${window.hit=1}", "{{constructor.constructor('window.hit=1')()}}",
             "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>window.hit=1</x:script>",
             "<javascript:window.hit=1>", "`<img src=x onerror=window.hit=1>`",
             "$$\\href{javascript:window.hit=1}{x}$$", "\u003cimg src=x onerror=window.hit=1\u003e"]  # fmt: skip


@pytest.fixture(scope="session")
def open_site(assistant: Assistant, settings: Settings) -> FastAPI:
    """The application, without a limit on how often."""
    return build_site(assistant, settings.model_copy(update={"rate_limit": "1000000/second"}))


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 100


def test_the_contract_holds_for_whatever_is_sent(open_site: FastAPI) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", open_site)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 13
    each = -(-FUZZ_CASES // (len(operations) * 2))
    made = 0
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @examples(max_examples=each, deadline=None, suppress_health_check=list(HealthCheck),
                      phases=[Phase.explicit, Phase.generate], database=None)  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: schemathesis.Case) -> None:
                nonlocal made
                made += 1
                response = case.call()
                assert response.status_code in (503,) or response.status_code < 500, response.text
                if response.status_code == 503:
                    assert response.headers.get("retry-after")
                if response.status_code >= 400:
                    kind = response.headers["content-type"][0]
                    assert kind in ("application/problem+json", "application/json"), kind

            try:
                send()
            except Unsatisfiable:
                continue  # nothing can be wrong about an operation without parameters
    assert made >= FUZZ_CASES * 0.5


def hostile_answer(payload: str) -> Answer:
    citation = Citation(index=1, quote=payload, document="reglement", title=payload, heading=payload,
                        start=0, end=1, url="/documents/numerique-2024/reglement")  # fmt: skip
    return Answer(
        id="hostile", question=payload, language="fr", call="numerique-2024", status="partial",
        text=f"{payload} **{payload}** [1]\n\n- {payload}", citations=(citation,), confidence=1.0,
        handoff=Handoff(name=payload, email="a@b.fr", phone=payload, reason=payload),
        suggestions=(payload,),
    )  # fmt: skip


@pytest.fixture
def window(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR", base_url=address)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    yield page
    context.close()


def test_no_payload_runs_on_the_plain_pages(window: Page, site: FastAPI, client: TestClient) -> None:
    """In a question and in an answer, as the store would give it back."""
    for number, payload in enumerate(PAYLOADS):
        answer = hostile_answer(payload).model_copy(update={"id": f"hostile{number}"})
        site.state.answers.store.remember(answer)
        window.goto(f"/answers/{answer.id}?after={answer.id}")
        assert window.evaluate("window.hit") is None, payload
        assert window.locator(".answer :is(script, img, svg, iframe, object, embed)").count() == 0
        sent = client.post("/ask", data={"question": f"{payload}" + "a" * 5_000})
        assert sent.status_code == 422
        window.set_content(sent.text)
        assert window.evaluate("window.hit") is None, payload


def test_no_payload_runs_in_the_chat(window: Page, site: FastAPI) -> None:
    store = site.state.answers.store
    for start in range(0, len(PAYLOADS), 25):
        ids = []
        for number, payload in enumerate(PAYLOADS[start : start + 25]):
            answer = hostile_answer(payload).model_copy(update={"id": f"chat{start + number}"})
            store.remember(answer)
            ids.append(answer.id)
        window.goto(f"/?answers=:{','.join(ids)}")
        expect(window.locator(".answer")).to_have_count(len(ids))
        expect(window.locator("#conversation .asked").first).to_be_visible()
        assert window.evaluate("window.hit") is None
        inside = "#conversation :is(.answer, .asked) :is(script, img, svg, iframe, object, embed)"
        assert window.locator(inside).count() == 0


def test_no_payload_runs_in_the_widget(window: Page) -> None:
    window.goto("/widget/demo")
    window.get_by_role("button", name="Posez votre question").click()
    answers = iter(PAYLOADS)

    def reply(route: Route) -> None:
        route.fulfill(json=hostile_answer(next(answers)).model_dump(mode="json"))

    window.route("**/api/v1/answers", reply)
    for number, payload in enumerate(PAYLOADS):
        window.evaluate("(text) => document.querySelector('aap-assistant').ask(text)", payload)
        expect(window.get_by_role("article")).to_have_count(number + 1)
    assert window.evaluate("window.hit") is None
    assert window.locator("article :is(script, img, svg, iframe, object, embed)").count() == 0


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_in_feedback_or_names(client: TestClient, payload: str) -> None:
    answer = client.post("/api/v1/answers", json={"question": "Date de clôture ?"}).json()
    body = {"verdict": "wrong", "comment": payload}
    assert client.post(f"/api/v1/answers/{answer['id']}/feedback", json=body).status_code == 201
    page = {"Accept": "text/html"}
    name = payload.replace("/", "%2F").replace("?", "%3F").replace("#", "%23")
    for path in (f"/documents/numerique-2024/{name}", f"/answers/{name}"):
        response = client.get(path, headers=page)
        assert response.status_code in (307, 404, 405) and payload not in response.text
