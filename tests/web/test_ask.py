"""/ask and /answers: the conforming way, without any script."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from tests.web.helpers import Page, assert_accessible, bare

QUESTION = "Jusqu'à quand peut-on candidater ?"
MISSING = "Quel est le taux de cofinancement ?"


def ask(client: TestClient, question: str, **fields: str) -> str:
    """The address of the answer's page."""
    response = client.post("/ask", data={"question": question, **fields})
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def test_from_the_form_to_the_passage(client: TestClient, assistant: Assistant) -> None:
    page = client.get(ask(client, QUESTION))
    assert page.status_code == 200 and "<script" not in page.text
    answer = assistant.ask(QUESTION)
    assert "13 mars 2024" in Page(page.text).text
    for citation in answer.citations:
        assert bare(citation.quote) in bare(Page(page.text).text)
        assert client.get(citation.url).status_code == 200
    assert "form-action 'self'" in page.headers["content-security-policy"]


def test_follow_ups_keep_the_thread(client: TestClient) -> None:
    first = client.get(ask(client, "Quelle est la date de clôture ?")).text
    after = re.search(r'name="after" value="([^"]+)"', first)
    assert after
    second = Page(client.get(ask(client, "Et celle d'ouverture ?", after=after[1])).text)
    assert "10 janvier 2024" in second.text and "Quelle est la date de clôture ?" in second.text
    assert client.get(ask(client, QUESTION, after="gone,../x")).status_code == 200


def test_the_contact_gets_the_question(client: TestClient, assistant: Assistant) -> None:
    page = Page(client.get(ask(client, MISSING)).text)
    links = [str(attributes["href"]) for tag, attributes in page.tags if tag == "a"]
    (mail,) = [link for link in links if link.startswith("mailto:") and "?" in link]
    assert assistant.calls["numerique-2024"].handoff.email in mail
    assert MISSING in unquote(mail) and "&body=" in mail


@pytest.mark.parametrize("question", ["", "  ", "???", "mot " * 1_500])
def test_questions_that_cannot_be_taken(client: TestClient, question: str) -> None:
    response = client.post("/ask", data={"question": question})
    assert response.status_code == 422
    page = Page(response.text)
    assert any(a.get("role") == "alert" for _, a in page.tags)
    assert question.strip()[:50] in page.text


def test_wrong_forms(client: TestClient) -> None:
    for response in (client.post("/ask", data={"question": QUESTION, "call": "nope"}), client.get("/ask?call=nope")):
        assert response.status_code == 404
        assert "seulement sur : Numérique inclusif et responsable (numerique-2024)" in Page(response.text).text
    page = {"Accept": "text/html"}
    for data in ({"question": "a" * 9_000}, {"question": QUESTION, "after": "x" * 9_000}):
        response = client.post("/ask", data=data, headers=page)
        assert response.status_code == 422
        assert response.headers["content-type"].startswith("text/html")
    assert client.get("/answers/nope", headers=page).status_code == 404


def test_both_languages(client: TestClient) -> None:
    english = client.get("/ask?lang=en").text
    assert '<html lang="en">' in english and "Ask a question" in english
    location = client.post("/ask?lang=en", data={"question": QUESTION}).headers["location"]
    page = client.get(location).text
    assert '<html lang="en">' in page and '<div class="answer" lang="fr">' in page
    assert "Quoted passages" in page


def test_feedback(client: TestClient) -> None:
    address = ask(client, QUESTION).partition("?")[0]
    sent = client.post(f"{address}/feedback", data={"verdict": "wrong", "reason": ["unclear", "other"]})
    assert sent.status_code == 303 and "Merci" in client.get(sent.headers["location"]).text
    assert client.post(f"{address}/feedback", data={"verdict": "x"}).status_code == 422
    assert client.post("/answers/nope/feedback", data={"verdict": "helped"}).status_code == 404


def test_scripts_stay_text(client: TestClient) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)> Quelle est la date ?'
    page = Page(client.get(ask(client, hostile)).text)
    assert hostile in page.text
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe"}


@pytest.mark.parametrize("width", [1280, 320])
def test_without_javascript_in_a_browser(
    browser: Browser, address: str, site: FastAPI, width: int
) -> None:
    size = {"width": width, "height": 800}
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/ask")
    page.get_by_label("Votre question").fill(QUESTION)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    page.get_by_role("button", name="Cette réponse m'a aidé").click()
    expect(page.locator(".thanks")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_accessible(browser: Browser, address: str, scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    context = browser.new_context(locale="fr-FR", viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/ask")
    for question in (None, MISSING, QUESTION, "???"):
        if question:
            page.get_by_label("Votre question").fill(question)
            page.get_by_role("button", name="Envoyer").click()
            page.wait_for_load_state()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
