"""The draft: greeting, answers in order with their articles, what a person will answer, closing.

Only the assistant's verified answers and phrases of ours are in it. What the sender wrote is
repeated only where it states no date, number, address or name that could be taken for ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.texts import phrases
from assistant.call import Call
from assistant.desk.parse import Mail
from assistant.desk.reasons import reasons
from assistant.desk.texts import letter_texts
from assistant.desk.types import Reply
from assistant.types import Citation
from assistant.values import find_values
from assistant.words import fold

_NOT_A_NAME = re.compile(
    r"\b(?:mairie|commune|ville|service|direction|association|cabinet|secretariat|contact|info|accueil|conseil|region|departement|"
    r"metropole|communaute|agence|ministere|ambassade|courrier|bureau|universite|office|team|city|council|cooperation|redaction|pole|dg|dgs)\b"
)
_FORMAL = re.compile(r"\b(?:veuillez|je vous prie|nous vous prions|prie de|agreer|haute consideration|yours (?:faithfully|sincerely)|respectueu\w+)\b")


@dataclass(frozen=True, slots=True)
class Letter:
    """A draft, what it cites (numbered as in the draft), and what it says on each reply, "" where
    it says nothing."""

    draft: str
    citations: tuple[Citation, ...]
    said: tuple[str, ...]


def write_letter(
    call: Call, mail: Mail, language: str, replies: Sequence[Reply], for_person: Sequence[str]
) -> Letter:
    """The draft of a reply. ``for_person`` are reasons' ids."""
    texts = letter_texts(language)
    person = {"name": call.handoff.name, "role": getattr(call.handoff, "role", "") or ""}
    known = bool(person["name"] and person["role"])
    citations: list[Citation] = []
    name = greeting_name(mail)
    blocks = [
        texts["greeting_named"].format(name=name) if name else texts["greeting"],
        texts["opening"].format(title=call.title),
    ]
    answered = [reply for reply in replies if reply.kind == "answered"]
    if answered:
        blocks.append(texts["answer"])
    shown = [reply for reply in replies if reply.kind != "ignored"]
    if not answered and all(reply.kind == "person" for reply in shown):
        shown = []
    said: dict[int, str] = {}
    for number, reply in enumerate(shown, start=1):
        lines = []
        if len(shown) > 1:
            lines.append(_heading(reply.question, number, texts))
        lines.append(_said(reply, texts, person, known, citations))
        said[id(reply)] = "\n".join(lines)
        blocks.append(said[id(reply)])
    if for_person and not any(reply.kind == "person" for reply in shown):
        language_ = "fr" if language == "fr" else "en"
        labels = ", ".join(reasons()[id_].label[language_] for id_ in for_person)
        blocks.append(texts["person" if known else "person_bare"].format(reasons=labels, **person))
    if citations:
        places: dict[str, list[str]] = {}
        for c in citations:
            place = f"{c.title}, {c.heading}".rstrip(", ")
            places.setdefault(place, []).append(f"[{c.index}]")
        lines = [texts["references"], *(f"{''.join(marks)} {place}" for place, marks in places.items())]
        blocks.append("\n".join(lines))
    formal = bool(_FORMAL.search(fold(f"{mail.written.text}\n{mail.written.signature}")))
    blocks.append(texts["closing"])
    blocks.append(texts["formula_formal" if formal else "formula"] + f"\n{call.handoff.name}")
    return Letter("\n\n".join(blocks), tuple(citations), tuple(said.get(id(reply), "") for reply in replies))


def greeting_name(mail: Mail) -> str:
    """The sender's name, "" unless it looks like a person's."""
    name = re.sub(r"\s*[(\[|/].*$|\s+-\s+.*$", "", mail.sender_name).strip(" '\".,")
    if "," in name:
        last, _, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}"
    words = name.split()
    plausible = 2 <= len(words) <= 5 and all(re.fullmatch(r"[^\W\d_][\w'’.-]*", word) for word in words)
    return name if plausible and not _NOT_A_NAME.search(fold(name)) and len(name) <= 60 else ""


def _heading(question: str, number: int, texts: dict[str, str]) -> str:
    echo = " ".join(question.split())
    if find_values(echo) or re.search(r"[@<>\[\]]|https?:|www\.", echo) or len(echo) > 220:
        return texts["question_bare"].format(number=number)
    return texts["question"].format(number=number, question=echo)


def _said(
    reply: Reply, texts: dict[str, str], person: dict[str, str], known: bool, citations: list[Citation]
) -> str:  # fmt: skip
    if reply.kind == "person":
        return texts["point_person"].format(**person) if known else texts["missing_bare"]
    if reply.kind == "missing":
        return texts["missing"].format(**person) if known else texts["missing_bare"]
    if reply.kind == "outside" or reply.answer is None:
        return texts["outside"]
    numbers = {}
    for citation in reply.answer.citations:
        same = next(
            (c for c in citations if (c.document, c.start, c.end) == (citation.document, citation.start, citation.end)),
            None,
        )
        if same is None:
            same = citation.model_copy(update={"index": len(citations) + 1})
            citations.append(same)
        numbers[citation.index] = same.index
    text = _without_premise(reply.answer.text, reply.answer.language)
    return re.sub(r"\[(\d+)\]", lambda m: f"[{numbers.get(int(m.group(1)), int(m.group(1)))}]", text)


def _without_premise(text: str, language: str) -> str:
    """An answer that corrects the sender, without what they had supposed: "Non, pas le 15 mars : …"."""
    for key in ("correction", "correction_row"):
        before, _, rest = phrases(language)[key].partition("{said}")
        after = rest.partition("{quote}")[0]
        text = re.sub(
            rf"(?m)^{re.escape(before)}[^\n]{{1,60}}?{re.escape(after)}", re.split("[,،]", before)[0] + after, text
        )
    return text
