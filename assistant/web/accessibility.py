"""/accessibility: the statement that the law asks for, from the results of the browser tests.

The results stand in accessibility.json, which tests/web/test_accessibility.py compares with what
it finds, and writes anew to artifacts/.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.web.deps import AssistantDep, LanguageDep
from assistant.web.pages import render

router = APIRouter(include_in_schema=False)


@lru_cache(maxsize=1)
def results() -> dict[str, Any]:
    """When and how the states were tested, and the number of violations of each."""
    path = Path(__file__).with_name("accessibility.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@router.get("/accessibility")
def show_statement(assistant: AssistantDep, language: LanguageDep) -> HTMLResponse:
    """The statement."""
    found = results()
    day = date.fromisoformat(found["date"])
    page = render(
        "accessibility.html",
        language,
        call=assistant.calls[assistant.default_call],
        found=found,
        day=format_date(day, "long", "fr" if language == "fr" else "en_GB"),
    )
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})
