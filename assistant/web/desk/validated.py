"""What officers validated, and how it is taken back: words for answers, corrections of triage."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.desk.corrections import corrections, set_correction
from assistant.desk.tables import Wording
from assistant.desk.wordings import confirm, expired_wording, set_wording, stands, wordings
from assistant.types import Answer
from assistant.web.desk.site import Reader, Signer, desk_of, page

router = APIRouter()
_CHANGES = {"wording": set_wording, "correction": set_correction}


@router.get("/validated")
def validated(request: Request, user: Reader) -> Response:
    """Words and corrections, those in use and those withdrawn."""
    site = desk_of(request)
    kept = wordings(site.store, site.call.id, all_=True)[:300]
    documents = site.documents.values()
    return page(
        request, "desk_validated.html", user, wordings=kept, expired={row.id for row in kept if not stands(row, documents)},
        corrections=corrections(site.store, site.call.id, all_=True)[:300],
    )  # fmt: skip


@router.post("/validated")
def change(
    request: Request, user: Signer, kind: Annotated[str, Form()] = "", id_: Annotated[int, Form(alias="id")] = 0,
    withdraw: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Withdraw or restore one."""
    if kind not in _CHANGES:
        raise HTTPException(422)
    _CHANGES[kind](desk_of(request).store, user, id_, withdrawn=bool(withdraw))
    return RedirectResponse("/desk/validated", 303)


@router.get("/validated/{id_}")
def expired(request: Request, user: Reader, id_: int) -> Response:
    """Words that expired, beside the answer that their question gets now."""
    wording, answer = _of_now(request, id_)
    return page(request, "desk_expired.html", user, wording=wording, answer=answer, text=wording.text)


@router.post("/validated/{id_}")
def confirm_expired(request: Request, user: Signer, id_: int, text: Annotated[str, Form()] = "") -> Response:
    """Use words for the answer of now, as the officer changed them."""
    site = desk_of(request)
    wording, answer = _of_now(request, id_)
    learned = confirm(site.store, user, id_, text, answer, site.call)
    if learned is not None and learned.refused:
        return page(
            request, "desk_expired.html", user, status=422, notice=learned.refused, wording=wording, answer=answer, text=text
        )  # fmt: skip
    return RedirectResponse("/desk/validated", 303)


def _of_now(request: Request, id_: int) -> tuple[Wording, Answer]:
    site = desk_of(request)
    wording = expired_wording(site.store, site.call.id, id_)
    if wording is None:
        raise HTTPException(404)
    return wording, site.assistant.ask(wording.question, call=site.call.id)
