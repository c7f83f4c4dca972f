"""/documents: a source as a page that can be linked to at a passage."""

from __future__ import annotations

from itertools import zip_longest
from urllib.parse import urldefrag, urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.types import Document
from assistant.web.calls import find_document
from assistant.web.deps import AssistantDep, LanguageDep
from assistant.web.pages import render
from assistant.web.passages import merge_passages, render_document
from assistant.web.texts import texts

MAX_PASSAGES = 50

router = APIRouter(prefix="/documents", include_in_schema=False)


@router.head("/{call}/{document}")
@router.get("/{call}/{document}")
def show_document(
    call: str, document: str, request: Request, assistant: AssistantDep, language: LanguageDep
) -> HTMLResponse:
    """The document as a page; each ``start`` and ``end`` of the query is a passage to mark."""
    found = find_document(assistant, call, document)
    passages = merge_passages(_pairs(request), len(found.text))
    page = render(
        "document.html",
        language,
        call=assistant.calls[call],
        document=found,
        original=_web_address(found, passages[0].start if passages else 0),
        outline=[(s.ordinal, s.level, found.heading_path(s.ordinal)[-1]) for s in found.sections],
        body=render_document(found, passages, texts(language)),
        has_passage=bool(passages),
        switch=_in(texts(language)["other_code"], request),
    )
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})


def _in(language: str, request: Request) -> str:
    """The same passage in the other language of the frame."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", language)]) + "#passage"


def _pairs(request: Request) -> list[tuple[int, int]]:
    starts = request.query_params.getlist("start")[:MAX_PASSAGES]
    ends = request.query_params.getlist("end")[:MAX_PASSAGES]
    pairs = []
    for start, end in zip_longest(starts, ends, fillvalue=""):
        if _is_offset(start) and _is_offset(end):
            pairs.append((int(start), int(end)))
    return pairs


def _is_offset(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 9


def _web_address(document: Document, offset: int) -> str | None:
    """Where the original is published; a PDF is opened at the page of ``offset``."""
    url = document.url or ""
    page = document.page(offset)
    if page is not None and urlsplit(url).path.lower().endswith(".pdf"):
        url = f"{urldefrag(url).url}#page={page}"
    return url if url.startswith(("https://", "http://")) else None
