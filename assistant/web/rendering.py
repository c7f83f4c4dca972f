"""An answer as the HTML of one chat message.

Everything from a question, a document or a model is escaped here; Gradio's sanitiser in the
browser is the second lock, not the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from assistant.types import Answer, Citation
from assistant.web.pages import render

_LINKED = re.compile(r"\[(?P<index>\d{1,3})\]|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_DIALLED = re.compile(r"[^\d+]")


def render_answer(answer: Answer, source_language: str) -> str:
    """The message for ``answer``, in its language; quotes are in ``source_language``."""
    language = "fr" if answer.language == "fr" else "en"
    phone = answer.handoff.phone if answer.handoff else None
    message = render(
        "answer.html",
        language,
        answer=answer,
        source_language=source_language,
        text=_markdown(answer.text, answer.citations),
        dialled=_DIALLED.sub("", phone or ""),
    )
    return one_line(message)


def render_question(question: str) -> str:
    """The message for what the user wrote."""
    return one_line(render("question.html", "fr", question=question))


def render_notice(notice: str) -> str:
    """The message for a sentence of ours, such as why a question can't be taken."""
    return one_line(render("notice.html", "fr", notice=notice))


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
