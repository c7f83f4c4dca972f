"""The journeys of an applicant, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect

QUESTION = "Jusqu'à quand peut-on candidater ?"

# Gradio's queue calls pandas in ways that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio.queueing")


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A French reader's window; fails on any error in the page or request to elsewhere."""
    context = browser.new_context(locale="fr-FR", base_url=address)
    page = context.new_page()
    wrong: list[str] = []

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != urlsplit(address).netloc:
            wrong.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(message.text)

    def on_dialog(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("dialog", on_dialog)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield page
    context.close()
    assert wrong == []


def ask(page: Page, question: str) -> None:
    field = page.get_by_label("Votre question")
    field.fill(question)
    field.press("Enter")


def assert_accessible(page: Page) -> None:
    results = Axe().run(page).response
    assert results["passes"]
    found = [(item["id"], item["nodes"][0]["html"]) for item in results["violations"]]
    assert found == []


def test_from_a_question_to_its_passage(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Numérique inclusif et responsable")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    ask(page, QUESTION)
    answer = page.locator(".answer")
    expect(answer).to_contain_text("13 mars 2024")
    expect(page.locator("[aria-label*='<div']")).to_have_count(0)
    with page.context.expect_page() as opened:
        answer.locator("a.source").first.click()
    document = opened.value
    passage = document.locator("mark")
    expect(document.locator("#passage")).to_be_in_viewport()
    assert "13 mars 2024" in " ".join(passage.all_inner_texts())
    document.close()


def test_examples_suggestions_and_a_fresh_start(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Quelle est la date de clôture ?").click()
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    suggestion = page.locator("#conversation .option").first
    text = suggestion.inner_text()
    suggestion.click()
    expect(page.locator(".asked").last).to_contain_text(text)
    expect(page.locator(".answer")).to_have_count(2)
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator(".answer")).to_have_count(0)
    ask(page, "Quel est le taux de cofinancement ?")
    expect(page.locator(".handoff a").first).to_have_attribute(
        "href", "mailto:morgane.millon@diplomatie.gouv.fr"
    )
    expect(page.locator(".answer")).to_have_count(1)


def test_scripts_stay_text(page: Page) -> None:
    page.goto("/")
    hostile = (
        "<script>alert(1)</script><img src=x onerror=alert(2)> **gras** [a](javascript:alert(3))"
    )
    ask(page, hostile)
    expect(page.locator(".asked")).to_contain_text(hostile)
    expect(page.locator(".answer, .notice").last).to_be_visible()
    expect(page.locator(".asked :is(script, img, strong, a)")).to_have_count(0)


def test_an_empty_question_gets_a_sentence(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#conversation .message-wrap .notice")).to_contain_text("question")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessible(page: Page, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/documents/numerique-2024/reglement?start=19995&end=20044#passage")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/")
    ask(page, "Quel est le taux de cofinancement ?")
    expect(page.locator(".handoff")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_docs_without_network(page: Page) -> None:
    page.goto("/docs")
    expect(page.locator("#operations-v1-create_answer_api_v1_answers_post")).to_be_visible()
