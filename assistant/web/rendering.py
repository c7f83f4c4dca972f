"""An answer as the HTML of one chat message.

Everything from a question, a document or a model is escaped here; Gradio's sanitiser in the
browser is the second lock, not the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from assistant.answering.texts import spoken
from assistant.call import Call
from assistant.types import ABSTENTIONS, Answer, Citation
from assistant.web.badges import badge
from assistant.web.pages import render
from assistant.web.texts import Language, texts

_LINKED = re.compile(r"\[(?P<index>\d{1,3})\]|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def answer_html(
    answer: Answer, call: Call, language: Language, *, writes: bool = False
) -> Markup:
    """An answer with labels in ``language``; its text and its quotes say what language they are.

    Where a model ``writes``, an answer without it says so.
    """
    stands_in = writes and answer.mode == "extractive" and answer.status not in ABSTENTIONS
    mail = mail_address(answer.handoff.email, call, answer.question, language) if answer.handoff else ""
    html = render(
        "answer.html",
        language,
        answer=answer,
        badge=badge(answer),
        spoken=spoken(answer.language),
        source_language=call.language,
        text=_markdown(answer.text, answer.citations),
        mail=mail,
        mode=answer.mode if stands_in or answer.mode != "extractive" else "",
    )
    return Markup(html)  # noqa: S704


def mail_address(email: str, call: Call, question: str, language: Language) -> str:
    """A mailto: address with the question written into the message."""
    words = texts(language)
    subject = quote(words["mail_subject"].format(title=call.title))
    body = quote(words["mail_body"].replace("{question}", question[:1_500]), errors="replace")
    return f"mailto:{quote(email, safe='@+')}?subject={subject}&body={body}"


def render_question(question: str, language: Language) -> str:
    """The message for what the user wrote."""
    return one_line(render("question.html", language, question=question))


def render_draft(text: str, quotes: Sequence[Citation], language: Language) -> str:
    """The message for an answer that is still being written."""
    return one_line(render("draft.html", language, text=_markdown(text, quotes)))


def render_notice(notice: str, language: Language) -> str:
    """The message for a sentence of ours, such as why a question can't be taken."""
    return one_line(render("notice.html", language, notice=notice))


def _markdown(text: str, citations: Sequence[Citation]) -> Markup:
    """Plain Markdown to HTML: no HTML, links or images from the text; markers become links."""
    links = {citation.index: citation.url for citation in citations}
    return Markup(_PARSER.render(text, {"links": links}))  # noqa: S704


def _text(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Mapping[str, Any],
    env: Mapping[str, Any],
) -> str:
    content = tokens[index].content
    pieces: list[Markup] = []
    at = 0
    for match in _LINKED.finditer(content):
        pieces.append(escape(content[at : match.start()]))
        pieces.append(_link(match, env["links"]))
        at = match.end()
    pieces.append(escape(content[at:]))
    return Markup("").join(pieces)


def _link(match: re.Match[str], links: Mapping[int, str]) -> Markup:
    if match["email"]:
        return Markup('<a href="mailto:{0}">{0}</a>').format(match["email"])
    url = links.get(int(match["index"]))
    if url is None:
        return escape(match.group())
    return Markup('<a class="marker" href="{}" target="_blank" rel="noopener">[{}]</a>').format(
        url, match["index"]
    )


def one_line(html: str) -> str:
    """Markdown in the browser leaves an HTML block alone up to the first empty line."""
    return re.sub(r"\s*\n\s*", " ", html.replace("\r", "")).strip()


_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["html_block", "html_inline", "link", "image", "autolink", "reference", "code", "fence"]
)
_PARSER.add_render_rule("text", _text)
