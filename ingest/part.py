"""One part of a version, the regulation or the linked resources: its catalog and its vectors.

Documents stream through it: each is parsed, written and its new views embedded before the next one
is read. A part is begun as a copy of that of the version before, in which only the documents that
changed are replaced. Where that is large, the linked resources hold just these documents, beside the
large part of the older version, which stays where it is: a segment, as in a log-structured merge-tree
(O'Neil et al. 1996).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.answering.prototypes import Prototypes
from assistant.answering.topics import pack_topics
from assistant.embedding import Embedder
from assistant.errors import CorpusError
from assistant.index.catalog import Catalog
from assistant.index.vectors import Shelf, VectorStore
from assistant.index.versions import Continued, Versions
from assistant.settings import Settings
from assistant.types import Document, KnownQuestion, Unit
from ingest.catalog import CatalogWriter
from ingest.reading import Input, parse
from ingest.views import fact_questions, passage_views

_BATCH = 64

Progress = Callable[[str, int, int], None]
"""Called with a shelf, how many of its texts are embedded, and how many are known to be new."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the parts of one version share."""

    settings: Settings
    versions: Versions
    embedder: Embedder
    prototypes: Prototypes
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Before:
    """What a part carries over from one that it is no copy of: vectors, and the catalog with the words
    of its views, if it can be read."""

    vectors: VectorStore
    catalog: Catalog | None


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of an older version that another continues: its catalog, without the documents that no
    longer counted in the version before."""

    catalog: Catalog
    since: Continued


class Part:
    """``folder`` is where it is built, ``order`` the documents that are in it so far.

    ``base`` is the catalog that it is a copy of, ``before`` what else is carried over, ``older`` what
    it continues; any may be missing. ``there`` is the number of vectors in the version before.
    """

    def __init__(
        self, job: Job, folder: Path, store: VectorStore, base: Catalog | None,
        before: Sequence[Before], older: Segment | None, there: int, *, hold: bool,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.store = store
        self.base = base
        self.order: list[str] = []
        self._job = job
        self._before = before
        self._writer = CatalogWriter(folder / "catalog.sqlite")
        self._older = older
        self._known = base.sources() if base else {}
        self._elsewhere = older.catalog.sources() if older else {}
        self._held: dict[str, tuple[Document, tuple[Unit, ...]]] | None = {} if hold else None
        self._views: list[tuple[str, str, int]] = []
        self._questions: dict[str, str] = {}
        self._done = Counter[str]()
        self._there = there

    def close(self) -> None:
        """Let go of the catalog's file."""
        self._writer.close()

    def put(self, item: Input) -> tuple[str, ...]:
        """Take a document in, which is read only when it changed; what of it can't be read.

        Raises CorpusError when nothing of it can.
        """
        id_ = item.source.id
        for known in (self._elsewhere.get(id_), self._known.get(id_)):
            if known is not None and known[:2] == (item.sha256, item.known):
                self.order.append(id_)
                return known[2]
        parsed = parse(item)
        read, asked = self._remove(id_)
        self._elsewhere.pop(id_, None)
        document, units = parsed.document, parsed.units
        numbers = self._writer.add_document(
            document, item.sha256, item.known, parsed.warnings, units, parsed.facts
        )
        views = {view.id: view.text for view in passage_views(document, units)}
        unit_of = {view: numbers[view.partition("#")[0]] for view in views}
        stay = views.keys() & read.keys()
        self._writer.add_views((unit_of[view], view, read[view]) for view in views if view in stay)
        self._views += [(view, text, unit_of[view]) for view, text in views.items() if view not in stay]
        questions = list(fact_questions(document, units, parsed.facts))
        self._ask(questions, asked)
        self.store.delete("passages", sorted(read.keys() - views.keys()))
        self._drain(_BATCH)
        if self._held is not None:
            self._held[id_] = (document, units)
        self.order.append(id_)
        return parsed.warnings

    def documents(self) -> Iterator[tuple[Document, Sequence[Unit]]]:
        """The documents that are in it, with their units. Only of a part that holds them."""
        for id_ in self.order:
            if self._held is not None and id_ in self._held:
                yield self._held[id_]
            elif self.base is not None:
                yield self.base.document(id_), self.base.all_units(id_)

    def ask(self, questions: Sequence[KnownQuestion]) -> None:
        """Replace the questions that were bound to quotes: the FAQ's and a model's."""
        self._ask(questions, self._writer.remove_bound())
        self._drain(1)

    def settle(self) -> Counter[str]:
        """Remove the documents that were not put in, embed what is left; what the part holds."""
        there = set(self.order)
        self._elsewhere = {id_: known for id_, known in self._elsewhere.items() if id_ in there}
        for id_ in self._known.keys() - there:
            read, asked = self._remove(id_)
            self.store.delete("passages", sorted(read))
            self.store.delete("questions", sorted(asked))
        self._drain(1)
        counts = self._writer.counts()
        if self._older:
            counts += self._older.catalog.counts(self._older.catalog.document_ids.keys() - self._elsewhere.keys())
        kept = counts["views"] + counts["questions"] - self._done.total()
        return counts + Counter(
            embedded=self._done.total(), kept=kept, removed=self._there - kept
        )

    def finish(self, meta: dict[str, str]) -> None:
        """Write the catalog, and what it continues; ``meta`` is what it says about the version."""
        self._writer.finish(self.order, meta)
        if self._older:
            since = self._older.since
            gone = self._older.catalog.document_ids.keys() - self._elsewhere.keys()
            Continued(since.version, since.without | gone).write(self.folder)

    def _remove(self, id_: str) -> tuple[dict[str, tuple[bytes, bytes]], set[str]]:
        if self.base is None or id_ not in self._known:
            return {}, set()
        return self._writer.remove_document(self.base.document(id_), self.base.all_units(id_))

    def _ask(self, questions: Sequence[KnownQuestion], before: set[str]) -> None:
        """Take in questions in place of those with the ids ``before``."""
        self._writer.add_questions(questions)
        wanted = {question.id: question.text for question in questions}
        self._questions |= {id_: text for id_, text in wanted.items() if id_ not in before}
        self.store.delete("questions", sorted(before - wanted.keys()))

    def _drain(self, least: int) -> None:
        """Embed what waits, in batches, until fewer than ``least`` texts of a shelf wait."""
        while len(self._views) >= least:
            batch, self._views = self._views[:_BATCH], self._views[_BATCH:]
            vectors, words = self._embed_views([(id_, text) for id_, text, _ in batch])
            topics = pack_topics(self._job.prototypes.passages, vectors)
            self._writer.add_views(
                (unit, id_, (packed, words[id_]))
                for (id_, _, unit), packed in zip(batch, topics, strict=True)
            )
        while len(self._questions) >= least:
            asked = list(self._questions.items())[:_BATCH]
            for id_, _ in asked:
                del self._questions[id_]
            self._embed_questions(asked)

    def _embed_views(self, rows: Sequence[tuple[str, str]]) -> tuple[np.ndarray, dict[str, bytes]]:
        """Put the vectors of (id, text) on their shelf: these, (len(rows), dimension), and the packed words
        by id; from the version before, or new."""
        ids = [id_ for id_, _ in rows]
        words: dict[str, bytes] = {}
        found: dict[str, np.ndarray] = {}
        for before in self._before:
            if before.catalog and (known := before.catalog.words_of(ids)):
                found |= before.vectors.vectors("passages", list(known))
                words |= known
        new = [(id_, text) for id_, text in rows if id_ not in found]
        if new:
            embedded = self._job.embedder.embed([text for _, text in new], kind="passage")
            for (id_, _), vector, own in zip(new, embedded.vectors, embedded.words, strict=True):
                found[id_], words[id_] = vector, own.vectors.tobytes()
        return self._shelve("passages", ids, found, len(new), len(self._views)), words

    def _embed_questions(self, rows: Sequence[tuple[str, str]]) -> None:
        """The same for known questions, which have no words."""
        ids = [id_ for id_, _ in rows]
        found: dict[str, np.ndarray] = {}
        for before in self._before:
            found |= before.vectors.vectors("questions", ids)
        new = [(id_, text) for id_, text in rows if id_ not in found]
        if new:
            vectors = self._job.embedder.encode([text for _, text in new], kind="query")
            whitened = self._job.prototypes.whitening.apply(vectors)
            found |= {id_: vector for (id_, _), vector in zip(new, whitened, strict=True)}
        self._shelve("questions", ids, found, len(new), len(self._questions))

    def _shelve(
        self, shelf: Shelf, ids: Sequence[str], found: dict[str, np.ndarray], new: int, waiting: int
    ) -> np.ndarray:
        vectors = np.stack([found[id_] for id_ in ids]).astype(np.float32)
        self.store.add(shelf, ids, vectors)
        self._done[shelf] += new
        if self._job.progress and new:
            self._job.progress(shelf, self._done[shelf], self._done[shelf] + waiting)
        return vectors


def read_all(part: Part, inputs: Iterable[Input]) -> list[tuple[str, str]]:
    """Put documents into a part: what could not be read, as (id of the document, reason)."""
    skipped: list[tuple[str, str]] = []
    for item in inputs:
        name = item.source.path
        try:
            warnings = part.put(item)
            skipped += [(item.source.id, f"{name}, {warning}") for warning in warnings]
        except CorpusError as error:
            skipped.append((item.source.id, f"{name}: {error}"))
    return skipped
