"""Mode "validated": an officer's words for an answer, used again for the same answer.

The key of an answer is made of what the assistant itself says and quotes. When the sources change,
the answer or its quotes change, the key too, and the words are no longer used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from assistant.call import Call
from assistant.desk.audit import log
from assistant.desk.personal import personal_data
from assistant.desk.store import Store
from assistant.desk.tables import StoredMail, Wording
from assistant.index.comparison import plain
from assistant.types import Answer, Document
from assistant.values import find_values
from assistant.words import fold

_MARK = re.compile(r"\[(\d+)\]")
_MARKED = re.compile(r" ?\[(\d+)\]")
_NUMBER = re.compile(r"\d+")
_NUMBERED = re.compile(r"^\d+\. .*\n")


@dataclass(frozen=True, slots=True)
class Learned:
    """Words that an approved draft has for one answer, or why they are not used again: an id of
    the desk's texts. ``question`` is the one answered, "" where it would tell who asked."""

    key: str
    text: str
    quotes: tuple[str, ...]
    refused: str = ""
    question: str = ""


def answer_key(answer: Answer) -> str:
    """Stands for what an answer says, in its language, with its quotes. Numbers that no quote states
    are left out: they are computed, and the days that are left change every day."""
    quotes = "\x1e".join(citation.quote for citation in answer.citations)
    quoted = set(_NUMBER.findall(quotes))
    text = _NUMBER.sub(lambda m: m[0] if m[0] in quoted else "#", _MARK.sub("", answer.text))
    return sha256(f"{answer.language}\x1f{text}\x1f{quotes}".encode()).hexdigest()


def learn(mail: StoredMail, approved: str, call: Call) -> list[Learned]:
    """The officer's words for each answer of the desk's draft that she changed in ``approved``.

    A paragraph counts as the new words of an answer when it stands where the answer stood, between
    paragraphs that she left. Words that hold personal data, or a date, amount or address that no
    quote states, are not used again: nothing could tell when they stop being true.
    """
    found = []
    for reply in mail.triage["replies"]:
        if reply.get("kind") != "answered" or not reply.get("said"):
            continue
        paragraphs = _replaced(mail.triage["written"].split("\n\n"), approved.split("\n\n"), reply["said"].split("\n\n"))
        if paragraphs is None:
            continue
        computed = [part for part in reply["said"].split("\n\n") if not _MARK.search(part) and _NUMBER.search(part)]
        text = "\n\n".join(part for part in paragraphs if part not in computed).strip()
        text = _NUMBERED.sub("", text) if _NUMBERED.match(reply["said"]) else text
        marks = _marks(mail, reply)
        quotes = tuple(citation["quote"] for citation in reply["citations"])
        own = _MARK.sub(lambda m, marks=marks: f"[{marks[int(m[1])]}]" if int(m[1]) in marks else "", text)  # type: ignore[misc]
        question = "" if personal_data(reply["question"], mail, call) else reply["question"]
        found.append(Learned(reply["key"], own.strip(), quotes, _refused(own, mail, quotes, call), question))
    return found


def confirm(store: Store, who: str, id_: int, text: str, answer: Answer, call: Call) -> Learned | None:
    """Words that expired, as the officer wants them now, for the ``answer`` that their question gets
    now. They are kept, and the expired ones withdrawn, unless the result says why not. None where
    there are no such words."""
    with store.session() as session:
        old = session.get(Wording, id_)
    if old is None or old.call != call.id:
        return None
    quotes = tuple(citation.quote for citation in answer.citations)
    marks = {str(citation.index) for citation in answer.citations}
    own = _MARKED.sub(lambda m: m[0] if m[1] in marks else "", text.replace("\r\n", "\n")).strip()
    found = Learned(answer_key(answer), own, quotes, _refused(own, None, quotes, call), old.question)
    if keep_wordings(store, call.id, who, [found], None):
        set_wording(store, who, id_, withdrawn=True)
    return found


def expired_wording(store: Store, call: str, id_: int) -> Wording | None:
    """Words in use by their id, with the question that they answer; None where there are none."""
    return next((row for row in wordings(store, call) if row.id == id_ and row.question), None)


def keep_wordings(store: Store, call: str, who: str, learned: Sequence[Learned], mail: int | None) -> int:
    """Keep what may be used again; newer words take the place of older ones. How many."""
    usable = [item for item in learned if not item.refused]
    with store.session() as session:
        for item in usable:
            for old in session.scalars(select(Wording).where(Wording.call == call, Wording.key == item.key)):
                old.withdrawn = True
            session.add(Wording(
                call=call, key=item.key, question=item.question, text=item.text,
                quotes=list(item.quotes), who=who, at=datetime.now(UTC), withdrawn=False,
            ))  # fmt: skip
            log(session, who, "wording kept", mail, {}, {"key": item.key[:12]})
    return len(usable)


def wordings(store: Store, call: str, *, all_: bool = False) -> list[Wording]:
    """Words in use, or all of them with those withdrawn, newest first."""
    query = select(Wording).where(Wording.call == call)
    if not all_:
        query = query.where(Wording.withdrawn.is_(False))
    with store.session() as session:
        return list(session.scalars(query.order_by(Wording.id.desc())))


def stands(wording: Wording, documents: Iterable[Document]) -> bool:
    """Whether the sources still say all that ``wording`` rests on; else it has expired."""
    texts = [plain(document.text) for document in documents]
    return all(any(plain(quote) in text for text in texts) for quote in wording.quotes)


def set_wording(store: Store, who: str, id_: int, *, withdrawn: bool) -> None:
    """Stop using words, or use them again."""
    with store.session() as session:
        row = session.get(Wording, id_)
        if row is None:
            return
        if not withdrawn:
            for other in session.scalars(select(Wording).where(Wording.call == row.call, Wording.key == row.key)):
                other.withdrawn = True
        log(session, who, "wording withdrawn" if withdrawn else "wording restored", None, {}, {"key": row.key[:12]})
        row.withdrawn = withdrawn


def _replaced(before: list[str], after: list[str], said: list[str]) -> list[str] | None:
    """The paragraphs of ``after`` that stand where ``said`` stands in ``before``; None when they
    are the same or can't be told."""
    starts = [n for n in range(len(before)) if before[n : n + len(said)] == said]
    if len(starts) != 1:
        return None
    start, end = starts[0], starts[0] + len(said)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace" and start <= i1 and i2 <= end and j2 > j1:
            return [*before[start:i1], *after[j1:j2], *before[i2:end]]
    return None


def _marks(mail: StoredMail, reply: dict[str, Any]) -> dict[int, int]:
    """From the numbers of citations in the draft to those of the answer."""
    places = {(c["document"], c["start"], c["end"]): c["index"] for c in mail.triage["citations"]}
    return {
        places[place]: c["index"] for c in reply["citations"] if (place := (c["document"], c["start"], c["end"])) in places
    }  # fmt: skip


def _refused(text: str, mail: StoredMail | None, quotes: Sequence[str], call: Call) -> str:
    if personal_data(text, mail, call, quotes):
        return "wording_personal"
    contact = call.handoff
    known = {v.value for v in find_values("\n".join([*quotes, contact.email, contact.phone or ""]))}
    if any(v.value not in known for v in find_values(_MARK.sub("", text))):
        return "wording_values"
    return "" if fold(text).strip() else "wording_empty"
