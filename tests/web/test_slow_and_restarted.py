"""What an applicant sees of a slow model, and of a server that goes and comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from evals.bench.http import serve

QUESTION = "Jusqu'à quand peut-on candidater ?"
DEADLINE = "13 mars 2024"

# Gradio's queue calls pandas in ways that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio.queueing")


def ask(page: Page, question: str) -> None:
    field = page.get_by_label("Votre question")
    field.fill(question)
    field.press("Enter")


@pytest.fixture
def chat(
    writing: Callable[[float], AbstractContextManager[str]], browser: Browser
) -> Callable[[float], AbstractContextManager[Page]]:
    """A page of a site whose model stops after its first sentence until the gate opens."""

    @contextmanager
    def open_page(budget_s: float) -> Iterator[Page]:
        with writing(budget_s) as address, browser.new_context(locale="fr-FR", base_url=address) as context:
            yield context.new_page()

    return open_page


def test_what_a_model_has_written_is_shown_before_it_ends(
    chat: Callable[[float], AbstractContextManager[Page]], gate: threading.Event
) -> None:
    with chat(60.0) as page:
        page.goto("/")
        ask(page, QUESTION)
        expect(page.locator(".draft .text")).to_contain_text(DEADLINE)
        expect(page.locator(".draft .text a.marker")).to_have_count(1)
        expect(page.locator(".answer")).to_have_count(0)
        expect(page.locator("#live")).to_be_empty()  # said aloud once, when it is whole
        gate.set()
        expect(page.locator(".answer .text")).to_contain_text(DEADLINE)
        expect(page.locator(".answer .mode")).to_contain_text("modèle de langage")
        expect(page.locator(".answer .text")).not_to_contain_text("2031")
        expect(page.locator(".draft")).to_have_count(0)
        expect(page.locator("#live")).to_contain_text(DEADLINE)


def test_a_model_that_stops_is_not_waited_for(
    chat: Callable[[float], AbstractContextManager[Page]], assistant: Assistant
) -> None:
    with chat(4.0) as page:
        page.goto("/")
        ask(page, QUESTION)
        expect(page.locator(".answer .text")).to_contain_text(DEADLINE)
        expect(page.locator(".answer .source")).not_to_have_count(0)
        expect(page.locator(".answer .mode")).to_contain_text("sans modèle de langage")
        expect(page.locator(".draft")).to_have_count(0)


@pytest.mark.slow
def test_a_conversation_outlives_the_server(
    assistant: Assistant, settings: Settings, browser: Browser, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    variables = {
        "AAP_DATA_DIR": str(settings.data_dir), "AAP_CACHE_DIR": str(settings.cache_dir),
        "AAP_DATABASE_URL": f"sqlite:///{tmp_path}/web.sqlite", "AAP_PORT": port,
    }  # fmt: skip
    with browser.new_context(locale="fr-FR") as context:
        page = context.new_page()
        with serve(1, **variables) as (base, _):
            page.goto(base)
            ask(page, QUESTION)
            expect(page.locator(".answer")).to_contain_text(DEADLINE)
        lost = page.locator("#lost")
        expect(lost).to_contain_text("a redémarré ou ne répond plus")
        ask(page, "Qui peut candidater ?")  # Gradio has its own words for a server that is gone
        expect(page.locator(".toast-body")).to_have_count(1)
        expect(page.locator(".toast-body")).to_be_hidden()
        expect(page.locator("#question textarea")).to_have_value("Qui peut candidater ?")
        page.evaluate("document.body.dataset.before = 'true'")
        expect(page.locator(".answer")).to_contain_text(DEADLINE)
        page.locator("#question textarea").fill("Qui contacter pour les tiers-lieux ?")
        with serve(1, **variables):
            # The page loads itself anew; its address kept the answers.
            expect(page.locator("body[data-before]")).to_have_count(0)
            expect(page.locator(".answer")).to_contain_text(DEADLINE)
            expect(lost).to_have_count(0)
            # What was typed is still there, and can be sent.
            typed = page.locator("#question textarea")
            expect(typed).to_have_value("Qui contacter pour les tiers-lieux ?")
            page.wait_for_load_state("networkidle")
            typed.press("Enter")
            expect(page.locator(".answer")).to_have_count(2)
