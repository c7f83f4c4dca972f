"""What changed between two versions of an index, article by article, and what that touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.index.catalog import Catalog
from assistant.index.versions import linked_folders
from assistant.types import Unit


@dataclass(frozen=True, slots=True)
class Change:
    """A passage that is new ("added"), gone ("removed") or both in the same place ("changed")."""

    kind: str
    document: str
    heading: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changes in the order of the text, and the FAQ entries whose quotes are gone."""

    changes: tuple[Change, ...]
    expired_faq: tuple[str, ...]


def compare(before: Path, after: Path) -> Comparison:
    """Compare the catalogs of two versions, given by their folders; linked resources come last."""
    changes: list[Change] = []
    with _catalogs(before) as olds, _catalogs(after) as news:
        old, new = _by_document(olds), _by_document(news)
        for document in dict.fromkeys([*old, *new]):
            changes += _changes(document, old.get(document), new.get(document))
        entries = [
            {q.entry for c in catalogs for q in c.all_questions() if q.origin == "faq"}
            for catalogs in (olds, news)
        ]
    return Comparison(tuple(changes), tuple(sorted(entries[0] - entries[1])))


def gone_quotes(quotes: Iterable[str], before: Path, after: Path) -> list[str]:
    """Those of ``quotes`` that stand in the documents of ``before`` and no longer in ``after``."""
    return quotes_gone(before, after)(quotes)


def quotes_gone(before: Path, after: Path) -> Callable[[Iterable[str]], list[str]]:
    """``gone_quotes`` for many lists of quotes: the documents are read once."""
    old, new = (_texts(folder) for folder in (before, after))

    def gone(quotes: Iterable[str]) -> list[str]:
        return [q for q in quotes if (p := plain(q)) and any(p in t for t in old) and not any(p in t for t in new)]  # fmt: skip

    return gone


def _texts(folder: Path) -> list[str]:
    with _catalogs(folder) as catalogs:
        return [plain(d.text) for catalog in catalogs for d in catalog.documents.values()]


@contextmanager
def _catalogs(folder: Path) -> Iterator[list[Catalog]]:
    """The catalog of a version, and those of its linked resources."""
    parts = [(folder, frozenset[str]()), *linked_folders(folder)]
    catalogs = [Catalog(path / "catalog.sqlite", without) for path, without in parts]
    try:
        yield catalogs
    finally:
        for catalog in catalogs:
            catalog.close()


def _by_document(catalogs: Iterable[Catalog]) -> dict[str, Catalog]:
    return {document: catalog for catalog in catalogs for document in catalog.documents}


def plain(text: str) -> str:
    """``text`` as passages are compared: line breaks and marks of lists do not count."""
    return "".join(c for c in text if not c.isspace() and c not in "-•➔►▪")


def _changes(document: str, old: Catalog | None, new: Catalog | None) -> list[Change]:
    gone, come = _passages(document, old), _passages(document, new)
    removed = [key for key in gone if key not in come]
    added = [key for key in come if key not in gone]
    changes: list[Change] = []
    for heading, kind, text in removed:
        match = next((a for a in added if a[0] == heading and a[1] == kind), None)
        if match is not None:
            added.remove(match)
            changes.append(Change("changed", document, heading, text, match[2]))
        else:
            changes.append(Change("removed", document, heading, text, ""))
    return changes + [Change("added", document, heading, "", text) for heading, _, text in added]


def _passages(id_: str, catalog: Catalog | None) -> dict[tuple[str, str, str], Unit]:
    if catalog is None:
        return {}
    document = catalog.documents[id_]
    found: dict[tuple[str, str, str], Unit] = {}
    for unit in catalog.all_units(id_):
        if not unit.composite:
            heading = " › ".join(document.heading_path(unit.section))
            text = " ".join(document.text[unit.span.start : unit.span.end].split())
            found[heading, unit.kind, text] = unit
    return found
