"""What is asked about a body, a document or an event (its founder, its price, how many members), and whether a
passage tells it.

A passage about the right thing that leaves the question open is as near as one that answers it, for embeddings.
So what a passage must hold to answer is listed (attributes.toml), and looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.call import read_toml
from assistant.words import fold

# A title, or two words in a row that begin with a capital: a person, at least maybe.
_PERSON = re.compile(r"\b(?:M\.|MM\.|Mmes?|Mlle|Dr|Pr|Mr|Mrs|Ms)\s|\b[A-ZÀ-Þ][\w’'-]+\s+[A-ZÀ-Þ][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Attribute:
    """Patterns on folded text: a question of it matches ``asked``, a passage that tells it ``words`` and ``value``
    (on the text as it is written for a person); None where there is nothing to look for."""

    id: str
    asked: re.Pattern[str]
    words: re.Pattern[str] | None
    value: re.Pattern[str] | None

    def is_asked(self, question: str) -> bool:
        """Whether ``question`` asks for it."""
        return bool(self.asked.search(fold(question)))

    def told(self, text: str) -> bool:
        """Whether ``text`` may tell it."""
        folded = fold(text)
        said = self.words is None or self.words.search(folded)
        return bool(said and (self.value is None or self.value.search(text if self.value is _PERSON else folded)))


def untold(question: Question, candidates: Iterable[Candidate], index: CallIndex) -> bool:
    """Whether the question asks for an attribute of which none of ``candidates`` tells."""
    asked = [one for one in attributes() if one.is_asked(question.plain)]
    if not asked:
        return False
    texts = [_text(candidate, index) for candidate in candidates]
    return any(not any(one.told(text) for text in texts) for one in asked)


def asks_for(id_: str, question: Question) -> bool:
    """Whether the question asks for the attribute ``id_`` of attributes.toml."""
    return any(one.id == id_ and one.is_asked(question.plain) for one in attributes())


def _text(candidate: Candidate, index: CallIndex) -> str:
    """The passage with what it stands under in a list or a table, and with what it leads in to."""
    unit = candidate.unit
    listed = index.introduced(unit.document, candidate.parts[-1])
    spans = [*([unit.lead] if unit.lead else []), *candidate.parts, *(listed.parts if listed else ())]
    return "\n".join(index.text(unit.document, span) for span in spans)


@cache
def attributes() -> tuple[Attribute, ...]:
    """What attributes.toml lists."""
    stored = read_toml(Path(__file__).with_name("attributes.toml"))
    values = {name: re.compile(pattern) for name, pattern in stored["values"].items()} | {"person": _PERSON}
    return tuple(
        Attribute(
            entry["id"], re.compile(entry["asked"]),
            re.compile(entry["words"]) if "words" in entry else None,
            values[entry["value"]] if "value" in entry else None,
        )
        for entry in stored["attribute"]
    )  # fmt: skip
