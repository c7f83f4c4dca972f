"""Writes the catalog of a version (assistant/index/catalog.py), one document at a time.

A new file, or a copy of the version before in which documents are replaced: either way the file
says the same in the end.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from assistant.index.rows import count_rows
from assistant.index.schema import SCHEMA
from assistant.types import Document, Fact, KnownQuestion, Span, Unit
from assistant.words import stem, stems, stop_words, tokens
from ingest.views import unit_context


class CatalogWriter:
    """The file ``path``, created when it is not there; all is written by ``finish``."""

    def __init__(self, path: Path) -> None:
        known = path.exists()
        self._db = sqlite3.connect(path, isolation_level=None)
        # Nobody reads the file before it is whole, and one that is not is thrown away.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("BEGIN")
        if not known:
            for statement in SCHEMA.split(";"):
                self._db.execute(statement)
        self._touched: set[str] = set()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def finish(self, order: Iterable[str], meta: Mapping[str, str]) -> None:
        """Put the documents in ``order``, replace the meta table, and write all."""
        db = self._db
        db.executemany(
            "UPDATE documents SET place = ? WHERE id = ? AND place IS NOT ?",
            ((place, id_, place) for place, id_ in enumerate(order)),
        )  # fmt: skip
        db.execute("DELETE FROM spellings WHERE count = 0")
        db.execute("DELETE FROM vocabulary WHERE units = 0")
        db.executemany(
            "UPDATE vocabulary SET word = (SELECT word FROM spellings s WHERE "
            "s.stem = vocabulary.stem ORDER BY count DESC, word LIMIT 1) WHERE stem = ?",
            ((word,) for word in sorted(self._touched)),
        )
        db.execute("DELETE FROM meta")
        (leaves,) = db.execute("SELECT count(*) FROM units WHERE NOT composite").fetchone()
        db.executemany("INSERT INTO meta VALUES (?, ?)", {**meta, "leaves": str(leaves)}.items())
        db.execute("COMMIT")

    def counts(self) -> Counter[str]:
        """Numbers of documents, units, facts, questions and views."""
        return count_rows(self._db)

    def add_document(
        self, document: Document, sha256: str, source: str, warnings: Sequence[str],
        units: Sequence[Unit], facts: Iterable[Fact],
    ) -> dict[str, int]:  # fmt: skip
        """Add a document with its units and facts; the number of every unit by its id."""
        db = self._db
        sections = json.dumps(
            [[s.ordinal, s.level, _pair(s.heading), _pair(s.span), s.parent]
             for s in document.sections]
        )  # fmt: skip
        db.execute(
            "INSERT INTO documents VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document.id, document.title, document.kind, document.language, document.url, sha256,
             source, json.dumps(warnings), document.text, sections, json.dumps(document.pages)),
        )  # fmt: skip
        numbers: dict[str, int] = {}
        for unit in units:
            shape = {
                "span": _pair(unit.span),
                "sentences": [_pair(s) for s in unit.sentences],
                "parts": [_pair(p) for p in unit.parts],
                "lead": _pair(unit.lead) if unit.lead else None,
                "caller": _pair(unit.caller) if unit.caller else None,
            }
            number = db.execute(
                "INSERT INTO units VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                (unit.id, unit.document, unit.kind, unit.section, unit.composite, json.dumps(shape)),
            ).lastrowid
            assert number is not None
            numbers[unit.id] = number
            body, heading = unit_context(document, unit)
            db.execute(
                "INSERT INTO lexical (rowid, body, heading) VALUES (?, ?, ?)",
                (number, " ".join(stems(body, document.language)),
                 " ".join(stems(heading, document.language))),
            )  # fmt: skip
        db.executemany(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)",
            ((f.unit, f.kind, f.value, f.label, f.span.start, f.span.end) for f in facts),
        )
        self._learn(document, units, 1)
        return numbers

    def remove_document(
        self, document: Document, units: Sequence[Unit]
    ) -> tuple[dict[str, tuple[bytes, bytes]], set[str]]:
        """Remove a document, which has these units: the topics and words of its views by their ids,
        and the ids of the questions that its facts gave."""
        db = self._db
        rows = db.execute(
            "SELECT u.id || '#' || v.view, v.topics, w.vectors FROM units u JOIN views v "
            "ON v.unit = u.number JOIN words w ON w.view = v.number WHERE u.document = ?", (document.id,),
        )  # fmt: skip
        views = {id_: (topics, words) for id_, topics, words in rows}
        rows = db.execute(
            "DELETE FROM questions WHERE document = ? AND origin = 'fact' RETURNING id", (document.id,)
        )
        questions = {id_ for (id_,) in rows.fetchall()}
        numbers = db.execute("SELECT number, id FROM units WHERE document = ?", (document.id,)).fetchall()
        for number, id_ in numbers:
            db.execute("DELETE FROM lexical WHERE rowid = ?", (number,))
            db.execute("DELETE FROM words WHERE view IN (SELECT number FROM views WHERE unit = ?)", (number,))
            db.execute("DELETE FROM views WHERE unit = ?", (number,))
            db.execute("DELETE FROM facts WHERE unit = ?", (id_,))
        db.execute("DELETE FROM units WHERE document = ?", (document.id,))
        db.execute("DELETE FROM documents WHERE id = ?", (document.id,))
        self._learn(document, units, -1)
        return views, questions

    def add_views(self, rows: Iterable[tuple[int, str, tuple[bytes, bytes]]]) -> None:
        """Add views: the number of the unit, the id, the topics and words as they are stored."""
        for unit, id_, (topics, words) in rows:
            added = self._db.execute(
                "INSERT INTO views (unit, view, topics) VALUES (?, ?, ?)",
                (unit, id_.partition("#")[2], topics),
            )
            self._db.execute("INSERT INTO words VALUES (?, ?)", (added.lastrowid, words))

    def add_questions(self, questions: Iterable[KnownQuestion]) -> None:
        """Add known questions; of two with one id the later counts."""
        self._db.executemany(
            "INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (q.id, q.text, q.language, q.origin, q.entry, q.unit, q.document,
                 json.dumps([_pair(p) for p in q.parts]))
                for q in questions
            ),
        )  # fmt: skip

    def remove_bound(self) -> set[str]:
        """Remove the questions that were bound to quotes; their ids."""
        rows = self._db.execute("DELETE FROM questions WHERE origin != 'fact' RETURNING id")
        return {id_ for (id_,) in rows.fetchall()}

    def _learn(self, document: Document, units: Sequence[Unit], sign: int) -> None:
        """Count the words of a document's leaves, or (``sign`` -1) take them off again."""
        language, stop = document.language, stop_words()
        frequency, spellings = Counter[str](), Counter[tuple[str, str]]()
        for unit in units:
            if unit.composite:
                continue
            body, heading = unit_context(document, unit)
            words = [word for word in tokens(f"{body} {heading}") if word not in stop]
            keys = [stem(word, language) for word in words]
            spellings.update(zip(keys, words, strict=True))
            frequency.update(set(keys))
        self._db.executemany(
            "INSERT INTO vocabulary VALUES (?, ?, '') "
            "ON CONFLICT DO UPDATE SET units = units + excluded.units",
            ((key, sign * count) for key, count in frequency.items()),
        )
        self._db.executemany(
            "INSERT INTO spellings VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET count = count + excluded.count",
            ((key, word, sign * count) for (key, word), count in spellings.items()),
        )
        self._touched |= frequency.keys()


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]
