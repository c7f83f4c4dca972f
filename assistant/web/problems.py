"""Every error as application/problem+json (RFC 9457), or as a page for whoever reads pages."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from assistant.errors import AssistantError, QuestionError
from assistant.web.answers import BusyError, SlowError, UnknownCallError, served_calls
from assistant.web.pages import render
from assistant.web.rates import TooOftenError
from assistant.web.schemas import FieldError, ProblemOut
from assistant.web.texts import preferred_language, texts

MEDIA_TYPE = "application/problem+json"
OPENAI = "/v1/"
MAX_BODY_BYTES = 256 * 1024
_MAX_FIELDS = 10
_log = logging.getLogger(__name__)


class UnknownNameError(AssistantError):
    """The address names something that is not there; ``kind`` is a key of the texts."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class StoreError(AssistantError):
    """The database can't be read or written."""


class MessagesError(AssistantError):
    """The conversation does not end with a text of the user's."""


def install_problems(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem."""
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_fields)
    app.add_exception_handler(AssistantError, _on_assistant)
    app.add_exception_handler(Exception, _on_unexpected)


def problem(
    request: Request,
    status: int,
    kind: str | None = None,
    *,
    detail: str | None = None,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response for ``status``; ``kind`` picks its texts and its type."""
    language = preferred_language(request.headers.get("accept-language", ""))
    body = problem_body(request, status, kind, detail=detail, errors=errors)
    sent = {"Content-Language": language, "Vary": "Accept, Accept-Language", **(headers or {})}
    if _reads_pages(request):
        page = render("error.html", language, problem=body)
        return HTMLResponse(page, status_code=status, headers=sent)
    if request.url.path.startswith(OPENAI):
        content, media_type = json.dumps(_as_openai(body)), "application/json"
    else:
        # ASCII: nothing can fail to encode
        content, media_type = json.dumps(body.model_dump(exclude_none=True)), MEDIA_TYPE
    return Response(content, status_code=status, media_type=media_type, headers=sent)


def problem_body(
    request: Request,
    status: int,
    kind: str | None = None,
    *,
    detail: str | None = None,
    errors: list[FieldError] | None = None,
) -> ProblemOut:
    """What is said of ``status`` in the reader's language."""
    language = preferred_language(request.headers.get("accept-language", ""))
    words = texts(language)
    key = kind or (str(status) if f"problem_{status}" in words else "other")
    fields = ", ".join(error.field for error in errors or ())
    request_id = request.scope.get("request_id")
    served = served_calls(request.app.state.assistant) if key == "call" else ""
    said = words[f"detail_{key}"].format(limit=MAX_BODY_BYTES // 1024, fields=fields, served=served)
    return ProblemOut(
        type=f"urn:aap:problem:{key}",
        title=words[f"problem_{key}"],
        status=status,
        detail=detail or said,
        instance=f"urn:aap:request:{request_id}" if request_id else None,
        errors=errors,
    )


def _as_openai(body: ProblemOut) -> dict[str, object]:
    kind = "invalid_request_error" if body.status < 500 else "server_error"
    param = body.errors[0].field if body.errors else None
    code = body.type.rpartition(":")[2]
    return {"error": {"message": body.detail, "type": kind, "param": param, "code": code}}


def _reads_pages(request: Request) -> bool:
    is_api = request.url.path.startswith(("/api/", OPENAI))
    return not is_api and "text/html" in request.headers.get("accept", "")


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(request, error.status_code, headers=error.headers)


async def _on_fields(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if request.method == "POST" and not _says_json(request) and not _reads_pages(request):
        return problem(request, 415)
    if any(item["type"] == "json_invalid" for item in found):
        return problem(request, 400)
    errors = [
        FieldError(field=_field(item["loc"]), code=item["type"]) for item in found[:_MAX_FIELDS]
    ]
    return problem(request, 422, errors=errors)


def _field(location: tuple[int | str, ...]) -> str:
    path = ".".join(str(part) for part in location[1:]) or "body"
    return path.encode("ascii", "backslashreplace").decode()[:100]


def _says_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


async def _on_assistant(request: Request, error: Exception) -> Response:
    status, kind, detail, headers = _said(request, error)
    return problem(request, status, kind, detail=detail, headers=headers)


def failure(request: Request, error: Exception) -> ProblemOut:
    """What is said of an error where the response is not the problem alone."""
    status, kind, detail, _ = _said(request, error)
    return problem_body(request, status, kind, detail=detail)


def problem_headers(error: Exception) -> dict[str, str]:
    """Retry-After, where waiting helps."""
    if isinstance(error, TooOftenError):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": "2"} if isinstance(error, BusyError) else {}


def _said(
    request: Request, error: Exception
) -> tuple[int, str | None, str | None, dict[str, str]]:
    if isinstance(error, UnknownNameError):
        return 404, error.kind, None, {}
    if isinstance(error, UnknownCallError):
        return 404, "call", None, {}
    if isinstance(error, QuestionError):
        french = preferred_language(request.headers.get("accept-language", "")) == "fr"
        return 422, "question", str(error) if french else None, {}
    if isinstance(error, MessagesError):
        return 422, "messages", None, {}
    if isinstance(error, TooOftenError):
        return 429, None, None, {"Retry-After": str(error.retry_after)}
    if isinstance(error, BusyError):
        return 503, "busy", None, {"Retry-After": "2"}
    if isinstance(error, SlowError):
        return 503, "slow", None, {"Retry-After": "10"}
    if not isinstance(error, AssistantError):
        _log.error("%s %s", request.method, request.url.path, exc_info=error)
        return 500, None, None, {}
    _log.error("%s %s: %s", request.method, request.url.path, error)
    return 503, None, None, {"Retry-After": "10"}


async def _on_unexpected(request: Request, error: Exception) -> Response:
    return problem(request, 500, headers={"X-Content-Type-Options": "nosniff"})
