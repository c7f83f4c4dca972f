"""The same question asked many times: read once, answered once, approved for all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.desk.approval import PassageChangedError, approve, reworded, same_question
from assistant.desk.decisions import MailMissingError, MailTakenError
from assistant.web.desk.site import Reader, Signer, desk_of, page

router = APIRouter()


@router.get("/same")
def groups(request: Request, user: Reader) -> Response:
    """Groups of mails with one question and the same answer."""
    site = desk_of(request)
    return page(request, "desk_same.html", user, groups=same_question(site.store, site.call.id))


@router.post("/same")
def approve_all(
    request: Request, user: Signer, wording: Annotated[str, Form()] = "", mail: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Approve the replies to the chosen mails ("id:version"), each in its own letter. A mail that
    changed meanwhile, or quotes a passage that did, is left as it is."""
    site = desk_of(request)
    wording = wording.replace("\r\n", "\n")
    approved = 0
    for entry in (mail or [])[:500]:
        id_, _, version = entry.partition(":")
        if not (id_.isdecimal() and version.isdecimal()):
            raise HTTPException(422)
        try:
            draft = reworded(site.store.mail(int(id_[:12])), wording)
            if draft is not None:
                approve(site.office, int(id_[:12]), user, version=int(version[:12]), draft=draft)
                approved += 1
        except (MailMissingError, MailTakenError, PassageChangedError):
            continue
    return RedirectResponse(f"/desk?done=bulk_done&n={approved}", 303)
