"""/docs: the API's contract, browsable without any network (Swagger UI from our own server)."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.web.deps import LanguageDep
from assistant.web.pages import render
from assistant.web.texts import texts

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def show_docs(language: LanguageDep) -> HTMLResponse:
    """The page that reads /openapi.json."""
    return HTMLResponse(render("docs.html", language))


@router.get("/api/v1/texts")
def read_texts(language: LanguageDep) -> dict[str, str]:
    """What our own pages' scripts say, in their reader's language."""
    return dict(texts(language))
