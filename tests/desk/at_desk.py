"""What an officer does at the desk, for tests that look at what follows."""

from __future__ import annotations

import re

from aiosmtpd.smtp import Envelope
from starlette.testclient import TestClient

from assistant.desk.store import Store
from assistant.desk.triage import Desk

PASSWORD = "a long enough password"


def csrf_of(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found
    return found.group(1)


def log_in(client: TestClient, password: str = PASSWORD) -> int:
    """Log anne in; the status of the answer."""
    csrf = csrf_of(client.get("/desk/login").text)
    return client.post("/desk/login", data={"csrf": csrf, "name": "anne", "password": password}).status_code


def keep(store: Store, desk: Desk, raw: bytes) -> int:
    """Put a mail into the desk; its id."""
    id_ = store.add(raw, desk.triage(raw), call=desk.call.id, source="test")
    assert id_ is not None
    return id_


def post(client: TestClient, path: str, **fields: str | list[str]) -> int:
    """Send a form of the desk; the status of the answer."""
    csrf = csrf_of(client.get("/desk").text)
    return client.post(path, data={"csrf": csrf, **fields}).status_code


def decide(client: TestClient, store: Store, id_: int, action: str, **fields: str) -> int:
    """Press a button on a mail's page as it is now."""
    mail = store.mail(id_)
    form = {"version": str(mail.version), "action": action, "draft": mail.draft, "note": mail.note, **fields}
    return post(client, f"/desk/mails/{id_}", **form)


class Received:
    """What an SMTP server took."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        """Take a mail."""
        self.envelopes.append(envelope)
        return "250 OK"
