"""What officers validated, and how it is taken back: words for answers, corrections of triage."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.desk.corrections import corrections, set_correction
from assistant.desk.wordings import set_wording, stands, wordings
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
