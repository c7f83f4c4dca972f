"""The reply as a mail: threaded, quoted, UTF-8. It is put into Drafts or downloaded, never sent."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from assistant.desk.parse import parse_mail
from assistant.desk.tables import StoredMail
from assistant.desk.threads import reply_id


def build_reply(stored: StoredMail, sender: str) -> bytes:
    """The reply to a kept mail, from ``sender``."""
    mail = parse_mail(stored.raw)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    to = mail.reply_to or mail.sender
    if re.fullmatch(r"[^\s<>,;:\"@]{1,64}@[^\s<>,;:\"@]{1,255}", to) and to.isascii():
        message["To"] = to
    subject = re.sub(r"[\r\n]+", " ", mail.subject)[:300]
    message["Subject"] = subject if re.match(r"re\s*:", subject, re.I) else f"Re: {subject}"
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = reply_id(stored.fingerprint, sender.rpartition("@")[2])
    if mail.message_id:
        message["In-Reply-To"] = mail.message_id
        message["References"] = " ".join([*mail.references, mail.message_id])
    quoted = "\n".join(f"> {line}".rstrip() for line in mail.text.split("\n")[:400])
    name = mail.sender_name or mail.sender
    day = f"{mail.date:%d/%m/%Y}" if mail.date else "…"
    said = f"Le {day}, {name} a écrit :" if stored.triage.get("language") == "fr" else f"On {day}, {name} wrote:"
    message.set_content(f"{stored.draft}\n\n{said}\n{quoted}\n", cte="quoted-printable")
    return message.as_bytes()
