"""Mail cases: a compact YAML item becomes a real MIME mail of the shape that it names."""

from __future__ import annotations

from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from html import escape
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from assistant.errors import CorpusError
from evals.cases import Spellings

Shape = Literal[
    "plain", "latin1", "cp1252", "b64", "html", "alternative", "bounce", "reply", "rfc822", "calendar"
]  # fmt: skip


class MailGold(BaseModel):
    """What is right for a mail; None is not scored. A person's mail that needs a reply is the default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    automated: bool = False
    reply: bool = True
    human: bool | None = None
    language: str | None = None
    category: str | None = None
    questions: list[str] = []
    facts: list[Spellings] | None = None


class MailCase(BaseModel):
    """One mail."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    split: str = "dev"
    sender: str
    subject: str
    body: str
    shape: Shape = "plain"
    headers: dict[str, str] = {}
    gold: MailGold

    @property
    def raw(self) -> bytes:
        """The mail as it would arrive."""
        return render(self)


def _renamed(item: object) -> object:
    if isinstance(item, dict) and "from" in item:
        return {("sender" if key == "from" else key): value for key, value in item.items()}
    return item


_Item = Annotated[MailCase, BeforeValidator(_renamed)]


class _File(BaseModel):
    mails: list[_Item]


def load_mails(path: Path) -> list[MailCase]:
    """Cases of a YAML file. Raises CorpusError naming the file and the item."""
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _File(mails=items).mails
    except FileNotFoundError as error:
        raise CorpusError(f"{path} is missing.") from error
    except yaml.YAMLError as error:
        raise CorpusError(f"{path} is not valid YAML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise CorpusError(f"{path}, {place}: {first['msg']}.") from error


def render(case: MailCase) -> bytes:
    """The bytes of a mail in its shape."""
    message = _message(case)
    name, address = parseaddr(case.sender)
    message["From"] = formataddr((name, address))
    message["To"] = "aap@exemple.gouv.fr"
    message["Subject"] = case.subject
    message["Message-ID"] = f"<{case.id}@mails.exemple>"
    message["Date"] = "Mon, 5 Feb 2024 10:00:00 +0100"
    for header, value in case.headers.items():
        del message[header]  # one of the shape gives way
        message[header] = value
    raw: bytes = message.as_bytes()
    if case.shape == "cp1252":  # called ISO-8859-1, as Outlook did
        raw = raw.replace(b"windows-1252", b"iso-8859-1")
    return raw


def _message(case: MailCase) -> EmailMessage | MIMEMultipart | MIMEText:
    text, page = case.body, "".join(f"<p>{escape(line)}</p>" for line in case.body.split("\n") if line)
    if case.shape == "latin1":
        return MIMEText(text.replace("•", "-"), "plain", "iso-8859-1")
    if case.shape == "cp1252":
        return MIMEText(text, "plain", "windows-1252")
    if case.shape == "b64":
        return MIMEText(text, "plain", "utf-8")
    if case.shape == "html":
        return MIMEText(f"<html><head><style>p{{}}</style></head><body>{page}</body></html>", "html", "utf-8")
    if case.shape == "alternative":
        both = MIMEMultipart("alternative")
        both.attach(MIMEText(text, "plain", "utf-8"))
        both.attach(MIMEText(page, "html", "utf-8"))
        return both
    if case.shape == "bounce":
        report = MIMEMultipart("report", report_type="delivery-status")
        report.attach(MIMEText(text, "plain", "utf-8"))
        report.attach(MIMEText("Action: failed\nStatus: 5.1.1", "delivery-status", "utf-8"))
        return report
    if case.shape == "calendar":
        both = MIMEMultipart("alternative")
        both.attach(MIMEText(text, "plain", "utf-8"))
        invitation = MIMEText("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", "calendar", "utf-8")
        invitation.set_param("method", "REPLY")
        both.attach(invitation)
        return both
    message = EmailMessage()
    if case.shape == "reply":
        text += (
            "\n\n-----Message d'origine-----\nDe : referente@exemple.fr\nEnvoyé : lundi\nÀ : vous\n"
            "Objet : AAP\n\nBonjour,\nQuel est votre budget ? Avez-vous un partenaire ?\nLa référente"
        )
    if case.shape == "rfc822":
        message.set_content("Pour réponse, merci.")
        inner = EmailMessage()
        inner["From"], inner["Subject"] = "zoe@exemple.fr", "question"
        inner.set_content(text)
        message.add_attachment(inner)
        return message
    message.set_content(text)
    return message
