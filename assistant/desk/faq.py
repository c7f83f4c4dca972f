"""Turns an approved answer into an entry of faq.toml, bound to its quotes."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomlkit
from filelock import FileLock, Timeout

from assistant.answering.assistant import Assistant
from assistant.call import Call
from assistant.desk.personal import personal_data, unknown_names
from assistant.desk.tables import StoredMail
from assistant.errors import AssistantError
from assistant.words import fold

_FIELDS = {"fr": "questions", "en": "questions_en"}
_MAX_QUESTION = 300


class FaqError(AssistantError):
    """The entry was not written; ``reason`` is an id of the desk's texts, ``found`` what it is about."""

    def __init__(self, reason: str, found: Sequence[str] = ()) -> None:
        super().__init__(f"{reason}: {', '.join(found)}")
        self.reason = reason
        self.found = tuple(found)


def add_to_faq(
    path: Path, assistant: Assistant, call: Call, mail: StoredMail, citations: Sequence[dict[str, Any]],
    question: str, *, names_checked: bool = False,
) -> str:  # fmt: skip
    """Write an entry that ``question`` is answered by the quotes of ``citations``; its id.

    The question may hold no personal data; a name that the sources do not have must be said to be
    none (``names_checked``). The file is whole or unchanged. Raises FaqError.
    """
    question = " ".join(question.split())[:_MAX_QUESTION]
    if len(fold(question)) < 3 or not citations:
        raise FaqError("faq_empty")
    quotes = []
    for citation in citations:
        text = assistant.document(call.id, citation["document"]).text
        if text[citation["start"] : citation["end"]] != citation["quote"]:
            raise FaqError("faq_stale")
        quotes.append(citation["quote"])
    found = personal_data(question, mail, call)
    if found:
        raise FaqError("faq_personal", found)
    sources = [document.text for document in assistant.index(call.id).catalog.documents.values()]
    names = unknown_names(question, "\n".join([*sources, call.title, call.authority, *call.acronyms]))
    if names and not names_checked:
        raise FaqError("faq_names", names)
    id_ = f"bureau-{sha256(fold(question).encode()).hexdigest()[:10]}"
    entry = {"id": id_, _FIELDS.get(mail.triage["language"], "questions_other"): [question], "quotes": quotes}
    entry.setdefault("questions", [question])  # every entry has one
    _append(path, entry)
    return id_


def _append(path: Path, entry: dict[str, Any]) -> None:
    try:
        with FileLock(f"{path}.lock", timeout=10):
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if any(table.get("id") == entry["id"] for table in tomllib.loads(before).get("entry", [])):
                raise FaqError("faq_known")
            text = f"{before.rstrip()}\n\n{tomlkit.dumps({'entry': [entry]}).strip()}\n".lstrip()
            tomllib.loads(text)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    out.write(text)
                if path.exists():
                    os.chmod(name, path.stat().st_mode & 0o777)
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
    except (OSError, Timeout, tomllib.TOMLDecodeError) as error:
        raise FaqError("faq_file", [f"{path.name}: {error}"]) from error
