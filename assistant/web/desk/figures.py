"""The desk in figures, also as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from assistant.desk.figures import figures, rows
from assistant.web.desk.site import Reader, closed, desk_of, page

router = APIRouter()


@router.get("/figures")
def figures_page(request: Request, user: Reader) -> Response:
    """Mails a day, topics, share answered, time to answer, open questions."""
    site = desk_of(request)
    return page(request, "desk_figures.html", user, f=figures(site.store, site.call.id, site.call.timezone))


@router.get("/figures.csv")
def figures_file(request: Request, user: Reader) -> Response:
    """The same as CSV."""
    site = desk_of(request)
    found = figures(site.store, site.call.id, site.call.timezone)
    return _csv(["figure", "of", "value"], rows(found))


@router.get("/questions.csv")
def open_questions(request: Request, user: Reader) -> Response:
    """Questions that the regulation does not answer, for who writes the next one."""
    site = desk_of(request)
    found = figures(site.store, site.call.id, site.call.timezone)
    return _csv(["question", "nombre", "categorie"], found.unanswered)


def _csv(header: Sequence[str], lines: Iterable[Sequence[str | int | float]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in line] for line in lines)
    return closed(Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8"))


def _cell(value: str | int | float) -> str | int | float:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value
