"""One call's index as answering sees it: catalog, vectors, lexicon and what is derived of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from assistant.answering.ends import End, ends_of_applying
from assistant.answering.identifiers import identifiers, leading_identifier
from assistant.answering.intents import load_intents
from assistant.answering.limits import Limit, limit_of
from assistant.answering.question import Lexicon
from assistant.answering.topic_cues import cued_topics
from assistant.answering.topics import PassageTopics
from assistant.call import Call
from assistant.embedding import WORD_DIMENSION
from assistant.index.catalog import Catalog, Documents
from assistant.index.vectors import VectorStore
from assistant.types import Document, Fact, KnownQuestion, Span, Unit
from assistant.values import Value, find_values
from assistant.words import stem, stop_words, tokens

INTENTS = "intents.npz"
# How much of each kind of derived thing is remembered before it is derived anew.
_REMEMBERED = 50_000
# About 3 kB each.
_VIEWS_REMEMBERED = 10_000

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds of a quotable passage whatever is asked.

    Stems of what is ``quoted`` and of what stands ``around`` it as well, the ``kinds`` of values in
    it, the standard questions of which a cue stands in it (``cued``) or above it (``cued_above``),
    the ``ends`` of the time to apply that it may date, and the parts of the call that it and its
    surroundings name (``identifiers``), and the ``limit`` of a figure that it gives.
    """

    quoted: frozenset[str]
    around: frozenset[str]
    kinds: frozenset[str]
    cued: frozenset[str]
    cued_above: frozenset[str]
    ends: frozenset[End]
    identifiers: frozenset[str]
    limit: Limit | None = None


class CallIndex:
    """Everything that answering reads of one version of one call; immutable, thread-safe.

    ``linked`` are the indexes of the resources that the regulation links to, which rank below it: they
    are apart so that nothing in them can change what is found in the regulation.
    """

    def __init__(
        self, path: Path, version: int, catalog: Catalog, vectors: VectorStore,
        linked: Sequence[CallIndex] = (),
    ) -> None:  # fmt: skip
        self.path = path
        self.version = version
        self.catalog = catalog
        self.vectors = vectors
        self.linked = tuple(linked)
        self.call = Call.model_validate_json(catalog.meta["call"])
        # Standard questions that the officer marked as not answered, with the nearest quote or "".
        self.open_topics: dict[str, str] = json.loads(catalog.meta.get("open", "{}"))
        self.intents = load_intents(path / INTENTS)
        self.passage_topics = PassageTopics(
            json.loads(catalog.meta["topics"]), *catalog.view_topics()
        )
        # The first wording of every FAQ entry, which is its plain one, overall and by language.
        self.entries: dict[str, KnownQuestion] = {}
        self.plain_wordings: dict[tuple[str, str], str] = {}
        for known in catalog.validated_questions():
            self.entries.setdefault(known.entry, known)
            self.plain_wordings.setdefault((known.entry, known.language), known.text)
        self.lexicon = Lexicon(self.call, catalog)
        self._view_rows: dict[str, dict[str, int]] = {}
        self._view_words: dict[int, np.ndarray] = {}
        self._introduced: dict[str, dict[Span, Unit]] = {}
        self._words: dict[tuple[str, int, int], frozenset[str]] = {}
        self._cued: dict[tuple[str, int, int], frozenset[str]] = {}
        self._traits: dict[tuple[str, tuple[Span, ...]], Traits] = {}
        self._question_stems: dict[str, frozenset[str]] = {}
        self._values: dict[tuple[str, int, int], tuple[Value, ...]] = {}

    def close(self) -> None:
        """Let go of all files."""
        self.catalog.close()
        self.vectors.close()
        for linked in self.linked:
            linked.close()

    @property
    def documents(self) -> Documents:
        """All documents by id, the regulation's first."""
        return Documents(self.catalog, *(linked.catalog for linked in self.linked))

    def document(self, id_: str) -> Document:
        """The document with this id."""
        return self.documents[id_]

    def holds(self, text: str) -> bool:
        """Whether ``text`` stands in a document of the call, linked ones too."""
        return bool(self.catalog.holding(text)) or any(linked.holds(text) for linked in self.linked)

    @cached_property
    def dated_rows(self) -> list[Fact]:
        """Dates that stand in rows of tables."""
        return self.catalog.facts_of("date", unit_kind="row")

    @cached_property
    def people(self) -> frozenset[str]:
        """Stems of the names of the persons whom the sources name."""
        facts = self.catalog.facts_of("person")
        return frozenset(stem(w) for fact in facts for w in tokens(fact.value))

    def units_of(self, document: str) -> list[Unit]:
        """All units of a document, of the regulation or linked, in the order of its text."""
        catalogs = (self.catalog, *(linked.catalog for linked in self.linked))
        return next((c.all_units(document) for c in catalogs if document in c.document_ids), [])

    def text(self, document: str, span: Span) -> str:
        """The canonical text of a span."""
        return self.document(document).text[span.start : span.end]

    def introduced(self, document: str, span: Span) -> Unit | None:
        """The list or outline that the sentence ``span`` leads in to."""
        found = self._introduced.get(document)
        if found is None:
            listed = self.catalog.all_units(document, composite=True)
            found = {unit.lead: unit for unit in listed if unit.lead}
            _room(self._introduced)[document] = found
        return found.get(span)

    def words(self, document: str, span: Span) -> frozenset[str]:
        """Stems of the content words of a span."""
        key = (document, span.start, span.end)
        found = self._words.get(key)
        if found is None:
            stop = stop_words()
            text = self.text(document, span)
            found = frozenset(stem(w) for w in tokens(text) if w not in stop)
            _room(self._words)[key] = found
        return found

    def traits(self, unit: Unit, parts: tuple[Span, ...]) -> Traits:
        """What holds of the ``parts`` of a unit, taken together as one passage."""
        key = (unit.id, parts)
        found = self._traits.get(key)
        if found is None:
            document = unit.document
            near = [span for span in (unit.lead, unit.caller) if span is not None]
            above = [unit.lead] if unit.lead else []
            quoted = frozenset[str]().union(*(self.words(document, part) for part in parts))
            around = quoted.union(
                self.words(document, unit.span), self.heading_words(unit),
                *(self.words(document, span) for span in near),
            )  # fmt: skip
            kinds = {value.kind for part in parts for value in self.values(document, part)}
            if unit.kind == "contact":
                kinds.add("person")
            above += self._headings(unit)
            text = "\n".join(self.text(document, part) for part in parts)
            surroundings = "\n".join(self.text(document, span) for span in (*near, *above))
            found = _room(self._traits)[key] = Traits(
                quoted, around, frozenset(kinds),
                frozenset[str]().union(*(self._cues(document, part) for part in parts)),
                frozenset[str]().union(*(self._cues(document, span) for span in above)),
                # A whole table dates everything, and answers nothing in particular.
                ends_of_applying(text) if "date" in kinds and not unit.composite else frozenset(),
                identifiers(f"{text}\n{surroundings}") | leading_identifier(text),
                limit_of(text) if kinds else None,
            )  # fmt: skip
        return found

    def _cues(self, document: str, span: Span) -> frozenset[str]:
        """The standard questions of which a cue stands in a span."""
        key = (document, span.start, span.end)
        found = self._cued.get(key)
        if found is None:
            found = _room(self._cued)[key] = cued_topics(self.text(document, span))
        return found

    def question_stems(self, known: KnownQuestion) -> frozenset[str]:
        """Stems of the content words of a known question."""
        found = self._question_stems.get(known.id)
        if found is None:
            stop = stop_words()
            found = frozenset(stem(w) for w in tokens(known.text) if w not in stop)
            _room(self._question_stems)[known.id] = found
        return found

    def values(self, document: str, span: Span) -> tuple[Value, ...]:
        """Typed values of a span, with offsets into the span."""
        key = (document, span.start, span.end)
        found = self._values.get(key)
        if found is None:
            found = _room(self._values)[key] = tuple(find_values(self.text(document, span)))
        return found

    def view_ids(self, rows: Iterable[int]) -> list[str]:
        """Ids of the views at these rows of ``passage_topics``."""
        numbers = [int(self.passage_topics.numbers[row]) for row in rows]
        ids = self.catalog.view_ids(numbers)
        return [ids[number] for number in numbers]

    def view_words(self, rows: Iterable[int]) -> list[np.ndarray]:
        """Words (as ``embedding.Words.vectors``) of the views at these rows of ``passage_topics``."""
        numbers = [int(self.passage_topics.numbers[row]) for row in rows]
        missing = [number for number in numbers if number not in self._view_words]
        found = {n: self._view_words[n] for n in numbers if n in self._view_words}
        for number, packed in self.catalog.view_words(missing).items():
            words = np.frombuffer(packed, np.int8).reshape(-1, WORD_DIMENSION)
            found[number] = _room(self._view_words, _VIEWS_REMEMBERED)[number] = words
        return [found[number] for number in numbers]

    def view_rows(self, units: Iterable[Unit]) -> dict[str, dict[str, int]]:
        """By the id of each unit: rows of its views in ``passage_topics``, by view ("u" or a
        sentence's number)."""
        wanted = dict.fromkeys(unit.id for unit in units)
        found = {id_: rows for id_ in wanted if (rows := self._view_rows.get(id_)) is not None}
        missing = [id_ for id_ in wanted if id_ not in found]
        for id_, views in self.catalog.views(missing).items():
            rows = {view: self.passage_topics.row(number) for view, number in views.items()}
            found[id_] = _room(self._view_rows)[id_] = rows
        return found

    def heading_words(self, unit: Unit) -> frozenset[str]:
        """Stems of the headings above a unit."""
        headings = self._headings(unit)
        return frozenset[str]().union(*(self.words(unit.document, span) for span in headings))

    def _headings(self, unit: Unit) -> list[Span]:
        """The headings above a unit, the nearest first."""
        sections, found, section = self.document(unit.document).sections, [], unit.section
        while section is not None:
            found.append(sections[section].heading)
            section = sections[section].parent
        return found


def _room(remembered: dict[K, V], size: int = _REMEMBERED) -> dict[K, V]:
    """The same, emptied when it is full: what can be derived again must not fill the memory."""
    if len(remembered) >= size:
        remembered.clear()
    return remembered
