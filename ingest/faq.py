"""Questions that the officer validated (faq.toml), each bound to the quotes that answer it.

A quote is looked up in the canonical text (white space and list marks apart). When it is no
longer there the entry has expired: it is reported and never served.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.call import PlainId
from assistant.errors import CorpusError
from assistant.settings import PROJECT
from assistant.toml_files import in_words, read_toml, unknown_tables
from assistant.types import Document, KnownQuestion, Origin, Span, Unit
from assistant.words import fold
from ingest.views import known_question

# Beside faq.toml: what a chat model proposes for it (ingest/proposals.py).
PROPOSED = "faq.proposed.toml"
CATALOGUE = PROJECT / "assistant" / "answering" / "catalogue.toml"
_TABLES = ("entry", "standard")
_MARKS = "➔►▪•"


class Entry(BaseModel):
    """One entry: wordings, and the passage (``quote``) or passages (``quotes``) that answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PlainId
    questions: list[str] = Field(min_length=1)
    questions_en: list[str] = []
    questions_other: list[str] = []
    quote: str | None = None
    quotes: list[str] = []

    @model_validator(mode="after")
    def _quoted(self) -> Entry:
        if not self.passages:
            raise ValueError("the entry needs a 'quote'")
        return self

    @property
    def passages(self) -> list[str]:
        """All quotes of the entry."""
        return ([self.quote] if self.quote else []) + self.quotes


class Standard(BaseModel):
    """What the officer says of a standard question (catalogue.toml): whether these sources answer
    it, by which quotes, or the ``nearest`` thing that they do say. ``questions`` are ways in which what is left
    open is asked of this call, by its own names ("Combien de villes sont dans ce réseau ?")."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    status: Literal["answered", "not_answered"]
    quote: str | None = None
    quotes: list[str] = []
    nearest: str | None = None
    questions: list[str] = []
    questions_en: list[str] = []
    questions_other: list[str] = []

    @model_validator(mode="after")
    def _quoted(self) -> Standard:
        if self.status == "answered" and not (self.quote or self.quotes):
            raise ValueError("an answered question needs a 'quote'")
        if self.status == "answered" and self.wordings:
            raise ValueError("questions of this call that it answers belong into an [[entry]]")
        return self

    @property
    def wordings(self) -> list[str]:
        """All ``questions``."""
        return self.questions + self.questions_en + self.questions_other


@dataclass(frozen=True, slots=True)
class BoundFaq:
    """Questions of the entries that still stand, and the ids of those that expired."""

    questions: tuple[KnownQuestion, ...]
    expired: tuple[str, ...]


def load_faq(path: Path) -> list[Entry]:
    """Entries of faq.toml; none when there is no file. Raises CorpusError with a line for each thing
    that is wrong, naming its entry."""
    if not path.exists():
        return []
    entries: list[Entry] = []
    problems: list[str] = []
    for number, table in enumerate(_tables(path, "entry"), start=1):
        try:
            entries.append(Entry.model_validate(table))
        except ValidationError as error:
            name = table.get("id", f"number {number}")
            problems.append(f"{path}, entry {name}: {'; '.join(in_words(error, Entry))}.")
    ids = [entry.id for entry in entries]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if twice:
        problems.append(f"{path}: two entries have the id {', '.join(twice)}.")
    if problems:
        raise CorpusError("\n".join(problems))
    return entries


def _tables(path: Path, name: str) -> list[dict[str, Any]]:
    tables = read_toml(path)
    problems = [f"{path}: {said}." for said in unknown_tables(tables, _TABLES)]
    if problems:
        raise CorpusError("\n".join(problems))
    return tables.get(name, [])


def asked_twice(entries: Iterable[Entry]) -> list[str]:
    """A sentence for every question that two entries ask."""
    first: dict[str, Entry] = {}
    found: list[str] = []
    for entry in entries:
        for question in (*entry.questions, *entry.questions_en, *entry.questions_other):
            other = first.setdefault(" ".join(fold(question).strip(" ?!.").split()), entry)
            if other is not entry:
                found.append(
                    f"faq.toml, entry {entry.id}: « {question} » is asked by entry {other.id} too; leave it in the "
                    f"one whose quote answers it, or put both quotes into one entry (quotes = [\"…\", \"…\"])."
                )
    return found


def load_proposals(path: Path) -> list[Entry]:
    """The questions that a model proposed (the file ``PROPOSED``), as entries without wordings in
    other languages. Raises CorpusError naming the proposal."""
    if not path.exists():
        return []
    found: list[Entry] = []
    tables = read_toml(path).get("proposal", [])
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], start=1):
        try:
            if table["questions"]:
                id_ = f"proposal-{number}"
                found.append(Entry(id=id_, questions=table["questions"], quote=table["quote"]))
        except (ValidationError, TypeError, KeyError) as error:
            raise CorpusError(
                f"{path}, proposal {number}: it needs 'questions' and a 'quote'. Mend it, or delete "
                f"the file to have the questions proposed anew."
            ) from error
    return found


def load_standards(path: Path, known: Mapping[str, Sequence[str]]) -> list[Standard]:
    """The [[standard]] tables of faq.toml; ``known`` are the catalogue's wordings by id.

    Raises CorpusError with a line for each table that is wrong or names an unknown question.
    """
    if not path.exists():
        return []
    found: list[Standard] = []
    problems: list[str] = []
    for number, table in enumerate(_tables(path, "standard"), start=1):
        name = table.get("id", f"number {number}")
        try:
            standard = Standard.model_validate(table)
        except ValidationError as error:
            problems.append(f"{path}, standard {name}: {'; '.join(in_words(error, Standard))}.")
            continue
        if standard.id not in known:
            problems.append(f"{path}, standard {name}: there is no such standard question{_nearest_ids(name, known)}. {CATALOGUE} lists them.")
        elif any(other.id == standard.id for other in found):
            problems.append(f"{path}, standard {name}: it stands there twice; leave one.")
        found.append(standard)
    if problems:
        raise CorpusError("\n".join(problems))
    return found


def _nearest_ids(id_: str, known: Iterable[str]) -> str:
    """The ids that look like ``id_``, or share a word with it, as the end of a sentence."""
    listed = list(known)
    words = set(re.split(r"[_\W]+", fold(id_))) - {""}
    near = get_close_matches(id_, listed, n=4, cutoff=0.5)
    near += [other for other in listed if words & set(other.split("_")) and other not in near]
    return f"; the nearest are {', '.join(near[:6])}" if near else ""


def as_entries(
    standards: Iterable[Standard], wordings: Mapping[str, Sequence[str]]
) -> list[Entry]:
    """Answered standard questions as FAQ entries under the catalogue's wordings."""
    return [
        Entry(
            id=f"standard-{item.id.replace('_', '-')}",
            questions=list(wordings[item.id]),
            quotes=([item.quote] if item.quote else []) + item.quotes,
        )
        for item in standards
        if item.status == "answered"
    ]


def bind_faq(
    entries: Iterable[Entry], documents: Iterable[tuple[Document, Sequence[Unit]]],
    origin: Origin = "faq",
) -> BoundFaq:  # fmt: skip
    """Bind every entry to spans of the first document that holds all its quotes."""
    entries = list(entries)
    bound: dict[str, list[KnownQuestion]] = {}
    for document, units in documents if entries else ():
        text, offsets = _compact(document.text)
        for entry in entries:
            if entry.id in bound:
                continue
            spans = [_find(passage, text, offsets) for passage in entry.passages]
            parts = tuple(span for span in spans if span)
            if len(parts) < len(spans):
                continue
            unit = _home(parts[0], units)
            bound[entry.id] = [
                known_question(w, language, origin, entry.id, unit, document, parts)
                for language, wordings in (
                    ("fr", entry.questions),
                    ("en", entry.questions_en),
                    ("", entry.questions_other),
                )
                for w in wordings
            ]
        if len(bound) == len(entries):
            break
    return BoundFaq(
        tuple(q for entry in entries for q in bound.get(entry.id, ())),
        tuple(entry.id for entry in entries if entry.id not in bound),
    )


def find_quote(quote: str, text: str) -> Span | None:
    """Where ``quote`` stands in ``text``, white space and list marks apart."""
    return _find(quote, *_compact(text))


def _find(quote: str, text: str, offsets: list[int]) -> Span | None:
    wanted, _ = _compact(quote)
    position = text.find(wanted) if wanted else -1
    if position < 0:
        return None
    return Span(offsets[position], offsets[position + len(wanted) - 1] + 1)


def _compact(text: str) -> tuple[str, list[int]]:
    """Characters that count, and where each stands in ``text``."""
    kept: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        # A quote may be cut right behind a list mark.
        alone = text[index - 1 : index] in ("", "\n") and text[index + 1 : index + 2] in ("", " ")
        bullet = char == "-" and alone
        if not char.isspace() and char not in _MARKS and not bullet:
            kept.append(char)
            offsets.append(index)
    return "".join(kept), offsets


def _home(span: Span, units: Sequence[Unit]) -> str:
    """The smallest unit that covers ``span``, else the one that shares most with it."""
    covering = [unit for unit in units if unit.span.covers(span)]
    if covering:
        return min(covering, key=lambda unit: unit.span.end - unit.span.start).id
    return max(units, key=lambda unit: unit.span.overlap(span)).id
