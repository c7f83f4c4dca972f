"""What is known of the resources that a call links to, as a part of the chat page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date

from assistant.answering.assistant import Assistant
from assistant.errors import CorpusError
from assistant.sources import Kept
from assistant.web.pages import render
from assistant.web.texts import Language, Texts, texts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Row:
    """``address`` is where the resource is published, ``page`` where its copy can be read here."""

    title: str
    address: str | None
    state: str
    here: bool
    page: str | None
    fetched: str


def sources_html(assistant: Assistant, call: str, language: Language) -> str:
    """Every linked resource with its state, and its copy where one is indexed."""
    try:
        known = assistant.sources(call)
    except CorpusError:
        _log.exception("the list of sources can't be read")
        known = []
    indexed = assistant.index(call).documents
    words = texts(language)
    rows = [_row(kept, call, kept.source.id in indexed, words, language) for kept in known]
    here = sum(row.here for row in rows)
    return render("sources.html", language, known=rows, here=here)


def _row(kept: Kept, call: str, indexed: bool, words: Texts, language: Language) -> _Row:
    url = kept.source.url or ""
    time = kept.state.fetched
    day = format_date(datetime.fromisoformat(time), "d MMMM y", locale=language) if time else ""
    return _Row(
        title=kept.source.title,
        address=url if url.startswith(("https://", "http://")) else None,
        state=words[f"source_{kept.state.state}"],
        here=kept.file is not None,
        page=f"/documents/{call}/{kept.source.id}" if indexed and kept.file is not None else None,
        fetched=day,
    )
