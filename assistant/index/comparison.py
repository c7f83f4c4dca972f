"""What changed between two versions of an index, article by article, and what that touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.index.catalog import Catalog
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
    """Compare the catalogs of two versions, given by their folders."""
    old, new = Catalog(before / "catalog.sqlite"), Catalog(after / "catalog.sqlite")
    try:
        changes: list[Change] = []
        for document in dict.fromkeys([*old.documents, *new.documents]):
            changes += _changes(document, old, new)
        entries = [{q.entry for q in c.all_questions() if q.origin == "faq"} for c in (old, new)]
        return Comparison(tuple(changes), tuple(sorted(entries[0] - entries[1])))
    finally:
        old.close()
        new.close()


def gone_quotes(quotes: Iterable[str], before: Path, after: Path) -> list[str]:
    """Those of ``quotes`` that stand in the documents of ``before`` and no longer in ``after``."""
    old, new = (_texts(folder) for folder in (before, after))
    return [q for q in quotes if (p := _plain(q)) and any(p in t for t in old) and not any(p in t for t in new)]  # fmt: skip


def _texts(folder: Path) -> list[str]:
    catalog = Catalog(folder / "catalog.sqlite")
    try:
        return [_plain(document.text) for document in catalog.documents.values()]
    finally:
        catalog.close()


def _plain(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in "-•➔►▪")


def _changes(document: str, old: Catalog, new: Catalog) -> list[Change]:
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


def _passages(id_: str, catalog: Catalog) -> dict[tuple[str, str, str], Unit]:
    document = catalog.documents.get(id_)
    if document is None:
        return {}
    found: dict[tuple[str, str, str], Unit] = {}
    for unit in catalog.all_units(id_):
        if not unit.composite:
            heading = " › ".join(document.heading_path(unit.section))
            text = " ".join(document.text[unit.span.start : unit.span.end].split())
            found[heading, unit.kind, text] = unit
    return found
