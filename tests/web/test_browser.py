"""The journeys of an applicant, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

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
    answer.locator("a.source").first.click()
    panel = page.get_by_role("complementary", name="Passage cité")
    passage = panel.locator("mark")
    expect(passage.first).to_be_in_viewport()
    assert "13 mars 2024" in " ".join(passage.all_inner_texts())
    panel.get_by_role("button", name="Fermer").click()
    expect(panel).to_have_count(0)
    expect(answer.locator("a.source").first).to_be_focused()


def test_a_phone_opens_the_page_and_comes_back(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    ask(page, QUESTION)
    page.locator("a.source").first.click()
    expect(page.locator("#passage")).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")


def test_a_phone_shows_more_than_the_head_and_whole_tables(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    expect(page.get_by_role("button", name="Quelle est la date de clôture ?")).to_be_in_viewport(ratio=1)
    head = page.locator("#header").bounding_box()
    assert head and head["height"] < 844 / 2
    page.get_by_role("tab", name="Sources").click()
    expect(page.get_by_role("columnheader", name="Copie")).to_be_in_viewport(ratio=1)


def test_a_call_that_is_not_served_is_said(page: Page) -> None:
    page.goto("/?call=nope")
    head = page.locator("#header")
    expect(head.get_by_role("alert")).to_contain_text("« nope »")
    expect(head).not_to_contain_text("clos")
    ask(page, QUESTION)
    expect(page.locator("#conversation .message-wrap .notice")).to_contain_text("ne répond pas sur un appel")
    expect(page.locator(".answer")).to_have_count(0)
    head.get_by_role("link", name="Numérique inclusif et responsable").click()
    expect(page.locator(".state")).to_contain_text("13 mars 2024")
    ask(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")


def test_feedback_copy_and_link(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    ask(page, QUESTION)
    bar = page.locator(".actions")
    bar.get_by_role("button", name="Copier la réponse").click()
    expect(bar).to_contain_text("Copié.")
    assert "13 mars 2024" in page.evaluate("navigator.clipboard.readText()")
    bar.get_by_role("button", name="Cette réponse ne va pas").click()
    page.get_by_label("Elle est incomplète").check()
    page.get_by_label("Précisions").fill("Il manque l'heure.")
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(bar).to_contain_text("votre avis est enregistré")
    bar.get_by_role("button", name="Copier le lien").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{address}/answers/")
    page.goto(link)
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")


def test_english(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    expect(page.locator(".state")).to_contain_text("41 days left")
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_label("Votre question")).to_be_visible()


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
        "href", re.compile(r"^mailto:morgane\.millon@diplomatie\.gouv\.fr\?subject=.*cofinancement")
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


def test_docs_without_network(page: Page) -> None:
    page.goto("/docs")
    expect(page.locator("#operations-answers-create_answer_api_v1_answers_post")).to_be_visible()


def test_linked_resources_have_a_tab_in_the_language_of_the_page(page: Page) -> None:
    page.goto("/?lang=en")
    page.get_by_role("tab", name="Sources").click()
    panel = page.locator("#sources")
    expect(panel).to_contain_text("The regulation refers to these resources: 0 of")
    expect(panel.get_by_role("row").nth(1)).to_contain_text("Never fetched")
    page.get_by_role("tab", name="Conversation").click()
    expect(page.get_by_label("Your question")).to_be_visible()
