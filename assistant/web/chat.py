"""The handlers of the chat page: it shows what ``Assistant.ask`` says, and nothing else.

The page keeps no more of a conversation than the ids of its answers (the trail); what it shows
and what a follow-up goes on from is read from the store. So nothing that a browser sends is ever
taken for an earlier answer, and a conversation outlives the server's process.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import gradio as gr
from markupsafe import Markup

from assistant.answering.events import Cited, Done, Restart, Text
from assistant.errors import QuestionError
from assistant.types import Answer, Citation, Turn
from assistant.web.answers import Answers, UnknownCallError, served_calls
from assistant.web.banner import banner
from assistant.web.calls import describe_call
from assistant.web.pages import render
from assistant.web.rates import Rates, TooOftenError
from assistant.web.rendering import (
    answer_html,
    mail_address,
    one_line,
    render_draft,
    render_notice,
    render_question,
)
from assistant.web.schemas import MAX_TURNS
from assistant.web.sources import sources_html
from assistant.web.texts import Language, examples, texts

MAX_TRAIL = 25
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trail:
    """The ids of a conversation's answers, and the process that gave the last one."""

    ids: tuple[str, ...] = ()
    process: str = ""

    @classmethod
    def read(cls, text: str) -> Trail:
        """A trail as the page holds it; what is none is an empty one."""
        process, _, ids = str(text or "")[:1_000].rpartition(":")
        return cls(tuple(id_ for id_ in ids.split(",") if id_.isalnum())[-MAX_TRAIL:], process)

    def __str__(self) -> str:
        return f"{self.process}:{','.join(self.ids)}"


class Chat:
    """The page's handlers."""

    def __init__(self, answers: Answers, rates: Rates) -> None:
        self._answers = answers
        self._rates = rates
        self._process = secrets.token_hex(4)

    def header(self, call_id: str, language: str) -> str:
        """The head of the page for a call (not for gr.HTML, which runs ``${…}`` as a script); for
        one that is not served, which are."""
        spoken = _language(language)
        assistant = self._answers.assistant
        call = assistant.calls.get(call_id)
        if call is None:
            known = assistant.calls.values()
            return one_line(render("chat_unknown.html", spoken, asked=call_id[:64], calls=known))
        page = render(
            "chat_header.html",
            spoken,
            call=call,
            state=banner(describe_call(assistant, call.id), spoken),
            mail=mail_address(call.handoff.email, call, "", spoken),
        )
        return one_line(page)

    def privacy(self, language: str) -> str:
        """What is kept of a conversation."""
        spoken = _language(language)
        return render_notice(texts(spoken)["privacy"].format(days=self._answers.keep_days), spoken)

    def sources(self, call_id: str, language: str) -> str:
        """The resources that a call links to, with their states; "" for one that is not served."""
        assistant = self._answers.assistant
        if call_id not in assistant.calls:
            return ""
        return one_line(sources_html(assistant, call_id, _language(language)))

    def arrive(self, request: gr.Request) -> tuple[Any, ...]:
        """A page that loads: in its language, with the conversation that its address names.

        Without one the conversation is left alone: its first answer may be there before this."""
        query = request.query_params
        language = _language(query.get("lang") or request.headers.get("accept-language", "fr")[:2])
        words = texts(language)
        trail = Trail.read(query.get("answers", ""))
        kept = self._read(trail)
        calls = self._answers.assistant.calls
        call = query.get("call") or self._answers.assistant.default_call
        if kept and kept[-1].call in calls:
            call = kept[-1].call
        conversation: dict[str, Any] = {"value": self.messages(kept, language)} if kept else {}
        shown = gr.update(
            **conversation,
            placeholder=render_notice(words["empty_chat"], language),
            examples=[{"text": question} for question in examples(language)],
            label=words["conversation"],
        )
        return (
            shown,
            str(Trail(tuple(answer.id for answer in kept), self._process)) if kept else gr.skip(),
            self.header(call, language),
            gr.update(label=words["call"], value=call if call in calls else None),
            gr.update(label=words["question"], placeholder=words["placeholder"]),
            gr.update(value=words["send"]),
            gr.update(value=words["new_chat"]),
            language,
            gr.update(label=words["chat_tab"]),
            gr.update(label=words["sources_tab"]),
            self.sources(call, language),
            self.privacy(language),
        )

    def messages(
        self, kept: Sequence[Answer], language: Language, *more: tuple[str, str]
    ) -> list[dict[str, Any]]:
        """What the page shows: answers, and (question, notice) where there is no answer.

        Suggestions stay on the last message only.
        """
        shown: list[dict[str, Any]] = []
        for answer in kept:
            shown.append(_said("user", render_question(answer.question, language)))
            shown.append(_said("assistant", self._content(answer, language)))
        for question, notice in more:
            if question.strip():
                shown.append(_said("user", render_question(question, language)))
            if notice:
                shown.append(_said("assistant", render_notice(notice, language)))
        if kept and not more and kept[-1].suggestions:
            shown[-1]["options"] = [{"value": value} for value in kept[-1].suggestions]
        return shown

    def _content(self, answer: Answer, language: Language) -> str:
        calls = self._answers.assistant.calls
        call = calls.get(answer.call) or calls[self._answers.assistant.default_call]
        actions = Markup(render("actions.html", language, answer=answer))  # noqa: S704
        return one_line(answer_html(answer, call, language, writes=self._answers.assistant.writes) + actions)

    def pick(
        self, trail: str, call: str | None, language: str, picked: gr.SelectData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Ask an example or a suggestion."""
        value = picked.value
        question = value["text"] if isinstance(value, dict) else value
        yield from self.ask(question, trail, call, language, request)

    def ask(
        self, question: str, trail: str, call: str | None, language: str, request: gr.Request | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer; without one, the question is back in its box.

        ``call`` is None on a page of no call that is served."""
        spoken = _language(language)
        words = texts(spoken)
        question = str(question or "").encode("utf-8", "replace").decode()
        before = Trail.read(trail)
        kept = self._read(before)
        yield self.messages(kept, spoken, (question, words["searching"])), trail, ""
        try:
            self._rates.take(request.client.host if request and request.client else None)
            if not call:
                raise UnknownCallError
            for said in self._write(question, kept, call, spoken):
                if isinstance(said, Answer):
                    answer = said
                else:
                    yield [*self.messages(kept, spoken, (question, "")), said], trail, ""
        except QuestionError as error:
            notice = str(error) if spoken == "fr" else words["detail_question"]
        except TooOftenError:
            notice = words["detail_429"]
        except UnknownCallError:
            notice = words["detail_call"].format(served=served_calls(self._answers.assistant))
        except Exception:
            _log.exception("no answer in the chat")
            notice = words["unavailable"]
        else:
            now = [*kept, answer][-MAX_TRAIL:]
            ids = tuple(known.id for known in now)
            messages = self.messages(now, spoken)
            if before.ids and before.process != self._process:
                messages.insert(len(messages) - 2, _said("assistant", render_notice(words["restored"], spoken)))
            yield messages, str(Trail(ids, self._process)), ""
            return
        yield self.messages(kept, spoken, (question, notice)), trail, question

    def _write(
        self, question: str, kept: Sequence[Answer], call: str, language: Language
    ) -> Iterator[Answer | dict[str, Any]]:
        """What has been verified so far, as a message, whenever there is more; then the answer."""
        text, quotes = "", list[Citation]()
        for event in self._answers.follow(question, _history(kept), call):
            match event:
                case Done(answer):
                    yield answer
                case Restart():
                    text, quotes = "", []
                case Cited(citation):
                    quotes.append(citation)
                case Text(delta):
                    text += delta
                    yield _said("assistant", render_draft(text, quotes, language))

    def _read(self, trail: Trail) -> list[Answer]:
        return self._answers.find_all(trail.ids)


def _said(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _language(language: str) -> Language:
    return cast(Language, language if language == "en" else "fr")


def _history(kept: Sequence[Answer]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for answer in kept:
        turns.append(Turn(role="user", text=answer.question))
        turns.append(Turn(role="assistant", text=answer.text[:20_000]))
    return tuple(turns[-MAX_TURNS:])
