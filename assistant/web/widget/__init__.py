"""/widget.js, one file made of widget.js, widget.css and the texts; /widget/demo shows it."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.answering.texts import SPOKEN
from assistant.web.badges import off_topic
from assistant.web.deps import AssistantDep, LanguageDep
from assistant.web.pages import render
from assistant.web.texts import texts

MAX_GZIPPED_BYTES = 30_000
_FOLDER = Path(__file__).parent
_WORDS = (
    "site can_do privacy examples examples_title question send searching sources suggestions you "
    "answer_title answer_ready new_tab close contact mail_subject mail_body copy_answer copy_link copied "
    "not_copied helped wrong why reason_incorrect reason_incomplete reason_wrong_passage "
    "reason_unclear reason_other comment send_feedback thanks not_sent open_widget origin_refused "
    "try_again state_upcoming state_open state_open_1 state_open_0 state_closed status_partial "
    "status_not_in_sources status_out_of_scope status_refused"
).split()

router = APIRouter(include_in_schema=False)


@lru_cache(maxsize=4)
def build_widget(keep_days: int) -> bytes:
    """The script as it is served."""
    words = {
        lang: {word: texts(lang)[word] for word in _WORDS} for lang in ("fr", "en")
    }
    style = " ".join(_read("widget.css").split())
    made = _read("widget.js")
    for mark, value in (
        ('/*TEXTS*/ {}', json.dumps(words, ensure_ascii=False)),
        ("/*OFF_TOPIC*/ {}", json.dumps({lang: off_topic(lang) for lang in SPOKEN}, ensure_ascii=False)),
        ('/*STYLE*/ ""', json.dumps(style)),
        ("/*DAYS*/ 90", str(keep_days)),
    ):
        assert mark in made
        made = made.replace(mark, value)
    return made.encode()


def integrity(script: bytes) -> str:
    """The fingerprint for the attribute of the same name (SRI)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()


@router.get("/widget.js")
def widget_script(request: Request) -> Response:
    """The script; public, so that pages can check its fingerprint."""
    script = build_widget(request.app.state.settings.keep_days)
    tag = f'"{hashlib.sha256(script).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=3600",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/widget/demo")
def widget_demo(request: Request, assistant: AssistantDep, language: LanguageDep) -> HTMLResponse:
    """A page that carries the widget, and what to copy."""
    script = build_widget(request.app.state.settings.keep_days)
    page = render(
        "widget_demo.html",
        language,
        base=str(request.base_url).rstrip("/"),
        call=assistant.calls[assistant.default_call],
        integrity=integrity(script),
    )
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
