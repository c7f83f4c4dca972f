"""Who is at the desk: a signed cookie, and a token that only our own forms carry."""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "aap_desk"
LIFETIME_S = 8 * 3600


class Sessions:
    """Signs sessions with a key that is kept in the data folder, readable by its owner alone."""

    def __init__(self, data_dir: Path) -> None:
        key = _key(data_dir / "desk.key")
        self._key = key
        self._signer = URLSafeTimedSerializer(key, salt="desk-session")

    def read(self, request: Request) -> tuple[str, str]:
        """The officer ("" for nobody) and the session's number ("" without a session)."""
        try:
            user, number = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=LIFETIME_S)
        except (BadSignature, ValueError, TypeError):
            return "", ""
        return str(user), str(number)

    def start(self, request: Request, response: Response, user: str) -> str:
        """Begin a session of ``user`` ("" before the login); its number."""
        number = secrets.token_urlsafe(16)
        response.set_cookie(
            COOKIE, str(self._signer.dumps([user, number])), max_age=LIFETIME_S, path="/desk",
            httponly=True, samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return number

    def csrf(self, number: str) -> str:
        """The token of a session's forms."""
        return hmac.new(self._key, f"csrf:{number}".encode(), sha256).hexdigest()

    def genuine(self, request: Request, token: str) -> bool:
        """Whether a form of this session sent the request."""
        number = self.read(request)[1]
        return bool(number) and hmac.compare_digest(self.csrf(number), token)


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as out:
        key = secrets.token_bytes(32)
        out.write(key)
    return key
