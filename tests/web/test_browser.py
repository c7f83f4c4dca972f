"""The journeys of an applicant, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.helpers import assert_accessible

QUESTION = "Jusqu'à quand peut-on candidater ?"

# Gradio's queue calls pandas in ways that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio.queueing")


def ask(page: Page, question: str) -> None:
    field = page.get_by_label("Votre question")
    field.fill(question)
    field.press("Enter")


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
