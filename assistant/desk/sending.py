"""Sends an approved reply over SMTP. Off unless AAP_SMTP_SEND is on: replies go into Drafts."""

from __future__ import annotations

import smtplib
import ssl
from email import message_from_bytes
from email.policy import SMTP
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from assistant.errors import AssistantError, ConfigurationError
from assistant.settings import Settings

_PORTS = {"tls": 465, "starttls": 587, "none": 25}


class SendingError(AssistantError):
    """The reply was not sent; the message says what to check."""


class SmtpSettings(BaseModel):
    """The server that takes replies."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int
    user: str | None = None
    password: SecretStr | None = None
    security: Literal["tls", "starttls", "none"] = "starttls"
    ca_file: str | None = None
    timeout_s: float = 30.0


def smtp_of(settings: Settings) -> SmtpSettings | None:
    """Where to send to, None while sending is off. Raises ConfigurationError when it is on without
    a server."""
    if not settings.smtp_send:
        return None
    if not settings.smtp_host:
        raise ConfigurationError("AAP_SMTP_SEND is on: set AAP_SMTP_HOST, or turn it off.")
    return SmtpSettings(
        host=settings.smtp_host, port=settings.smtp_port or _PORTS[settings.smtp_security],
        user=settings.smtp_user, password=settings.smtp_password, security=settings.smtp_security,
        ca_file=str(settings.smtp_ca_file) if settings.smtp_ca_file else None,
    )  # fmt: skip


def send(settings: SmtpSettings, raw: bytes) -> None:
    """Send one reply to whom it is addressed. Raises SendingError."""
    message = message_from_bytes(raw, policy=SMTP)
    if not message["To"]:
        raise SendingError("The reply has no address to go to: download it and write the address in.")
    context = ssl.create_default_context(cafile=settings.ca_file)
    try:
        if settings.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_s, context=context)
        else:
            client = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
        with client:
            if settings.security == "starttls":
                client.starttls(context=context)
            if settings.user and settings.password:
                client.login(settings.user, settings.password.get_secret_value())
            client.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise SendingError(f"{settings.host} did not take the reply ({type(error).__name__}): check AAP_SMTP_….") from error
