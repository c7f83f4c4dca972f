"""The desk in Chromium: axe-core on each page, and an officer who has no mouse."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.desk.corrections import correct
from assistant.desk.store import Store
from assistant.desk.triage import Desk
from assistant.desk.users import add_user
from assistant.settings import Settings
from tests.web.helpers import assert_accessible, assert_nothing_lost, build_site, served

PASSWORD = "a long enough password"
WIDTHS = (1280, 640, 320)  # 640: a window of 1280 at 200 %


def _mail(number: int, body: str, subject: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = f"Ana Silva <ana{number % 3}@exemple.fr>", subject
    message["Message-ID"], message["Date"] = f"<{number}@exemple.fr>", "Mon, 5 Feb 2024 10:00:00 +0100"
    message.set_content(body)
    return message.as_bytes()


@pytest.fixture(scope="module")
def desk_address(assistant: Assistant, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A desk with mails of all kinds, served."""
    place = settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("desk")})
    store = Store(f"sqlite:///{place.data_dir}/desk.sqlite")
    add_user(store, "anne", PASSWORD)
    add_user(store, "zoe", PASSWORD)
    desk = Desk(assistant)
    for number, (body, subject) in enumerate((
        ("Bonjour,\nQuelle est la date de clôture ?", "Date"),
        ("Bonjour,\nQuelle est la date de clôture ?\nMerci", "Clôture"),
        ("C'est inadmissible, toujours aucune réponse ! Quel est le montant ?", "Relance"),
        ("Peut-on nous accorder un délai ? Qui contacter ?", "Délai"),
    )):  # fmt: skip
        raw = _mail(number, body, subject)
        store.add(raw, desk.triage(raw), call=desk.call.id, source="test")
    last = store.mails(desk.call.id)[-1]
    correct(store, last, "anne", assistant.meaning("x"), version=last.version, state="person", category="other", urgency="low")
    store.close()
    with served(build_site(assistant, place)) as where:
        yield where


def _log_in(page: Page) -> None:
    page.goto("/desk")
    page.get_by_label("Nom").fill("anne")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_label("Mot de passe").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Courrier")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_each_page_is_accessible(browser: Browser, desk_address: str, width: int, scheme: str) -> None:
    context = browser.new_context(
        locale="fr-FR", base_url=desk_address, color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
    )  # fmt: skip
    page = context.new_page()
    page.goto("/desk/login")
    assert_accessible(page)
    _log_in(page)
    paths = ["/desk", "/desk?q=rien-de-tel", "/desk/same", "/desk/upload", "/desk/figures", "/desk/validated"]
    paths += [link.get_attribute("href") or "" for link in page.locator(".queue a").all()]
    assert len(paths) > 8
    for path in paths:
        page.goto(path)
        for details in page.locator("summary").all():
            details.click()
        assert_accessible(page)
        assert "built-in" not in page.content()
        assert_nothing_lost(page)
    context.close()


def test_a_button_that_does_nothing_looks_so(browser: Browser, desk_address: str) -> None:
    with browser.new_context(locale="fr-FR", base_url=desk_address) as context:
        page = context.new_page()
        _log_in(page)
        page.locator(".queue a").first.click()
        approve = page.get_by_role("button", name="Valider", exact=True)
        looks = "(button) => { const s = getComputedStyle(button); return [s.color, s.borderStyle, s.cursor]; }"
        enabled = approve.evaluate(looks)
        approve.evaluate("(button) => { button.disabled = true; }")
        assert all(a != b for a, b in zip(enabled, approve.evaluate(looks), strict=True))


def test_a_mail_is_answered_without_a_mouse(browser: Browser, desk_address: str) -> None:
    context = browser.new_context(locale="fr-FR", base_url=desk_address)
    page = context.new_page()
    _log_in(page)

    def tab_to(words: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("!document.activeElement.matches('a, button, input, textarea, select, summary')"):
                continue
            if words in str(page.evaluate("document.activeElement.innerText || document.activeElement.id")):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
                return
        pytest.fail(f"'{words}' was not reached")

    tab_to("Clôture")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Clôture")
    tab_to("draft")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Anne")
    tab_to("Valider")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Rien n'a été envoyé")
    assert "Anne" in page.get_by_label("Brouillon de réponse").input_value()
    # The access key of undoing; Playwright's own Alt+u carries no letter.
    key = {
        "type": "keyDown", "modifiers": 1, "key": "u", "code": "KeyU", "text": "u", "unmodifiedText": "u",
        "windowsVirtualKeyCode": 85, "nativeVirtualKeyCode": 85,
    }  # fmt: skip
    context.new_cdp_session(page).send("Input.dispatchKeyEvent", key)
    expect(page.get_by_role("status")).to_contain_text("annulée")
    context.close()
