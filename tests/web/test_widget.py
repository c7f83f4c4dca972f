"""The widget on pages of others, in a real browser."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from starlette.testclient import TestClient

from assistant.web.widget import MAX_GZIPPED_BYTES, build_widget, integrity
from tests.web.conftest import Host
from tests.web.helpers import assert_accessible

QUESTION = "Jusqu'à quand peut-on candidater ?"
MISSING = "Quel est le taux de cofinancement ?"


@pytest.fixture
def guest(browser: Browser) -> Iterator[Page]:
    """A window on another site; fails when something is wrong on the page."""
    context = browser.new_context(locale="fr-FR")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    wrong: list[str] = []
    context.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield page
    context.close()
    assert wrong == []


def open_widget(page: Page) -> None:
    page.get_by_role("button", name="Posez votre question").click()
    expect(page.get_by_label("Votre question")).to_be_focused()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Votre question").fill(question)
    page.keyboard.press("Enter")


def test_size(client: TestClient) -> None:
    script = client.get("/widget.js")
    assert len(gzip.compress(script.content)) < MAX_GZIPPED_BYTES
    assert script.headers["access-control-allow-origin"] == "*"
    for forbidden in ("innerHTML", "eval(", "document.cookie", "Storage", "document.write"):
        assert forbidden not in script.text
    tag = script.headers["etag"]
    assert client.get("/widget.js", headers={"If-None-Match": tag}).status_code == 304


def test_on_a_foreign_page_with_a_strict_policy(
    guest: Page, host: Host, address: str, site: object
) -> None:
    pinned = f'data-call="numerique-2024" crossorigin="anonymous" integrity="{integrity(build_widget(90))}"'
    host.carry(address, attributes=pinned)
    guest.goto(host.origin)
    open_widget(guest)
    expect(guest.get_by_role("heading", name="Numérique inclusif et responsable")).to_be_visible()
    expect(guest.locator(".state")).to_contain_text("13 mars 2024")
    ask(guest, QUESTION)
    answer = guest.get_by_role("article", name="Réponse")
    expect(answer).to_contain_text("13 mars 2024")
    expect(guest.locator(".body > [role=status]")).to_contain_text("13 mars 2024")
    expect(answer.locator("blockquote").first).to_contain_text("13 mars 2024")
    link = answer.locator(".sources a").first
    assert (link.get_attribute("href") or "").startswith(f"{address}/documents/numerique-2024/")
    assert guest.evaluate("getComputedStyle(document.querySelector('aap-assistant').shadowRoot.querySelector('dialog')).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert guest.context.cookies() == []


def test_a_conversation(guest: Page, host: Host, address: str) -> None:
    host.carry(address)
    guest.goto(host.origin)
    open_widget(guest)
    guest.get_by_role("button", name="Quelle est la date de clôture ?").click()
    expect(guest.get_by_role("article")).to_contain_text("13 mars 2024")
    ask(guest, "Et celle d'ouverture ?")
    expect(guest.get_by_role("article").last).to_contain_text("10 janvier 2024")
    last = guest.get_by_role("article").last
    last.get_by_role("button", name="Copier la réponse").click()
    expect(last).to_contain_text("Copié.")
    last.get_by_role("button", name="Cette réponse ne va pas").click()
    last.get_by_label("Elle est incomplète").check()
    last.get_by_label("Précisions").fill("Il manque l'heure.")
    last.get_by_role("button", name="Envoyer l'avis").click()
    expect(last).to_contain_text("votre avis est enregistré")
    ask(guest, MISSING)
    card = guest.get_by_role("article").last.locator(".card")
    href = card.locator("a").first.get_attribute("href") or ""
    assert href.startswith("mailto:morgane.millon@diplomatie.gouv.fr?subject=")
    assert "taux%20de%20cofinancement" in href


def test_a_greeting_is_not_called_off_topic(guest: Page, host: Host, address: str) -> None:
    host.carry(address)
    guest.goto(host.origin)
    open_widget(guest)
    for message, badges in (("Bonjour", 0), ("Quelle est la recette du gratin dauphinois ?", 1), ("Merci !", 0)):
        ask(guest, message)
        expect(guest.locator(".asked").last).to_contain_text(message)
        expect(guest.get_by_text("Recherche dans le règlement")).to_have_count(0)
        expect(guest.get_by_role("article").last.locator(".badge")).to_have_count(badges)


def test_keyboard_only(guest: Page, host: Host, address: str) -> None:
    host.carry(address, body='<a href="#x">Lien</a>')
    guest.goto(host.origin)
    guest.keyboard.press("Tab")
    guest.keyboard.press("Tab")
    guest.keyboard.press("Enter")
    expect(guest.get_by_label("Votre question")).to_be_focused()
    guest.keyboard.type(QUESTION)
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("article")).to_contain_text("13 mars 2024")
    expect(guest.get_by_label("Votre question")).to_be_focused()
    for _ in range(12):
        guest.keyboard.press("Shift+Tab")
        focused = "document.querySelector('aap-assistant').shadowRoot.activeElement?.matches('.sources a')"
        if guest.evaluate(focused):
            break
    else:
        pytest.fail("no citation was reached")
    with guest.context.expect_page() as opened:
        guest.keyboard.press("Enter")
    opened.value.close()
    guest.keyboard.press("Escape")
    expect(guest.get_by_role("button", name="Posez votre question")).to_be_focused()
    expect(guest.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_accessible(guest: Page, host: Host, address: str, scheme: str, width: int) -> None:
    guest.set_viewport_size({"width": width, "height": 640})
    guest.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    host.carry(address)
    guest.goto(f"{address}/widget/demo")
    assert_accessible(guest)
    open_widget(guest)
    assert_accessible(guest)
    ask(guest, QUESTION)
    expect(guest.get_by_role("article")).to_contain_text("13 mars 2024")
    guest.get_by_role("button", name="Cette réponse ne va pas").click()
    assert_accessible(guest)
    ask(guest, MISSING)
    expect(guest.locator(".card").first).to_be_visible()
    assert_accessible(guest)
    assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth")
    body = "document.querySelector('aap-assistant').shadowRoot.querySelector('.body')"
    assert guest.evaluate(f"{body}.scrollWidth <= {body}.clientWidth")


def test_on_a_phone_only_the_messages_scroll(guest: Page, host: Host, address: str) -> None:
    guest.set_viewport_size({"width": 360, "height": 640})
    host.carry(address)
    guest.goto(host.origin)
    open_widget(guest)
    for number, question in enumerate((QUESTION, MISSING, QUESTION), start=1):
        ask(guest, question)
        expect(guest.get_by_role("article")).to_have_count(number)
        expect(guest.get_by_role("button", name="Fermer")).to_be_in_viewport(ratio=1)
    assert guest.evaluate("document.querySelector('aap-assistant').shadowRoot.querySelector('dialog').scrollTop") == 0


def test_styles_do_not_leak(guest: Page, host: Host, address: str) -> None:
    before = "JSON.stringify(getComputedStyle(document.querySelector('h1')).cssText || [...getComputedStyle(document.querySelector('h1'))].map((n) => getComputedStyle(document.querySelector('h1')).getPropertyValue(n)))"
    host.carry(address)
    guest.goto(host.origin)
    open_widget(guest)
    with_widget = guest.evaluate(before)
    guest.evaluate("document.querySelector('aap-assistant').remove()")
    assert guest.evaluate(before) == with_widget


def test_origin_refused(browser: Browser, stranger: Host, address: str) -> None:
    page = browser.new_context(locale="fr-FR").new_page()
    stranger.carry(address)
    page.goto(stranger.origin)
    open_widget(page)
    expect(page.locator(".notice")).to_contain_text("n'est pas disponible sur ce site")
    ask(page, QUESTION)
    expect(page.locator(".notice")).to_have_count(2)
    expect(page.get_by_role("article")).to_have_count(0)
    page.context.close()


def test_errors_are_said(browser: Browser, host: Host, address: str) -> None:
    page = browser.new_context(locale="fr-FR").new_page()
    host.carry(address)
    page.goto(host.origin)
    open_widget(page)
    expect(page.locator(".state")).to_be_visible()

    def busy(route: Route) -> None:
        body = json.dumps({"detail": "Trop de questions attendent."})
        cors = {"Access-Control-Allow-Origin": host.origin, "Retry-After": "2"}
        route.fulfill(status=503, body=body, headers=cors, content_type="application/problem+json")

    page.route("**/api/v1/answers", busy)
    ask(page, QUESTION)
    expect(page.locator(".notice")).to_have_text("Trop de questions attendent.")
    page.unroute("**/api/v1/answers")
    page.route("**/api/v1/answers", lambda route: route.abort())
    ask(page, QUESTION)
    expect(page.locator(".notice").last).to_contain_text("ne répond pas pour le moment")
    page.context.close()


def test_nothing_of_an_answer_is_markup(guest: Page, host: Host, address: str) -> None:
    hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    answer = {
        "id": "x", "question": hostile, "language": "fr", "call": "numerique-2024",
        "status": "partial", "text": f"{hostile} **{hostile}** [1] [9]\n\n- {hostile}",
        "citations": [{"index": 1, "quote": hostile, "document": "d", "title": hostile,
                       "heading": hostile, "page": None, "start": 0, "end": 1,
                       "url": "javascript:window.hit=1"}],
        "handoff": {"name": hostile, "email": f"a@b.fr{hostile}", "phone": hostile, "reason": hostile},
        "mode": "extractive", "confidence": 1, "suggestions": [hostile], "timings_ms": {},
    }  # fmt: skip
    host.carry(address)
    guest.goto(host.origin)
    open_widget(guest)
    cors = {"Access-Control-Allow-Origin": host.origin}
    guest.route("**/api/v1/answers", lambda route: route.fulfill(json=answer, headers=cors))
    ask(guest, "?")
    box = guest.get_by_role("article")
    expect(box).to_contain_text(hostile)
    expect(box.locator("img, script")).to_have_count(0)
    for link in box.locator("a").all():
        assert (link.get_attribute("href") or "").startswith((address, "mailto:", "tel:"))
    assert guest.evaluate("window.hit") is None
