"""How a part of a version is begun: as a copy of that of the version before, beside a large one that
stays where it is, or empty."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.prototypes import vector_space
from assistant.errors import IndexMissingError
from assistant.index.catalog import Catalog, read_meta
from assistant.index.schema import FORMAT
from assistant.index.vectors import (
    SHELVES,
    copy_vectors,
    create_vectors,
    discard_vectors,
    open_vectors,
)
from assistant.index.versions import LINKED, Continued, continued
from ingest.part import Before, Job, Part, Segment
from ingest.reading import Input

# A part of so many vectors is copied in a quarter of a second; beside a larger one stands another.
COPIED = 20_000
# Where a larger share of the documents changed, one part is better than two.
CHANGED = 0.1


@dataclass(frozen=True, slots=True)
class _Held:
    """A part of the version before, or the one that it continues, without the documents of it that do
    not count. ``size`` is the number of its vectors."""

    folder: Path
    before: Before
    since: Continued
    size: int


def open_part(
    stack: ExitStack, job: Job, folder: Path, name: str, inputs: Sequence[Input], *, hold: bool
) -> Part:
    """Begin a part ("" or LINKED) in ``folder``, into which ``inputs`` are to be put; ``stack`` closes it.

    ``hold``: its documents are wanted again (``Part.documents``).
    """
    folder.mkdir(exist_ok=True)
    held = _held(stack, job, name)
    stays = held[-1] if name == LINKED and _stays(held, inputs) else None
    older = Segment(stays.before.catalog, stays.since) if stays and stays.before.catalog else None
    moved = [one for one in held if one is not stays]
    base = _copy(stack, job, moved[-1], folder) if moved else None
    call, url = job.versions.call, job.settings.chroma_url
    store = open_vectors(folder, call, None) if base else create_vectors(folder, call, url)
    stack.callback(store.close)
    before = [one.before for one in held if base is None or one is not moved[-1]]
    there = sum(one.size for one in held)
    part = Part(job, folder, store, base, before, older, there, hold=hold)
    stack.callback(part.close)
    return part


def drop_part(part: Part, url: str | None) -> None:
    """Remove a part in which nothing is."""
    discard_vectors(part.folder, url)
    shutil.rmtree(part.folder)


def _held(stack: ExitStack, job: Job, name: str) -> list[_Held]:
    """What the version before holds of a part, in the space of today, the newest first."""
    try:
        version = job.versions.current_path()
    except IndexMissingError:
        return []
    older = continued(version) if name == LINKED else None
    found: list[_Held] = []
    for since in (Continued(int(version.name), frozenset()), *([older] if older else [])):
        folder = job.versions.path(since.version) / name
        meta = read_meta(folder / "catalog.sqlite")
        if meta.get("space") != vector_space(job.embedder):
            continue
        try:
            store = open_vectors(folder, job.versions.call, job.settings.chroma_url)
        except IndexMissingError:
            continue
        stack.callback(store.close)
        catalog = None
        if meta.get("format") == FORMAT:
            catalog = Catalog(folder / "catalog.sqlite", since.without)
            stack.callback(catalog.close)
            counts = catalog.counts()
            size = counts["views"] + counts["questions"]
        else:
            size = sum(store.count(shelf) for shelf in SHELVES)
        found.append(_Held(folder, Before(store, catalog), since, size))
    return found


def _stays(held: Sequence[_Held], inputs: Sequence[Input]) -> bool:
    """Whether the last, and oldest, of these stays where it is, and what changed stands beside it."""
    if not held or any(one.before.catalog is None for one in held):
        return False
    *beside, oldest = held
    if beside[0].size > COPIED if beside else oldest.size <= COPIED:
        return False
    known = {k: v for one in held if one.before.catalog for k, v in one.before.catalog.sources().items()}
    same = sum(known.get(i.source.id, ())[:2] == (i.sha256, i.known) for i in inputs)
    return len(inputs) - same <= CHANGED * len(inputs)


def _copy(stack: ExitStack, job: Job, held: _Held, folder: Path) -> Catalog | None:
    """Copy a part, be it with documents that do not count any more, which are unlike what is put in its
    place; None where that can't be done. The catalog of what was copied."""
    if job.settings.chroma_url is not None or held.before.catalog is None:
        return None
    try:
        copy_vectors(held.folder, folder)
    except IndexMissingError:
        return None
    shutil.copyfile(held.folder / "catalog.sqlite", folder / "catalog.sqlite")
    base = Catalog(held.folder / "catalog.sqlite")
    stack.callback(base.close)
    return base
