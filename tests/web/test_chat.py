"""A chat message: what it shows, and that nothing in it is markup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assistant.call import load_call
from assistant.settings import load_settings
from assistant.types import Answer, Citation, Handoff
from assistant.web.chat import Chat, Trail
from assistant.web.rendering import answer_html, one_line, render_notice, render_question
from tests.web.helpers import Page

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">${alert(3)}'
PUNCTUATION = "<>[]()!`*_#&;:/\\\n \"'=-x1"
TAGS = {"div", "span", "p", "a", "ul", "ol", "li", "br", "strong", "em", "blockquote", "h1", "h2",
        "h3", "h4", "h5", "h6", "hr", "code"}  # fmt: skip


CALL = load_call(load_settings().corpus_dir, "numerique-2024")


def answer_with(text: str, **changes: object) -> Answer:
    citation = Citation(
        index=1, quote=text, document="d", title=text, heading=text, start=0, end=1,
        url="/documents/c/d?start=0&end=1#passage",
    )  # fmt: skip
    base = Answer(
        id="x", question=text, language="fr", call="c", status="answered", text=f"{text} [1] [7]",
        citations=(citation,), confidence=1.0,
        handoff=Handoff(name=text, email="a@b.fr", phone="01 02", reason=text),
    )  # fmt: skip
    return base.model_copy(update=changes)


def test_numbered_citations_lead_to_their_passage() -> None:
    html = answer_html(answer_with("Le 13 mars"), CALL, "fr")
    page = Page(html)
    links = [attributes for tag, attributes in page.tags if tag == "a"]
    passages = [link for link in links if link["href"] == "/documents/c/d?start=0&end=1#passage"]
    assert len(passages) == 2
    assert all(link["target"] == "_blank" for link in passages)
    assert "« Le 13 mars »" in page.text
    assert "[7]" in page.text
    mail, phone = [str(link["href"]) for link in links][-2:]
    assert mail.startswith("mailto:a@b.fr?subject=") and phone == "tel:0102"


def test_english_answers_have_english_labels_and_french_quotes() -> None:
    html = answer_html(answer_with("x", language="en", status="partial"), CALL, "en")
    assert "Quoted passages" in html and "Partial answer" in html
    assert '<blockquote lang="fr">' in html and '<div class="answer" lang="en">' in html


@examples(max_examples=200, deadline=None)
@given(
    st.text(max_size=80) | st.just(HOSTILE) | st.text("<>[]()!`*_#&;:/\\\n \"'=-x1", max_size=60)
)
def test_no_text_becomes_markup(text: str) -> None:
    for html in (
        one_line(answer_html(answer_with(text), CALL, "fr")),
        render_question(text, "fr"),
        render_notice(text, "fr"),
    ):
        assert "\n" not in html
        for tag, attributes in Page(html).tags:
            assert tag in TAGS
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            link = attributes.get("href") or "/"
            assert link.startswith(("/documents/", "mailto:", "tel:")) or link == "/"


@pytest.fixture
def chat(site: FastAPI) -> Chat:
    return Chat(site.state.answers, site.state.rates)


def last(steps: Iterator[tuple[Any, ...]]) -> tuple[list[dict[str, Any]], str]:
    *_, (messages, trail, box) = steps
    assert box == "" or "notice" in messages[-1]["content"]
    return messages, trail


def test_a_conversation_keeps_its_thread(chat: Chat) -> None:
    _, first = last(chat.ask("Quelle est la date de clôture ?", "", "numerique-2024", "fr"))
    messages, second = last(chat.ask("Et celle d'ouverture ?", first, "numerique-2024", "fr"))
    assert [message["role"] for message in messages] == ["user", "assistant"] * 2
    assert "10 janvier 2024" in messages[-1]["content"]
    assert len(Trail.read(second).ids) == 2
    assert "options" not in messages[1]


def test_a_conversation_outlives_the_process(chat: Chat, site: FastAPI) -> None:
    _, trail = last(chat.ask("Quelle est la date de clôture ?", "", "numerique-2024", "fr"))
    restarted = Chat(site.state.answers, site.state.rates)
    messages, trail = last(restarted.ask("Et celle d'ouverture ?", trail, "numerique-2024", "fr"))
    assert "10 janvier 2024" in messages[-1]["content"]
    assert "a redémarré" in messages[2]["content"]
    messages, _ = last(restarted.ask("Qui contacter ?", trail, "numerique-2024", "fr"))
    assert not any("a redémarré" in message["content"] for message in messages)


@examples(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_trail_is_trusted(text: str) -> None:
    trail = Trail.read(text)
    assert all(id_.isalnum() for id_ in trail.ids) and len(trail.ids) <= 25
    assert Trail.read(str(trail)).ids == trail.ids


@pytest.mark.parametrize("question", ["", "  ", "mot " * 10_000])
def test_questions_that_cannot_be_taken_get_a_sentence(chat: Chat, question: str) -> None:
    for language in ("fr", "en"):
        messages, trail = last(chat.ask(question, "", "numerique-2024", language))
        assert trail == "" and len(Page(messages[-1]["content"]).text) > 20


@pytest.mark.parametrize("call", ["nope", None])
def test_an_unknown_call_is_not_an_accident(chat: Chat, call: str | None) -> None:
    messages, trail = last(chat.ask("Qui contacter ?", "", call, "fr"))
    assert f"seulement sur : {CALL.title} ({CALL.id})" in messages[-1]["content"] and trail == ""


@pytest.mark.parametrize(
    ("message", "off_topic"),
    [("Bonjour", False), ("Merci beaucoup !", False), ("Qui es-tu ?", False), ("Thank you!", False),
     ("Quelle est la recette du gratin dauphinois ?", True), ("What is the weather in Rome today?", True)],
)  # fmt: skip
def test_only_what_is_off_topic_is_called_so(chat: Chat, message: str, off_topic: bool) -> None:
    messages, _ = last(chat.ask(message, "", "numerique-2024", "fr"))
    assert ("Hors du sujet" in messages[-1]["content"]) is off_topic


def test_english_labels(chat: Chat) -> None:
    messages, _ = last(chat.ask("Quelle est la date de clôture ?", "", "numerique-2024", "en"))
    assert "Quoted passages" in messages[-1]["content"]
    assert '<div class="answer" lang="fr">' in messages[-1]["content"]
    header = chat.header("numerique-2024", "en")
    assert "Applications are open until 13 March 2024: 41 days left." in header
