"""One call's index as answering sees it: catalog, vectors, lexicon and what is derived of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.ends import End, ends_of_applying
from assistant.answering.identifiers import identifiers, leading_identifier
from assistant.answering.intents import load_intents
from assistant.answering.prototypes import topics
from assistant.answering.question import Lexicon
from assistant.answering.topics import load_passage_topics
from assistant.call import Call
from assistant.index.catalog import Catalog, KnownQuestion
from assistant.index.vectors import VectorStore
from assistant.types import Document, Span, Unit
from assistant.values import Value, find_values
from assistant.words import fold, stem, stop_words, tokens

INTENTS = "intents.npz"


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds of a quotable passage whatever is asked.

    Stems of what is ``quoted`` and of what stands ``around`` it as well, the ``kinds`` of values in
    it, the standard questions of which a cue stands in it (``cued``) or above it (``cued_above``),
    the ``ends`` of the time to apply that it may date, and the parts of the call that it and its
    surroundings name (``identifiers``).
    """

    quoted: frozenset[str]
    around: frozenset[str]
    kinds: frozenset[str]
    cued: frozenset[str]
    cued_above: frozenset[str]
    ends: frozenset[End]
    identifiers: frozenset[str]


class CallIndex:
    """Everything that answering reads of one version of one call; immutable, thread-safe.

    ``linked`` is the index of the resources that the regulation links to, which rank below it: it
    is apart so that nothing in them can change what is found in the regulation.
    """

    def __init__(
        self, path: Path, version: int, catalog: Catalog, vectors: VectorStore,
        linked: CallIndex | None = None,
    ) -> None:  # fmt: skip
        self.path = path
        self.version = version
        self.catalog = catalog
        self.vectors = vectors
        self.linked = linked
        self.call = Call.model_validate_json(catalog.meta["call"])
        # Standard questions that the officer marked as not answered, with the nearest quote or "".
        self.open_topics: dict[str, str] = json.loads(catalog.meta.get("open", "{}"))
        self.intents = load_intents(path / INTENTS)
        self.passage_topics = load_passage_topics(path)
        # The first wording of every FAQ entry, which is its plain one, overall and by language.
        self.entries: dict[str, KnownQuestion] = {}
        self.plain_wordings: dict[tuple[str, str], str] = {}
        for known in catalog.all_questions():
            if known.origin == "faq":
                self.entries.setdefault(known.entry, known)
                self.plain_wordings.setdefault((known.entry, known.language), known.text)
        self.lexicon = Lexicon(self.call, catalog)
        self._view_rows: dict[str, dict[str, int]] = {}
        for row, id_ in enumerate(self.passage_topics.ids):
            unit, view, _ = id_.split("#", 2)
            self._view_rows.setdefault(unit, {})[view] = row
        # Lists and outlines by the sentence that leads in to them.
        self._introduced: dict[tuple[str, Span], Unit] = {
            (unit.document, unit.lead): unit
            for document in catalog.documents
            for unit in catalog.all_units(document)
            if unit.composite and unit.lead
        }
        self._words: dict[tuple[str, int, int], frozenset[str]] = {}
        self._cued: dict[tuple[str, int, int], frozenset[str]] = {}
        self._traits: dict[tuple[str, tuple[Span, ...]], Traits] = {}
        self._question_stems: dict[str, frozenset[str]] = {}
        self._values: dict[tuple[str, int, int], tuple[Value, ...]] = {}

    def close(self) -> None:
        """Let go of all files."""
        self.catalog.close()
        self.vectors.close()
        if self.linked:
            self.linked.close()

    @property
    def documents(self) -> dict[str, Document]:
        """All documents by id, the regulation's first."""
        return self.catalog.documents | (self.linked.catalog.documents if self.linked else {})

    def document(self, id_: str) -> Document:
        """The document with this id."""
        found = self.catalog.documents.get(id_)
        return found if found is not None or self.linked is None else self.linked.document(id_)  # type: ignore[return-value]

    def units_of(self, document: str) -> list[Unit]:
        """All units of a document, of the regulation or linked, in the order of its text."""
        catalog = self.catalog
        if self.linked and document not in catalog.documents:
            catalog = self.linked.catalog
        return catalog.all_units(document)

    def text(self, document: str, span: Span) -> str:
        """The canonical text of a span."""
        return self.document(document).text[span.start : span.end]

    def introduced(self, document: str, span: Span) -> Unit | None:
        """The list or outline that the sentence ``span`` leads in to."""
        return self._introduced.get((document, span))

    def words(self, document: str, span: Span) -> frozenset[str]:
        """Stems of the content words of a span."""
        key = (document, span.start, span.end)
        if key not in self._words:
            stop = stop_words()
            text = self.text(document, span)
            self._words[key] = frozenset(stem(w) for w in tokens(text) if w not in stop)
        return self._words[key]

    def traits(self, unit: Unit, parts: tuple[Span, ...]) -> Traits:
        """What holds of the ``parts`` of a unit, taken together as one passage."""
        key = (unit.id, parts)
        if key not in self._traits:
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
            self._traits[key] = Traits(
                quoted, around, frozenset(kinds),
                frozenset[str]().union(*(self._cues(document, part) for part in parts)),
                frozenset[str]().union(*(self._cues(document, span) for span in above)),
                # A whole table dates everything, and answers nothing in particular.
                ends_of_applying(text) if "date" in kinds and not unit.composite else frozenset(),
                identifiers(f"{text}\n{surroundings}") | leading_identifier(text),
            )  # fmt: skip
        return self._traits[key]

    def _cues(self, document: str, span: Span) -> frozenset[str]:
        """The standard questions of which a cue stands in a span."""
        key = (document, span.start, span.end)
        if key not in self._cued:
            text = self.text(document, span)
            words, plain = f" {' '.join(tokens(text))} ", fold(text)
            self._cued[key] = frozenset(
                topic.id
                for topic in topics().values()
                if any(
                    f" {cue} " in words if cue.replace(" ", "").isalnum() else cue in plain
                    for cue in topic.cues
                )
            )
        return self._cued[key]

    def question_stems(self, known: KnownQuestion) -> frozenset[str]:
        """Stems of the content words of a known question."""
        if known.id not in self._question_stems:
            stop = stop_words()
            words = (w for w in tokens(known.text) if w not in stop)
            self._question_stems[known.id] = frozenset(stem(w) for w in words)
        return self._question_stems[known.id]

    def values(self, document: str, span: Span) -> tuple[Value, ...]:
        """Typed values of a span, with offsets into the span."""
        key = (document, span.start, span.end)
        if key not in self._values:
            self._values[key] = tuple(find_values(self.text(document, span)))
        return self._values[key]

    def view_rows(self, unit: Unit) -> dict[str, int]:
        """Rows of a unit's views in ``passage_topics``, by view ("u" or a sentence's number)."""
        return self._view_rows.get(unit.id, {})

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
