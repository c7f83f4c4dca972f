"""The chat page as Gradio draws it: its parts, what they are bound to, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.settings import Settings
from assistant.web.answers import Answers
from assistant.web.chat import Chat
from assistant.web.rates import Rates
from assistant.web.rendering import render_notice
from assistant.web.texts import examples, texts

_MAX_WAITING = 100
_STATIC = Path(__file__).with_name("static")
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class ChatPage:
    """The page and what it is mounted with."""

    blocks: gr.Blocks
    theme: gr.themes.Base
    css: Path
    head: str


def build_chat(answers: Answers, rates: Rates, settings: Settings) -> ChatPage:
    """The chat about the calls that are served; French until the page says otherwise."""
    words = texts("fr")
    calls = answers.assistant.calls
    default = calls[answers.assistant.default_call]
    chat = Chat(answers, rates)
    title = f"{default.title} – {words['site']}"
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as blocks:
        header = gr.Markdown(chat.header(default.id, "fr"), elem_id="header", latex_delimiters=[])
        call = gr.Dropdown(
            [(known.title, known.id) for known in calls.values()],
            value=default.id,
            label=words["call"],
            elem_id="call",
            visible=len(calls) > 1,
        )
        trail = gr.Textbox("", visible=False)
        spoken = gr.Textbox("fr", visible=False)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(words["chat_tab"], elem_id="chat-tab") as chat_tab:
                shown = gr.Chatbot(
                    label=words["conversation"],
                    show_label=False,
                    elem_id="conversation",
                    placeholder=render_notice(words["empty_chat"], "fr"),
                    examples=[{"text": question} for question in examples()],
                    height="auto",
                    autoscroll=False,
                    layout="bubble",
                    buttons=[],
                    feedback_options=None,
                    latex_delimiters=[],
                    allow_tags=False,
                    allow_file_downloads=False,
                    group_consecutive_messages=False,
                )
                with gr.Row(elem_id="ask", equal_height=True):
                    question = gr.Textbox(
                        label=words["question"],
                        placeholder=words["placeholder"],
                        elem_id="question",
                        lines=1,
                        max_lines=8,
                        scale=8,
                        autofocus=True,
                    )
                    send = gr.Button(
                        words["send"], variant="primary", scale=1, min_width=110, elem_id="send"
                    )
                fresh = gr.Button(words["new_chat"], variant="secondary", size="sm", elem_id="fresh")
                privacy = gr.Markdown(chat.privacy("fr"), elem_id="privacy", latex_delimiters=[])
            with gr.Tab(words["sources_tab"], elem_id="sources-tab") as sources_tab:
                sources = gr.Markdown(
                    chat.sources(default.id, "fr"), elem_id="sources", latex_delimiters=[]
                )

        outputs = [shown, trail, question]
        # Two per thread of the model: one computes while the other one's messages are written.
        limits = {"concurrency_limit": settings.threads * 2, **_QUIET}
        inputs = [question, trail, call, spoken]
        gr.on([send.click, question.submit], chat.ask, inputs, outputs, **limits)
        for picked in (shown.example_select, shown.option_select):
            picked(chat.pick, [trail, call, spoken], outputs, **limits)
        fresh.click(_start_again, None, outputs, **_QUIET)
        call.input(_start_again, None, outputs, **_QUIET)
        call.input(chat.header, [call, spoken], header, **_QUIET)
        call.input(chat.sources, [call, spoken], sources, **_QUIET)
        labels = [header, call, question, send, fresh, spoken, chat_tab, sources_tab, sources, privacy]
        blocks.load(chat.arrive, None, [shown, trail, *labels], **_QUIET)
    blocks.queue(max_size=_MAX_WAITING, api_open=False)
    return ChatPage(blocks, _theme(), _STATIC / "chat.css", _HEAD)


def _start_again() -> tuple[Any, ...]:
    return [], "", ""


_HEAD = """
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/static/assistant/answer.css">
<link rel="stylesheet" href="/static/assistant/panel.css">
<script src="/static/assistant/chat.js" defer></script>
"""

def _theme() -> gr.themes.Base:
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    return gr.themes.Default(
        primary_hue=gr.themes.colors.Color(
            name="blue", c50="#f5f5fe", c100="#ececfe", c200="#cacafb", c300="#b1b1f9",
            c400="#8585f6", c500="#000091", c600="#000091", c700="#000074", c800="#21213f",
            c900="#1b1b35", c950="#13132a",
        ),
        neutral_hue="neutral",
        font=fonts,
        font_mono=["ui-monospace", "monospace"],
        radius_size="none",
    )  # fmt: skip
