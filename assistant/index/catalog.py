"""What one version of a call's index knows besides vectors: an SQLite file, read only.

Documents with their canonical text, units, facts, known questions, the topics of every view, and
the lexical index (FTS5 over stems, BM25 with headings as a field of their own). What is asked for
is looked up; only small things and what was looked up last are held in memory, so that neither
opening a catalog nor a question costs more where there are many documents.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from assistant.errors import IndexMissingError
from assistant.index.lexical import search
from assistant.index.rows import count_rows, document_of, fact_of, question_of, unit_of
from assistant.index.schema import FORMAT
from assistant.types import Document, Fact, FactKind, KnownQuestion, Unit, UnitKind

# What was looked up last: so many units, and documents of so many characters together.
_UNITS_HELD = 50_000
_CHARACTERS_HELD = 32_000_000
_QUESTIONS_HELD = 50_000
_MARKS = 500


class Documents(Mapping[str, Document]):
    """Documents by id, those of the first catalog first, each read when it is asked for."""

    def __init__(self, *catalogs: Catalog) -> None:
        self._catalogs = catalogs

    def __getitem__(self, id_: str) -> Document:
        for catalog in self._catalogs:
            if id_ in catalog.document_ids:
                return catalog.document(id_)
        raise KeyError(id_)

    def __contains__(self, id_: object) -> bool:
        return any(id_ in catalog.document_ids for catalog in self._catalogs)

    def __iter__(self) -> Iterator[str]:
        return (id_ for catalog in self._catalogs for id_ in catalog.document_ids)

    def __len__(self) -> int:
        return sum(len(catalog.document_ids) for catalog in self._catalogs)


class Catalog:
    """Read access to one version's catalog; safe to share between threads.

    ``without`` are ids of documents in it that do not count: they, their units and their facts are
    as if they were not there, but that their words stay in ``vocabulary``, and they may take places
    in what ``lexical`` and the vectors find. Raises IndexMissingError when the file was made by
    another version of this program.
    """

    def __init__(self, path: Path, without: frozenset[str] = frozenset()) -> None:
        self._db = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._without = without
        self._units: dict[str, Unit] = {}
        self._questions: dict[str, KnownQuestion] = {}
        self._documents: dict[str, Document] = {}
        self._held = 0
        if self.meta.get("format") != FORMAT:
            self.close()
            raise IndexMissingError(
                f"{path} was made by another version of this program. Run 'aap ingest'."
            )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @cached_property
    def meta(self) -> dict[str, str]:
        """Facts about the version itself: version, embedder, when it was made …"""
        return dict(self._db.execute("SELECT key, value FROM meta").fetchall())

    @cached_property
    def document_ids(self) -> dict[str, None]:
        """Ids of all documents, in the order of call.toml."""
        rows = self._db.execute("SELECT id FROM documents ORDER BY place")
        return dict.fromkeys(id_ for (id_,) in rows if id_ not in self._without)

    @property
    def documents(self) -> Documents:
        """All documents by id, in the order of call.toml."""
        return Documents(self)

    def document(self, id_: str) -> Document:
        """The document with this id. Raises KeyError when there is none."""
        found = self._documents.get(id_)
        if found is None:
            row = self._db.execute(
                "SELECT id, title, kind, language, url, text, sections, pages FROM documents "
                "WHERE id = ?",
                (id_,),
            ).fetchone()
            if row is None:
                raise KeyError(id_)
            found = document_of(row)
            if self._held + len(found.text) > _CHARACTERS_HELD:
                self._documents.clear()
                self._held = 0
            self._held += len(found.text)
            self._documents[id_] = found
        return found

    def sources(self) -> dict[str, tuple[str, str, tuple[str, ...]]]:
        """For every document: the SHA-256 of its file, what was known of it (JSON), and what of it
        could not be read."""
        rows = self._db.execute("SELECT id, sha256, source, warnings FROM documents")
        return {
            id_: (sha256, source, tuple(json.loads(warnings)))
            for id_, sha256, source, warnings in rows
            if id_ not in self._without
        }

    def holding(self, text: str) -> list[str]:
        """Ids of the documents in whose text ``text`` stands."""
        rows = self._db.execute(
            "SELECT id FROM documents WHERE instr(text, ?) ORDER BY place", (text,)
        )
        return [id_ for (id_,) in rows if id_ not in self._without]

    def unit(self, id_: str) -> Unit:
        """The unit with this id."""
        return self.units([id_])[id_]

    def units(self, ids: Iterable[str]) -> dict[str, Unit]:
        """Units by id; unknown ids are left out."""
        wanted = dict.fromkeys(ids)
        found = {id_: unit for id_ in wanted if (unit := self._units.get(id_)) is not None}
        missing = [id_ for id_ in wanted if id_ not in found]
        if missing:
            rows = self._among(
                "SELECT id, document, kind, section, composite, shape FROM units WHERE id", missing
            )
            fresh = {row[0]: unit_of(row) for row in rows if row[1] not in self._without}
            if len(self._units) + len(fresh) > _UNITS_HELD:
                self._units.clear()
            self._units |= fresh
            found |= fresh
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def all_units(self, document: str, *, composite: bool | None = None) -> list[Unit]:
        """All units of a document in the order of the text, composites last; or only those that
        are ``composite``, or are not."""
        rows = self._db.execute(
            "SELECT id, document, kind, section, composite, shape FROM units WHERE document = ? "
            "AND composite IN (?, ?) ORDER BY number",
            (document, bool(composite), composite is not False),
        )
        return [unit_of(row) for row in rows]

    @cached_property
    def contacts(self) -> tuple[Unit, ...]:
        """All contacts that facts are known of, in the order of the documents."""
        rows = self._db.execute(
            "SELECT u.id, document, u.kind, section, composite, shape FROM units u "
            "JOIN documents d ON d.id = document WHERE u.kind = 'contact' "
            "AND EXISTS (SELECT 1 FROM facts f WHERE f.unit = u.id) ORDER BY place, number"
        )
        return tuple(unit_of(row) for row in rows if row[1] not in self._without)

    def facts(self, unit: str) -> tuple[Fact, ...]:
        """Facts of a unit, in the order of the text."""
        rows = self._db.execute("SELECT * FROM facts WHERE unit = ? ORDER BY rowid", (unit,))
        return tuple(map(fact_of, rows))

    def facts_of(
        self, kind: FactKind, *, value: str | None = None, unit_kind: UnitKind | None = None
    ) -> list[Fact]:
        """Facts of a kind, in the order of the documents: all, those with a ``value``, or those in
        units of a kind."""
        rows = self._db.execute(
            "SELECT u.document, f.* FROM facts f JOIN units u ON u.id = f.unit JOIN documents d "
            "ON d.id = u.document WHERE f.kind = ? AND (? IS NULL OR f.value = ?) "
            "AND (? IS NULL OR u.kind = ?) ORDER BY place, number, f.rowid",
            (kind, value, value, unit_kind, unit_kind),
        )
        return [fact_of(fact) for document, *fact in rows if document not in self._without]

    def questions(self, ids: Iterable[str]) -> dict[str, KnownQuestion]:
        """Known questions by id; unknown ids are left out."""
        wanted = list(ids)
        found = {id_: held for id_ in wanted if (held := self._questions.get(id_)) is not None}
        missing = [id_ for id_ in wanted if id_ not in found]
        if missing:
            rows = self._among("SELECT * FROM questions WHERE id", missing)
            read = {row[0]: question_of(row) for row in rows}
            found |= read
            if len(self._questions) > _QUESTIONS_HELD:
                self._questions.clear()
            self._questions.update(read)
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def all_questions(self) -> Iterator[KnownQuestion]:
        """All known questions, in the order in which they were written down."""
        return map(question_of, self._db.execute("SELECT * FROM questions ORDER BY rowid"))

    def validated_questions(self) -> Iterator[KnownQuestion]:
        """The questions of the FAQ, in its order."""
        return map(question_of, self._db.execute(
            "SELECT * FROM questions WHERE origin = 'faq' ORDER BY rowid"
        ))  # fmt: skip

    def view_topics(self) -> tuple[list[int], bytes]:
        """The numbers of all views, ascending, and the topics of one after the other, as stored."""
        numbers: list[int] = []
        topics = bytearray()
        for number, packed in self._db.execute("SELECT number, topics FROM views ORDER BY number"):
            numbers.append(number)
            topics += packed
        return numbers, bytes(topics)

    def view_words(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """The words (as in ``embedding.Words``, packed) of views by their number."""
        return dict(self._among("SELECT view, vectors FROM words WHERE view", list(numbers)))  # type: ignore[arg-type]

    def words_of(self, views: Iterable[str]) -> dict[str, bytes]:
        """The same by the ids (as in ingest/views.py) of views; unknown ones are left out."""
        wanted = set(views)
        rows = self._among(
            "SELECT u.id || '#' || v.view, w.vectors FROM units u JOIN views v ON v.unit = u.number "
            "JOIN words w ON w.view = v.number WHERE u.id", list({id_.partition("#")[0] for id_ in wanted}),
        )  # fmt: skip
        return {id_: words for id_, words in rows if id_ in wanted}

    def view_ids(self, numbers: Iterable[int]) -> dict[int, str]:
        """The ids (as in ingest/views.py) of views by their number."""
        rows = self._among(
            "SELECT v.number, u.id || '#' || v.view FROM views v JOIN units u ON u.number = v.unit "
            "WHERE v.number", list(numbers),
        )  # fmt: skip
        return {number: id_ for number, id_ in rows}

    def views(self, units: Iterable[str]) -> dict[str, dict[str, int]]:
        """For every unit of these its views ("u" or a sentence's number) with their numbers."""
        wanted = list(units)
        found: dict[str, dict[str, int]] = {unit: {} for unit in wanted}
        rows = self._among(
            "SELECT u.id, v.view, v.number FROM units u JOIN views v ON v.unit = u.number "
            "WHERE u.id", wanted,
        )  # fmt: skip
        for unit, view, number in rows:
            found[unit][view.partition("#")[0]] = number
        return found

    @cached_property
    def vocabulary(self) -> dict[str, tuple[int, str]]:
        """Stem to (number of leaf units that hold it, its most frequent spelling)."""
        rows = self._db.execute("SELECT stem, units, word FROM vocabulary")
        return {stem: (count, word) for stem, count, word in rows}

    def counts(self, without: Iterable[str] = ()) -> Counter[str]:
        """Numbers of documents, units, facts, known questions and views (the last two have vectors), but
        those of more documents ``without``."""
        return count_rows(self._db, self._without.union(without))

    @cached_property
    def leaf_count(self) -> int:
        """Number of units that are not composite."""
        return int(self.meta["leaves"])

    def lexical(self, words: Sequence[str], count: int) -> list[tuple[str, float]]:
        """Units that share stems with ``words``, as (id, BM25 score), best first.

        See ``lexical.search``: of very common words not all may count.
        """
        return search(self._db, words, count, self._frequency)

    def _frequency(self, stem: str) -> int:
        return self.vocabulary.get(stem, (0, ""))[0]

    def _among(self, select: str, values: Sequence[str | int]) -> Iterator[Sequence]:  # type: ignore[type-arg]
        """Rows for which what ``select`` ends with is one of ``values``."""
        for start in range(0, len(values), _MARKS):
            part = values[start : start + _MARKS]
            yield from self._db.execute(f"{select} IN ({','.join('?' * len(part))})", tuple(part))


def read_meta(path: Path) -> dict[str, str]:
    """``Catalog.meta`` of a file of any format; empty when there is none."""
    if not path.exists():
        return {}
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return dict(db.execute("SELECT key, value FROM meta").fetchall())
    except sqlite3.DatabaseError:
        return {}
    finally:
        db.close()
