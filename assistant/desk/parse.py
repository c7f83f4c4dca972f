"""From the bytes of a mail to what its author wrote now. Nothing is opened, fetched or executed.

Every mail gives a ``Mail``: what is broken is named in ``problems`` and the rest is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from assistant.desk.html_text import html_to_text
from assistant.desk.reply import Written, without_headers, written_now

MAX_BYTES = 60_000_000
MAX_PARTS = 400
MAX_CHARS = 40_000
_KEPT_HEADERS = (
    "auto-submitted", "precedence", "list-id", "list-unsubscribe", "return-path", "x-autoreply",
    "x-autorespond", "x-auto-response-suppress", "x-spam-flag", "x-spam-status", "feedback-id",
    "x-failed-recipients", "content-type", "x-mailer", "x-ms-exchange-inbox-rules-loop",
    "x-loop", "x-campaign", "x-mailgun-tag", "x-csa-complaints", "x-report-abuse",
    "disposition-notification-to", "x-priority", "importance",
)  # fmt: skip
_PASSED_ON = re.compile(r"\s*(?:tr|fwd?|wg|rv|i)\s*:", re.I)
# "Je vous transfère, c'est pour vous."
_PASSES_ON = re.compile(r"\btransf[éèe]r|\bfais suivre|\bfaisons suivre|\bci-dessous\b|\bforward|\bsee below\b|\breenv[íi]|\bweitergeleitet|\bleite\b", re.I)
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is listed and never read; ``size`` in bytes as sent."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was understood. ``written`` is what its author wrote now; ``forwarded`` is the
    text of a mail that it passes on, "" when there is none; header names are in lower case."""

    message_id: str
    subject: str
    sender_name: str
    sender: str
    reply_to: str
    date: datetime | None
    in_reply_to: str
    references: tuple[str, ...]
    headers: dict[str, str]
    content_types: frozenset[str]
    text: str
    written: Written
    forwarded: str
    attachments: tuple[Attachment, ...]
    problems: tuple[str, ...]


def parse_mail(raw: bytes) -> Mail:
    """Read one mail (RFC 5322, MIME), however broken it is."""
    problems: list[str] = []
    if len(raw) > MAX_BYTES:
        problems.append(f"longer than {MAX_BYTES} bytes: the rest was not read")
        raw = raw[:MAX_BYTES]
    message = _message(raw, problems)
    plain: list[str] = []
    rich: list[str] = []
    forwarded: list[str] = []
    attachments: list[Attachment] = []
    types: set[str] = set()
    for depth, part in _parts(message, problems):
        kind = part.get_content_type()
        types.add(kind)
        if kind == "text/calendar":
            types.add(f"text/calendar;{str(part.get_param('method') or '').lower()}")
        if part.is_multipart():
            continue
        if _is_attachment(part) or kind not in ("text/plain", "text/html"):
            attachments.append(_attachment(part))
            continue
        text = _text(part, problems)[:MAX_CHARS]
        if depth:
            forwarded.append(html_to_text(text) if kind == "text/html" else text)
        elif kind == "text/html":
            rich.append(html_to_text(text))
        else:
            plain.append(text)
    text = "\n".join(plain).strip()
    if not text or (rich and _placeholder(text)):
        text = "\n".join(rich).strip() or text
    name, sender = _address(message, "From")
    written = written_now(_clean(text), name)
    return Mail(
        message_id=_first_id(message, "Message-ID"),
        subject=_header(message, "Subject"),
        sender_name=name,
        sender=sender,
        reply_to=_address(message, "Reply-To")[1],
        date=_date(message),
        in_reply_to=_first_id(message, "In-Reply-To"),
        references=tuple(_MESSAGE_ID.findall(_header(message, "References")))[-50:],
        headers={key: _header(message, key) for key in _KEPT_HEADERS if message.get(key) is not None},
        content_types=frozenset(types),
        text=text,
        written=written,
        forwarded=_forwarded(forwarded, written, _header(message, "Subject")),
        attachments=tuple(attachments),
        problems=tuple(dict.fromkeys(problems)),
    )


def _message(raw: bytes, problems: list[str]) -> Message:
    try:
        return BytesParser(policy=policy.compat32).parsebytes(raw)
    except (RecursionError, MessageError, ValueError, LookupError, AssertionError) as error:
        problems.append(f"the structure can't be read ({type(error).__name__}): headers only")
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:1_000_000])


def _parts(message: Message, problems: list[str]) -> Iterator[tuple[int, Message]]:
    """Parts in order with how many forwarded mails stand around them; without recursion."""
    pending: list[tuple[int, Message]] = [(0, message)]
    count = 0
    while pending:
        depth, part = pending.pop()
        count += 1
        if count > MAX_PARTS:
            problems.append(f"more than {MAX_PARTS} parts: the others were not read")
            return
        yield depth, part
        children = part.get_payload() if part.is_multipart() else []
        if isinstance(children, list):
            inner = depth + (part.get_content_type() == "message/rfc822")
            pending += [(inner, child) for child in reversed(children) if isinstance(child, Message)]


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attachment(part: Message) -> Attachment:
    payload = part.get_payload()
    size = len(payload) if isinstance(payload, str) else 0
    if str(part.get("Content-Transfer-Encoding", "")).lower().strip() == "base64":
        size = size * 3 // 4
    name = _decoded(str(part.get_filename() or ""))[:200]
    return Attachment(name, part.get_content_type(), size)


def _text(part: Message, problems: list[str]) -> str:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    if not isinstance(payload, bytes):
        return ""
    declared = str(part.get_content_charset() or "utf-8")
    return decode_text(payload, declared, problems)


def decode_text(payload: bytes, declared: str, problems: list[str]) -> str:
    """``payload`` as text: UTF-8 when it is valid, the declared character set, or windows-1252.

    Mail programs call windows-1252 ISO-8859-1, and leave UTF-8 undeclared.
    """
    try:
        if declared.lower() not in ("utf-7", "utf-16", "utf-16le", "utf-16be", "iso-2022-jp"):
            return payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    name = declared.lower().replace("_", "-")
    if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit"):
        if name.startswith("u") and "ascii" not in name:
            problems.append(f"the text is not {declared}: read as windows-1252")
        name = "windows-1252"
    try:
        return payload.decode(name)
    except (LookupError, UnicodeDecodeError, UnicodeError):
        problems.append(f"the character set '{declared[:40]}' is unknown or wrong: read as windows-1252")
        return payload.decode("windows-1252", errors="replace")


def _decoded(value: str) -> str:
    """A header's words (RFC 2047), whatever is wrong with them."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value
    out = []
    for content, charset in pieces:
        if isinstance(content, str):
            out.append(content)
        elif charset in (None, "unknown-8bit"):
            out.append(decode_text(content, "utf-8", []))
        else:
            out.append(decode_text(content, charset, []))
    return "".join(out)


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    text = str(value) if isinstance(value, str) else _decoded_header(value)
    if any("\udc80" <= c <= "\udcff" for c in text):
        text = decode_text(text.encode("utf-8", "surrogateescape"), "utf-8", [])
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", _decoded(text)).strip()[:4_000]


def _decoded_header(value: object) -> str:
    chunks = getattr(value, "_chunks", None)
    if chunks:
        raw = "".join(chunk for chunk, _ in chunks)
        return raw.encode("ascii", "surrogateescape").decode("utf-8", "surrogateescape")
    return str(value)


def _address(message: Message, name: str) -> tuple[str, str]:
    value = message.get(name)
    raw = "" if value is None else str(value) if isinstance(value, str) else _decoded_header(value)
    display, address = parseaddr(re.sub(r"[\r\n]+", " ", raw)[:2_000])
    if "@" not in address:
        found = re.search(r"[^\s<>\"(),;:]{1,64}@[^\s<>\"(),;:]{3,255}", raw)
        address = found.group() if found else ""
    display = re.sub(r"[\x00-\x1f\x7f\s\"]+", " ", _decoded(display)).strip()[:120]
    return display, address.strip().lower()[:320]


def _first_id(message: Message, name: str) -> str:
    found = _MESSAGE_ID.search(_header(message, name))
    return found.group() if found else ""


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _placeholder(text: str) -> bool:
    """Whether the plain part only says that there is an HTML part."""
    return len(text) < 200 and bool(re.search(r"\bhtml\b|navigateur|your browser|client de messagerie", text, re.I))


def _clean(text: str) -> str:
    """Line ends, blanks and invisible characters as one finds them in ordinary text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\u00a0\u202f\u2007\t]", " ", text)
    return re.sub(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]", "", text)


def _forwarded(parts: list[str], written: Written, subject: str) -> str:
    """The text of a mail that is passed on: a part of its own, below a mark, or, as some programs
    do it, below what looks like a quote while the subject says that it is passed on."""
    if parts:
        return _layers(_clean("\n".join(parts)))
    return _layers(written.passed_on or (without_headers(written.quoted) if _PASSED_ON.match(subject) else ""))


def _layers(text: str, deepest: int = 3) -> str:
    """What was written in a mail that is passed on, and in those that it passes on in its turn."""
    if not text or not deepest:
        return ""
    written = written_now(text)
    below = written.passed_on or (without_headers(written.quoted) if _PASSES_ON.search(written.text) else "")
    return f"{written.text}\n{_layers(below, deepest - 1)}".strip()
