"""Who comes to the desk and goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk.users import check_password
from assistant.web.desk.session import COOKIE
from assistant.web.desk.site import Signer, closed, desk_of, page

router = APIRouter()


@router.get("/login")
def login_page(request: Request) -> Response:
    """The login form, in a session of nobody's yet."""
    return _form(request, refused=False)


@router.post("/login")
def login(
    request: Request, csrf: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Let an officer in."""
    site = desk_of(request)
    if not site.sessions.genuine(request, csrf) or not check_password(site.store, name, password):
        return _form(request, refused=True)
    response = RedirectResponse("/desk", 303)
    site.sessions.start(request, response, name.strip())
    return response


@router.post("/logout")
def logout(user: Signer) -> Response:
    """Forget who is at the desk."""
    response = RedirectResponse("/desk/login", 303)
    response.delete_cookie(COOKIE, path="/desk")
    return response


def _form(request: Request, *, refused: bool) -> Response:
    sessions = desk_of(request).sessions
    response = HTMLResponse(status_code=403 if refused else 200)
    number = sessions.start(request, response, "")
    made = page(request, "desk_login.html", "", refused=refused, csrf=sessions.csrf(number))
    response.body = made.body
    response.headers["content-length"] = str(len(made.body))
    return closed(response)
