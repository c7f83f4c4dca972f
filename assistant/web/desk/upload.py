"""Mails that the officer puts in herself: .eml and mbox files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.desk.files import read_mails
from assistant.desk.sync import keep_mail
from assistant.web.desk.site import DeskSite, Reader, desk_of, page, user_of

router = APIRouter()
MAX_FILES = 200
_MBOX = b"From "


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How many mails are new, how many were there, and what could not be read."""

    new: int
    known: int
    unreadable: tuple[str, ...]


@router.get("/upload")
def form(request: Request, user: Reader) -> Response:
    """Where files are chosen."""
    return page(request, "desk_upload.html", user, uploaded=None)


@router.post("/upload")
async def upload(request: Request) -> Response:
    """Keep the mails of the files. Nothing is read from anybody who is not logged in."""
    user = await run_in_threadpool(user_of, request)
    if not user:
        raise HTTPException(403)
    async with request.form(max_files=MAX_FILES, max_fields=10) as data:
        csrf = data.get("csrf")
        if not isinstance(csrf, str) or not desk_of(request).sessions.genuine(request, csrf):
            raise HTTPException(403)
        uploaded = await run_in_threadpool(_keep, desk_of(request), data, user)
    return await run_in_threadpool(page, request, "desk_upload.html", user, uploaded=uploaded)


def _keep(site: DeskSite, data: FormData, user: str) -> Uploaded:
    desk = site.triager()
    new = known = 0
    unreadable = []
    with tempfile.TemporaryDirectory() as folder:
        for number, part in enumerate(data.getlist("files")):
            if not isinstance(part, UploadFile) or not (part.filename or part.size):
                continue
            content = part.file.read()
            name = Path(part.filename or f"{number}").name[:120]
            path = Path(folder) / f"{number}{'.mbox' if content.startswith(_MBOX) else '.eml'}"
            path.write_bytes(content)
            for index, (_, raw) in enumerate(read_mails([path]), start=1):
                if not isinstance(raw, bytes):
                    unreadable.append(name)
                elif keep_mail(desk, site.store, raw, f"{user}: {name}#{index}") is None:
                    known += 1
                else:
                    new += 1
    return Uploaded(new, known, tuple(unreadable))
