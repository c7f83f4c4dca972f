"""The chat page (Gradio): shows what ``Assistant.ask`` says, and nothing else.

The conversation is kept in the session, not read back from the page: what the page shows is
made from it, so nothing that a browser sends is ever taken for an earlier answer.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.answering.assistant import Assistant
from assistant.errors import AssistantError, QuestionError
from assistant.settings import Settings
from assistant.types import Answer, Turn
from assistant.web.pages import render
from assistant.web.rendering import answer_html, one_line, render_notice, render_question
from assistant.web.schemas import MAX_TURNS
from assistant.web.texts import examples, texts

_MAX_WAITING = 100
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_SESSION_SECONDS = 4 * 3600
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, or a sentence that says why there is none."""

    question: str
    answer: Answer | None = None
    notice: str = ""


Conversation = tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class ChatPage:
    """The page and what it is mounted with."""

    blocks: gr.Blocks
    theme: gr.themes.Base
    css: Path
    head: str


def build_chat(assistant: Assistant, settings: Settings) -> ChatPage:
    """The chat about the calls that ``assistant`` serves."""
    words = texts("fr")
    calls = assistant.calls
    default = calls[assistant.default_call]
    chat = _Chat(assistant)
    title = f"{default.title} – {words['site']}"
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as blocks:
        header = gr.Markdown(chat.header(default.id), elem_id="header", latex_delimiters=[])
        call = gr.Dropdown(
            [(known.title, known.id) for known in calls.values()],
            value=default.id,
            label=words["call"],
            visible=len(calls) > 1,
        )
        conversation = gr.State((), time_to_live=_SESSION_SECONDS)
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
            send = gr.Button(words["send"], variant="primary", scale=1, min_width=110)
        fresh = gr.Button(words["new_chat"], variant="secondary", size="sm", elem_id="fresh")

        outputs = [shown, conversation, question]
        # Two per thread of the model: one computes while the other one's messages are written.
        limits = {"concurrency_limit": settings.threads * 2, **_QUIET}
        inputs = [question, conversation, call]
        gr.on([send.click, question.submit], chat.ask, inputs, outputs, **limits)
        for picked in (shown.example_select, shown.option_select):
            picked(chat.pick, [conversation, call], outputs, **limits)
        fresh.click(_start_again, None, outputs, **_QUIET)
        call.change(_start_again, None, outputs, **_QUIET)
        call.change(chat.header, call, header, **_QUIET)
    blocks.queue(max_size=_MAX_WAITING, api_open=False)
    return ChatPage(blocks, _theme(), Path(__file__).with_name("static") / "chat.css", _HEAD)


class _Chat:
    """The page's handlers."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def header(self, call_id: str) -> str:
        """The head of the page for a call (not for gr.HTML, which runs ``${…}`` as a script)."""
        call = self._assistant.calls.get(call_id)
        call = call or self._assistant.calls[self._assistant.default_call]
        return one_line(render("chat_header.html", "fr", call=call))

    def messages(self, conversation: Conversation) -> list[dict[str, Any]]:
        """What the page shows; suggestions stay on the last message only."""
        messages: list[dict[str, Any]] = []
        for exchange in conversation:
            if exchange.question.strip():
                messages.append({"role": "user", "content": render_question(exchange.question, "fr")})
            messages.append({"role": "assistant", "content": self._content(exchange)})
        last = conversation[-1].answer if conversation else None
        if last is not None and last.suggestions:
            messages[-1]["options"] = [{"value": value} for value in last.suggestions]
        return messages

    def _content(self, exchange: Exchange) -> str:
        answer = exchange.answer
        if answer is None:
            return render_notice(exchange.notice, "fr")
        return one_line(answer_html(answer, self._assistant.calls[answer.call], "fr"))

    def pick(
        self, conversation: Conversation, call: str, picked: gr.SelectData
    ) -> Iterator[tuple[Any, ...]]:
        """Ask an example or a suggestion."""
        value = picked.value
        yield from self.ask(value["text"] if isinstance(value, dict) else value, conversation, call)

    def ask(
        self, question: str, conversation: Conversation, call: str
    ) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer."""
        question = str(question or "").encode("utf-8", "replace").decode()
        waiting = Exchange(question, notice=texts("fr")["searching"])
        yield self.messages((*conversation, waiting)), conversation, ""
        done = (*conversation, self._exchange(question, conversation, call))
        yield self.messages(done), done, ""

    def _exchange(self, question: str, conversation: Conversation, call: str) -> Exchange:
        try:
            answer = self._assistant.ask(question, _history(conversation), call=call)
        except QuestionError as error:
            return Exchange(question, notice=str(error))
        except AssistantError:
            _log.exception("no answer in the chat")
            return Exchange(question, notice=texts("fr")["unavailable"])
        return Exchange(question, answer)


def _start_again() -> tuple[Any, ...]:
    return [], (), ""


def _history(conversation: Conversation) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for exchange in conversation:
        if exchange.answer is not None:
            turns.append(Turn(role="user", text=exchange.question))
            turns.append(Turn(role="assistant", text=exchange.answer.text))
    return tuple(turns[-MAX_TURNS:])


_HEAD = """
<meta name="robots" content="noindex">
<script src="/static/assistant/chat.js" defer></script>
"""


def _theme() -> gr.themes.Base:
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    return gr.themes.Default(
        primary_hue=gr.themes.colors.Color(
            name="ink", c50="#eef4fa", c100="#d9e7f4", c200="#b5cfe8", c300="#86b0d8",
            c400="#5389bd", c500="#2f6ca5", c600="#1f4e79", c700="#1a4166", c800="#153552",
            c900="#102a41", c950="#0a1c2c",
        ),
        neutral_hue="slate",
        font=fonts,
        font_mono=["ui-monospace", "monospace"],
        radius_size="sm",
    )  # fmt: skip
