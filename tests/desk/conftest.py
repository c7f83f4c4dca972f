"""The desk on the real assistant, and mails to give it."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from assistant.answering.assistant import Assistant
from assistant.desk.triage import Desk


@pytest.fixture(scope="session")
def desk(assistant: Assistant) -> Desk:
    """The mail desk of the first call."""
    return Desk(assistant)


@pytest.fixture
def letter() -> Callable[..., bytes]:
    """Builds a plain mail: body, subject, further headers."""

    def build(body: str, subject: str = "AAP", sender: str = "Ana Silva <ana@exemple.fr>", **headers: str) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, "aap@exemple.fr", subject
        message["Message-ID"] = headers.pop("message_id", "<1@exemple.fr>")
        message["Date"] = "Mon, 5 Feb 2024 10:00:00 +0100"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        return message.as_bytes()

    return build
