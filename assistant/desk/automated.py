"""Which mail no person wrote to us: out of office, bounces, newsletters, receipts (RFC 3834)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.call import read_toml
from assistant.desk.parse import Mail
from assistant.desk.questions import find_questions
from assistant.words import fold


def automated(mail: Mail) -> str:
    """What shows that ``mail`` was sent by a program, "" when a person wrote it."""
    headers = {name: value.lower() for name, value in mail.headers.items()}
    sent = headers.get("auto-submitted", "no").split(";")[0].strip()
    if sent not in ("", "no"):
        return f"Auto-Submitted: {sent}"
    if "multipart/report" in headers.get("content-type", "") or {
        "message/delivery-status", "message/disposition-notification"
    } & mail.content_types:  # fmt: skip
        return "delivery report"
    if mail.content_types & {"text/calendar;reply", "text/calendar;cancel", "text/calendar;counter"}:
        return "calendar reply"
    for name in ("x-autoreply", "x-autorespond", "x-failed-recipients", "x-ms-exchange-inbox-rules-loop"):
        if headers.get(name, "no") not in ("", "no"):
            return name
    if headers.get("precedence", "").strip() in ("bulk", "junk", "auto_reply", "list"):
        return f"Precedence: {headers['precedence']}"
    if "list-unsubscribe" in headers or headers.get("feedback-id"):
        return "mailing list"
    if headers.get("x-spam-flag", "").strip() == "yes" or headers.get("x-spam-status", "").startswith("yes"):
        return "spam"
    if headers.get("return-path", "").strip() == "<>":
        return "Return-Path: <>"
    return _by_words(mail)


def _by_words(mail: Mail) -> str:
    subject, body = fold(mail.subject), fold(mail.text[:4_000].replace("’", "'"))
    if any(pattern.search(mail.sender) for pattern in _patterns("sender")):
        return f"sender {mail.sender}"
    if any(pattern.search(subject) for pattern in _patterns("subject")) and not _asks(mail):
        return "subject"
    if any(pattern.search(body) for pattern in _patterns("body")) and not _asks(mail):
        return "words of an automatic message"
    written = fold(mail.written.text.replace("’", "'"))
    if any(pattern.search(written) for pattern in _patterns("body_weak")) and not _asks(mail, marked=False):
        return "words of an automatic message"
    if re.search(_table()["newsletter"], body) and not _asks(mail):
        return "newsletter"
    return ""


def is_thanks(text: str) -> bool:
    """Whether a mail that asks nothing only thanks, acknowledges or informs."""
    folded = fold(text.replace("’", "'")).strip()
    folded = re.sub(_table()["greeting"], "", folded)
    thanks = len(folded) < 400 and bool(re.search(_table()["thanks"], folded))
    return thanks or any(re.search(_table()[name], folded) for name in ("informs", "wishes"))


def wants_no_reply(text: str) -> bool:
    """Whether a mail says that it needs no reply."""
    return bool(re.search(_table()["no_reply"], fold(text.replace("’", "'"))))


def between_others(text: str) -> bool:
    """Whether a mail is from one colleague to another, with us in copy, and says that nothing is asked of us."""
    return bool(re.search(_table()["in_copy"], fold(text.replace("’", "'"))))


def _asks(mail: Mail, *, marked: bool = True) -> bool:
    """An automatic reply may say "need help?"; a person's mail asks in what they wrote."""
    own = [fold(asked.text) for asked in find_questions(mail.written.text) if "?" in asked.text or not marked]
    own = [text for text in own if not re.search(r"\bbusca a\b|\bprocura (?:a|o) (?:pessoa|responsavel)|\bvous cherchez (?:a |une reponse|quelqu'un|un interlocuteur)|\blooking for (?:someone|help|assistance|an urgent|immediate)|\bneed (?:help|assistance)\b|\bbesoin d'aide\b|\bc'est pour (?:un|le|l'|une) |\b(?:votre|your|su) (?:question|demande|message|request|enquiry|matter|consulta) (?:est|is|es)\b|\brecevoir\b|\breceive\b|\brecibir\b|desinscri|desabonn|unsubscri", text)]
    own = [text for text in own if not any(pattern.search(text) for pattern in _patterns("body_weak"))]
    return bool(own) and not re.search(
        r"\bautomati\w+|out of (?:the )?office|^(?:re ?: ?)?absen(?:ce|te?s?)\b|absence\b|newsletter|infolettre|lettre d'info", fold(mail.subject)
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_toml(Path(__file__).with_name("automated.toml"))


@lru_cache(maxsize=8)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.S) for pattern in _table()[name])
