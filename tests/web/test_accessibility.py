"""axe-core in every state of every page, in both schemes and widths; and without a mouse."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from assistant.web.accessibility import results
from tests.web.helpers import assert_nothing_lost

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
QUESTION = "Jusqu'à quand peut-on candidater ?"
MISSING = "Quel est le taux de cofinancement ?"
WIDTHS = (1280, 320)

# Gradio's queue calls pandas in ways that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio.queueing")


def ask(page: Page, question: str) -> None:
    page.get_by_label("Votre question").fill(question)
    page.get_by_role("button", name="Envoyer", exact=True).click()


def chat_states(page: Page, wide: bool, look: Callable[[str], None]) -> None:
    page.goto("/")
    expect(page.locator(".example").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look("chat_empty")
    ask(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    look("chat_answered")
    if wide:
        page.locator("a.source").first.click()
        expect(page.locator("#panel mark").first).to_be_visible()
        look("chat_panel")
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Cette réponse ne va pas").click()
    expect(page.get_by_label("Elle est incomplète")).to_be_visible()
    look("chat_feedback")
    ask(page, MISSING)
    expect(page.locator(".handoff")).to_be_visible()
    look("chat_abstained")
    ask(page, "???")
    expect(page.locator("#conversation .message-wrap .notice")).to_be_visible()
    look("chat_error")


def plain_states(page: Page, wide: bool, look: Callable[[str], None]) -> None:
    page.goto("/documents/numerique-2024/reglement?start=19995&end=20044#passage")
    look("document")
    page.goto("/accessibility")
    look("statement")
    page.goto("/ask")
    look("ask_empty")
    for state, question in (("answered", QUESTION), ("abstained", MISSING), ("error", "???")):
        ask(page, question)
        page.wait_for_load_state()
        look(f"ask_{state}")


def widget_states(page: Page, wide: bool, look: Callable[[str], None]) -> None:
    page.goto("/widget/demo")
    look("widget_closed")
    page.get_by_role("button", name="Posez votre question").click()
    look("widget_open")
    for state, question in (("answered", QUESTION), ("abstained", MISSING)):
        ask(page, question)
        expect(page.get_by_role("article")).to_have_count(1 if state == "answered" else 2)
        look(f"widget_{state}")


def picture(page: Page, path: Path) -> None:
    """Take one in which there is something: between a jump and the next frame Chromium has none."""
    for _ in range(20):
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.screenshot(path=str(path))
        with Image.open(path) as image:
            if image.convert("RGB").getcolors(1) is None:
                return
    pytest.fail(f"nothing can be seen in {path}")


def test_every_state(browser: Browser, address: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    counts: dict[str, int] = {}
    wrong: list[tuple[str, str, str]] = []
    version = ""
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                locale="fr-FR", base_url=address, color_scheme=scheme,  # type: ignore[arg-type]
                viewport={"width": width, "height": 800}, reduced_motion="reduce",
            )  # fmt: skip
            page = context.new_page()

            def look(
                state: str, page: Page = page, width: int = width, scheme: str = scheme
            ) -> None:
                nonlocal version
                picture(page, ARTIFACTS / f"{state}-{width}-{scheme}.png")
                response = Axe().run(page).response
                assert response["passes"]
                version = response["testEngine"]["version"]
                found = [(state, item["id"], item["nodes"][0]["html"]) for item in response["violations"]]
                wrong.extend(found)
                counts[state] = counts.get(state, 0) + len(found)
                assert_nothing_lost(page)

            for states in (chat_states, plain_states, widget_states):
                states(page, width >= 1024, look)
            context.close()
    found = {"date": date.today().isoformat(), "axe": version, "widths": WIDTHS, "states": counts}
    (ARTIFACTS / "accessibility.json").write_text(json.dumps(found, indent=2) + "\n")
    assert wrong == []
    # What the statement says is what is so; copy artifacts/accessibility.json when it is not.
    if not os.environ.get("PARTIAL"):
        assert {key: results()[key] for key in ("axe", "states")} == {"axe": version, "states": counts}


def test_zoom(browser: Browser, address: str) -> None:
    """A window of 1280 pixels at 200 %."""
    context = browser.new_context(
        locale="fr-FR", base_url=address, viewport={"width": 640, "height": 400},
        device_scale_factor=2, reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    seen: list[str] = []

    def look(state: str) -> None:
        seen.append(state)
        assert_nothing_lost(page)

    for states in (chat_states, plain_states, widget_states):
        states(page, False, look)
    context.close()
    assert set(seen) == set(results()["states"]) - {"chat_panel"}


def test_keyboard_only(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".example").first).to_be_visible()
    expect(page.get_by_label("Votre question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_contain_text("13 mars 2024")
    expect(page.locator("#live")).to_contain_text("13 mars 2024")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('a.source')"):
            break
    else:
        pytest.fail("no citation was reached")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", "")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-close")).to_be_focused()
    expect(page.locator("#panel mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('a.source')")


def test_one_announcement_an_answer(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".example").first).to_be_visible()
    page.evaluate(
        """() => { window.said = [];
        new MutationObserver(() => window.said.push(document.getElementById('live').textContent))
          .observe(document.getElementById('live'), {childList: true, characterData: true, subtree: true}); }"""
    )
    ask(page, QUESTION)
    expect(page.locator("#live")).to_contain_text("13 mars 2024")
    ask(page, MISSING)
    expect(page.locator(".handoff")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("cofinancement")
    assert len(page.evaluate("window.said")) == 2
    expect(page.locator("#conversation [role=log]")).to_have_attribute("aria-live", "off")
