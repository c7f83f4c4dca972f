"""What one version of a call's index knows besides vectors: an SQLite file, read only.

Documents with their canonical text, units, facts, known questions, and the lexical index
(FTS5 over stems, BM25 with headings as a field of their own).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from assistant.types import Document, Fact, Section, Span, Unit
from assistant.words import stems

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT, kind TEXT, language TEXT, url TEXT,
                        sha256 TEXT, text TEXT, sections TEXT, pages TEXT);
CREATE TABLE units (id TEXT PRIMARY KEY, ordinal INTEGER, document TEXT, kind TEXT,
                    section INTEGER, shape TEXT);
CREATE TABLE facts (unit TEXT, kind TEXT, value TEXT, label TEXT, start INTEGER, end INTEGER);
CREATE INDEX facts_unit ON facts (unit);
CREATE TABLE questions (id TEXT PRIMARY KEY, text TEXT, language TEXT, origin TEXT, entry TEXT,
                        unit TEXT, document TEXT, parts TEXT);
CREATE TABLE vocabulary (stem TEXT PRIMARY KEY, units INTEGER, word TEXT);
CREATE VIRTUAL TABLE lexical USING fts5 (unit UNINDEXED, body, heading,
                                         tokenize = "unicode61 remove_diacritics 0");
"""

Origin = Literal["faq", "proposed", "fact"]


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question whose answer is bound to exact spans: from the FAQ, or made from a passage by a
    model (``proposed``) or by its form (``fact``). Only those of the FAQ were validated."""

    id: str
    text: str
    language: str
    origin: Origin
    entry: str
    unit: str
    document: str
    parts: tuple[Span, ...]


class Catalog:
    """Read access to one version's catalog; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._units: dict[str, Unit] = {}
        self._questions: dict[str, KnownQuestion] = {}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @cached_property
    def meta(self) -> dict[str, str]:
        """Facts about the version itself: version, embedder, when it was made …"""
        return dict(self._db.execute("SELECT key, value FROM meta").fetchall())

    @cached_property
    def documents(self) -> dict[str, Document]:
        """All documents by id, in the order of call.toml."""
        rows = self._db.execute(
            "SELECT id, title, kind, language, url, text, sections, pages FROM documents "
            "ORDER BY rowid"
        )
        return {
            row[0]: Document(
                row[0], row[1], row[2], row[3], row[4], row[5],
                tuple(map(_section, json.loads(row[6]))), tuple(map(tuple, json.loads(row[7]))),
            )  # fmt: skip
            for row in rows
        }

    def unit(self, id_: str) -> Unit:
        """The unit with this id."""
        if id_ not in self._units:
            self._units.update((unit.id, unit) for unit in self._select_units([id_]))
        return self._units[id_]

    def units(self, ids: Iterable[str]) -> dict[str, Unit]:
        """Units by id; unknown ids are left out."""
        wanted = list(ids)
        missing = [id_ for id_ in wanted if id_ not in self._units]
        if missing:
            self._units.update((unit.id, unit) for unit in self._select_units(missing))
        return {id_: self._units[id_] for id_ in wanted if id_ in self._units}

    def all_units(self, document: str) -> list[Unit]:
        """All units of a document in the order of the text, composites last."""
        rows = self._db.execute(
            "SELECT id, document, kind, section, shape FROM units WHERE document = ? "
            "ORDER BY ordinal",
            (document,),
        )
        return [_unit(row) for row in rows]

    def _select_units(self, ids: Sequence[str]) -> list[Unit]:
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(
            f"SELECT id, document, kind, section, shape FROM units WHERE id IN ({marks})",
            tuple(ids),
        )
        return [_unit(row) for row in rows]

    @cached_property
    def facts(self) -> dict[str, tuple[Fact, ...]]:
        """Facts by the id of their unit."""
        found: dict[str, list[Fact]] = {}
        for unit, kind, value, label, start, end in self._db.execute("SELECT * FROM facts"):
            found.setdefault(unit, []).append(Fact(kind, value, label, Span(start, end), unit))
        return {unit: tuple(facts) for unit, facts in found.items()}

    def questions(self, ids: Iterable[str]) -> dict[str, KnownQuestion]:
        """Known questions by id; unknown ids are left out."""
        wanted = list(ids)
        missing = [id_ for id_ in wanted if id_ not in self._questions]
        if missing:
            marks = ",".join("?" * len(missing))
            rows = self._db.execute(f"SELECT * FROM questions WHERE id IN ({marks})", missing)
            self._questions.update((row[0], _question(row)) for row in rows)
        return {id_: self._questions[id_] for id_ in wanted if id_ in self._questions}

    def all_questions(self) -> list[KnownQuestion]:
        """All known questions, in the order in which they were written down."""
        rows = self._db.execute("SELECT * FROM questions ORDER BY rowid")
        return [_question(row) for row in rows]

    @cached_property
    def vocabulary(self) -> dict[str, tuple[int, str]]:
        """Stem to (number of leaf units that hold it, its most frequent spelling)."""
        rows = self._db.execute("SELECT stem, units, word FROM vocabulary")
        return {stem: (count, word) for stem, count, word in rows}

    @cached_property
    def leaf_count(self) -> int:
        """Number of units that are not composite."""
        return int(self.meta["leaves"])

    def lexical(self, words: Sequence[str], count: int) -> list[tuple[str, float]]:
        """Units that share stems with ``words``, as (id, BM25 score), best first.

        BM25 as in FTS5 (k1 = 1.2, b = 0.75), headings weigh half of the body; higher is better.
        """
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words) if word.isalnum())
        if not query:
            return []
        rows = self._db.execute(
            "SELECT unit, -bm25(lexical, 0.0, 1.0, 0.5) AS score FROM lexical "
            "WHERE lexical MATCH ? ORDER BY score DESC LIMIT ?",
            (query, count),
        )
        return [(unit, score) for unit, score in rows]


def write_catalog(
    path: Path,
    *,
    meta: dict[str, str],
    documents: Iterable[tuple[Document, str]],
    units: Iterable[Unit],
    contexts: dict[str, tuple[str, str]],
    facts: Iterable[Fact],
    questions: Iterable[KnownQuestion],
    vocabulary: dict[str, tuple[int, str]],
) -> None:
    """Write a new catalog file.

    ``documents`` come with the SHA-256 of their source, ``contexts`` gives each unit's (body,
    heading path) for the lexical index.
    """
    db = sqlite3.connect(path)
    languages = {}
    with db:
        db.executescript(SCHEMA)
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        for document, digest in documents:
            languages[document.id] = document.language
            sections = json.dumps(
                [[s.ordinal, s.level, _pair(s.heading), _pair(s.span), s.parent]
                 for s in document.sections]
            )  # fmt: skip
            db.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (document.id, document.title, document.kind, document.language, document.url,
                 digest, document.text, sections, json.dumps(document.pages)),
            )  # fmt: skip
        for ordinal, unit in enumerate(units):
            shape = {
                "span": _pair(unit.span),
                "sentences": [_pair(s) for s in unit.sentences],
                "parts": [_pair(p) for p in unit.parts],
                "lead": _pair(unit.lead) if unit.lead else None,
                "caller": _pair(unit.caller) if unit.caller else None,
                "composite": unit.composite,
            }
            db.execute(
                "INSERT INTO units VALUES (?, ?, ?, ?, ?, ?)",
                (unit.id, ordinal, unit.document, unit.kind, unit.section, json.dumps(shape)),
            )
            body, heading = contexts[unit.id]
            language = languages[unit.document]
            db.execute(
                "INSERT INTO lexical VALUES (?, ?, ?)",
                (unit.id, " ".join(stems(body, language)), " ".join(stems(heading, language))),
            )
        db.executemany(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)",
            ((f.unit, f.kind, f.value, f.label, f.span.start, f.span.end) for f in facts),
        )
        db.executemany(
            "INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (q.id, q.text, q.language, q.origin, q.entry, q.unit, q.document,
                 json.dumps([_pair(p) for p in q.parts]))
                for q in questions
            ),
        )  # fmt: skip
        db.executemany(
            "INSERT INTO vocabulary VALUES (?, ?, ?)",
            ((stem, count, word) for stem, (count, word) in vocabulary.items()),
        )
    db.close()


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _section(row: Sequence) -> Section:  # type: ignore[type-arg]
    return Section(row[0], row[1], Span(*row[2]), Span(*row[3]), row[4])


def _unit(row: Sequence) -> Unit:  # type: ignore[type-arg]
    shape = json.loads(row[4])
    return Unit(
        id=row[0],
        document=row[1],
        kind=row[2],
        section=row[3],
        span=Span(*shape["span"]),
        sentences=tuple(Span(*s) for s in shape["sentences"]),
        parts=tuple(Span(*p) for p in shape["parts"]),
        lead=Span(*shape["lead"]) if shape["lead"] else None,
        caller=Span(*shape["caller"]) if shape["caller"] else None,
        composite=shape["composite"],
    )


def _question(row: Sequence) -> KnownQuestion:  # type: ignore[type-arg]
    return KnownQuestion(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6],
        tuple(Span(*p) for p in json.loads(row[7])),
    )
