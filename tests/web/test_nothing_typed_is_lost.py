"""What an applicant has typed is still there when no answer comes; what comes is seen."""

from __future__ import annotations

import threading
from functools import wraps
from html import unescape
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, expect
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.chat import Chat
from tests.web.conftest import Host
from tests.web.helpers import build_site, served
from tests.web.test_limits import Watched

LONG = "Bonjour, je décris notre projet par le menu. " * 200  # more than a question may have
QUESTION = "Jusqu'à quand peut-on candidater ?"

# Gradio's queue calls pandas in ways that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio.queueing")


class Broken(Watched):
    """The assistant, with an error in it that nobody foresaw."""

    def ask(self, *args: object, **options: object) -> Answer:
        raise RuntimeError("unforeseen")


@pytest.fixture
def broken(assistant: Assistant, settings: Settings) -> FastAPI:
    return build_site(Broken(assistant), settings)  # type: ignore[arg-type]


def test_the_plain_page_gives_it_back(client: TestClient) -> None:
    page = client.post("/ask", data={"question": LONG, "after": "a1b2"})
    assert page.status_code == 422
    assert LONG in unescape(page.text)
    assert '<input type="hidden" name="after" value="a1b2">' in page.text, "it still follows up"


def test_the_plain_page_of_a_server_in_trouble_gives_it_back(broken: FastAPI) -> None:
    client = TestClient(broken, raise_server_exceptions=False, client=("127.0.0.1", 50_000))
    page = client.post("/ask", data={"question": QUESTION})
    assert page.status_code == 500 and f">{QUESTION}</textarea>" in unescape(page.text)


def test_the_chat_of_a_server_in_trouble_gives_it_back(broken: FastAPI) -> None:
    chat = Chat(broken.state.answers, broken.state.rates)
    first, *_, (messages, _, box) = chat.ask(QUESTION, "", "numerique-2024", "fr")
    assert first[2] == "" and box == QUESTION
    assert "indisponible" in messages[-1]["content"]


def test_the_chat_gives_it_back(page: Page) -> None:
    page.goto("/")
    box = page.get_by_label("Votre question")
    box.fill(LONG)
    box.press("Enter")
    expect(page.locator("#conversation .message-wrap .notice")).to_contain_text("trop long")
    expect(box).to_have_value(LONG)
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    expect(box).to_have_value("")


def test_an_answer_is_not_lost_to_a_page_that_loads_slowly(
    assistant: Assistant, settings: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive, answered, arrived = Chat.arrive, threading.Event(), threading.Event()

    @wraps(arrive)
    def arrive_late(self: Chat, request: gr.Request) -> tuple[Any, ...]:
        answered.wait(30)
        arrived.set()
        return arrive(self, request)

    monkeypatch.setattr(Chat, "arrive", arrive_late)
    where = browser.new_context(locale="en-GB")
    with served(build_site(assistant, settings)) as address, where as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_label("Votre question").fill(QUESTION)
        page.get_by_label("Votre question").press("Enter")
        expect(page.locator(".answer")).to_contain_text("13 mars 2024")
        answered.set()
        assert arrived.wait(30)
        expect(page.get_by_role("button", name="Send")).to_be_visible()  # the page has its language
        expect(page.locator(".answer")).to_contain_text("13 mars 2024")
        page.get_by_label("Your question").fill("Et son adresse ?")
        page.get_by_label("Your question").press("Enter")
        expect(page.locator(".answer")).to_have_count(2)


def test_the_widget_gives_it_back(browser: Browser, host: Host, address: str) -> None:
    with browser.new_context(locale="fr-FR") as context:
        page = context.new_page()
        host.carry(address)
        page.goto(host.origin)
        page.get_by_role("button", name="Posez votre question").click()
        box = page.get_by_label("Votre question")
        box.fill("???")
        box.press("Enter")
        expect(page.locator(".notice")).to_have_count(1)
        expect(box).to_have_value("???")

        def late(route: Route) -> None:
            box.fill("Autre chose")  # what is being written is not replaced
            route.abort()

        page.route("**/api/v1/answers", late)
        box.fill(QUESTION)
        box.press("Enter")
        expect(page.locator(".notice")).to_have_count(2)
        expect(box).to_have_value("Autre chose")


def test_the_widget_shows_each_new_answer(browser: Browser, host: Host, address: str) -> None:
    with browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 700}) as context:
        page = context.new_page()
        host.carry(address)
        page.goto(host.origin)
        page.get_by_role("button", name="Posez votre question").click()
        for number in (1, 2, 3):
            page.get_by_label("Votre question").fill(QUESTION)
            page.keyboard.press("Enter")
            expect(page.get_by_role("article")).to_have_count(number)
            top, body = page.locator(".asked").last.bounding_box(), page.locator(".body").bounding_box()
            assert top and body and abs(top["y"] - body["y"]) < 20, "the question is at the top, its answer below"
