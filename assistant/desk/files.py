"""Mails from files and the lines that ``aap mail draft`` writes."""

from __future__ import annotations

import json
import mailbox
import os
import tempfile
from collections.abc import Iterator, Sequence
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from assistant.desk.types import Triaged
from assistant.errors import AssistantError

# A mail has at least one of these, near its beginning.
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Received")
_HEADERS_WITHIN = 64_000


class MailFileError(AssistantError):
    """A mail file can't be read; the message names it."""


class NotOpenedError(MailFileError):
    """There is no such file, or it can't be opened: nothing is known of a mail in it."""


def read_mails(paths: Sequence[Path]) -> Iterator[tuple[str, bytes | MailFileError]]:
    """Name and bytes of each mail of .eml and .mbox files; what can't be read is said in its place."""
    for path in paths:
        try:
            if path.suffix.lower() == ".mbox":
                yield from _read_mbox(path)
                continue
            raw = path.read_bytes()
            if not raw.strip():
                raise MailFileError(f"{path} is empty.")
            if not any(BytesHeaderParser().parsebytes(raw[:_HEADERS_WITHIN]).get(name) for name in _HEADERS):
                raise MailFileError(f"{path} is no mail: it has none of the headers {', '.join(_HEADERS)}.")
            yield str(path), raw
        except OSError as error:
            yield str(path), NotOpenedError(f"{path} can't be read: {error.strerror or error}.")
        except MailFileError as error:
            yield str(path), error


def _read_mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    if not path.exists():
        raise NotOpenedError(f"{path} is missing.")
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            yield f"{path}#{number}", box.get_bytes(key)
    finally:
        box.close()


def line(file: str, triaged: Triaged) -> dict[str, Any]:
    """One line of DRAFTS.jsonl; these names are a public contract."""
    return {
        "file": file,
        "is_automated": bool(triaged.automated),
        "needs_reply": triaged.needs_reply,
        "needs_human": triaged.needs_human,
        "category": triaged.category,
        "urgency": triaged.urgency,
        "language": triaged.language,
        "questions": list(triaged.questions),
        "draft": triaged.draft,
        "citations": [citation.model_dump() for citation in triaged.citations],
        "status": triaged.status,
    }


def unreadable(file: str) -> dict[str, Any]:
    """The line of a file that holds no mail that can be read: a person must look."""
    return {
        "file": file, "is_automated": False, "needs_reply": False, "needs_human": True,
        "category": "other", "urgency": "normal", "language": "", "questions": [], "draft": "",
        "citations": [], "status": "unreadable",
    }  # fmt: skip


def write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Write JSON lines in one step: the file is whole or unchanged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            for entry in lines:
                out.write(json.dumps(entry, ensure_ascii=False) + "\n")
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
