"""``aap ingest``: from a call's folder to a new version of its index.

Nothing is changed in place: the new version is built in a staging folder (and, with a Chroma
server, in collections of its own) and becomes current in one step, so whoever kills this leaves
the previous index as it was. It starts as a copy of the current version, in which the documents
that changed are replaced (ingest/part.py). What no version needs any more is removed after the
switch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from assistant.answering.index import INTENTS
from assistant.answering.prototypes import Prototypes, load_prototypes, topic_wordings, vector_space
from assistant.call import Call, load_call
from assistant.embedding import Embedder
from assistant.errors import CorpusError, IndexMissingError
from assistant.index.catalog import Catalog, read_meta
from assistant.index.schema import FORMAT
from assistant.index.vectors import open_vectors
from assistant.index.versions import LINKED, Versions, linked_folders
from assistant.settings import Settings
from ingest.begin_part import drop_part, open_part
from ingest.faq import (
    PROPOSED,
    Standard,
    as_entries,
    asked_twice,
    bind_faq,
    load_faq,
    load_proposals,
    load_standards,
)
from ingest.intents import intents_of_call
from ingest.part import Job, Part, Progress, read_all
from ingest.placeholders import left_to_fill_in, require_contact
from ingest.prototypes import build_prototypes
from ingest.reading import Input, find_inputs
from ingest.removal import tidy


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingestion did. ``version`` is the one in use afterwards, ``notes`` are what somebody
    should look at in the call's folder."""

    call: str
    version: int
    changed: bool
    documents: int
    units: int
    facts: int
    questions: int
    embedded: int
    kept: int
    removed: int
    expired_faq: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def ingest(
    settings: Settings,
    call_id: str,
    embedder: Embedder,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Report:
    """Build the next version of the index of ``call_id``; a no-op when nothing changed.

    ``waiting`` is called once if another process is building and has to be waited for.
    A document that can't be read is skipped and reported, the rest goes on, but one of call.toml that
    the current version holds. Raises CorpusError for that, when call.toml or faq.toml is wrong or no
    document is left, IndexBusyError when another process is building.
    """
    call = load_call(settings.corpus_dir, call_id)
    folder = settings.corpus_dir / call_id
    require_contact(folder, call)
    versions = Versions(settings.data_dir, call_id)
    with versions.writing(settings.lock_timeout_s, waiting):
        inputs, clashes = find_inputs(settings, call)
        fingerprint = _fingerprint(call, folder, inputs, embedder, settings.chroma_url)
        previous = _previous(settings, versions, fingerprint)
        entries = load_faq(folder / "faq.toml")
        notes = (*left_to_fill_in(folder), *asked_twice(entries))
        if previous is not None:
            return replace(previous, notes=notes)
        wordings = topic_wordings()
        standards = load_standards(folder / "faq.toml", wordings)
        entries += as_entries(standards, wordings)
        proposals = load_proposals(folder / PROPOSED)
        build_prototypes(settings.data_dir, embedder)
        prototypes = load_prototypes(settings.data_dir, embedder)
        tidy(versions, settings.chroma_url)
        staging = versions.staging()
        job = Job(settings, versions, embedder, prototypes, progress)
        with ExitStack() as stack:
            rules = open_part(stack, job, staging, "", inputs, hold=bool(entries or proposals))
            rest, skipped = _read_rules(rules, call, inputs)
            if not rules.order:
                said = "; ".join(reason for _, reason in skipped)
                raise CorpusError(f"{folder}: no document could be read ({said}).")
            validated = _validated(folder, [i for i in inputs if i.source.id in rules.order])
            if rules.base is not None and rules.base.meta["validated"] == validated:
                expired = tuple(json.loads(rules.base.meta["expired"]))
                with suppress(FileNotFoundError):  # a call without a FAQ has none
                    shutil.copyfile(versions.current_path() / INTENTS, staging / INTENTS)
            else:
                faq = bind_faq(entries, rules.documents())
                expired = faq.expired
                proposed = bind_faq(proposals, rules.documents(), "proposed")
                rules.ask([*faq.questions, *proposed.questions])
                intents = intents_of_call(
                    faq.questions,
                    rules.store.vectors("questions", [q.id for q in faq.questions]),
                    prototypes,
                    frozenset(s.id for s in standards if s.status == "answered"),
                    _asked_of_call(standards, embedder, prototypes),
                )
                if intents is not None:
                    intents.save(staging / INTENTS)
            parts = [rules]
            if rest:
                linked = open_part(stack, job, staging / LINKED, LINKED, rest, hold=False)
                skipped += read_all(linked, rest)
                parts.append(linked)
            counts = sum((part.settle() for part in parts), Counter[str]())
            _require_served(folder, versions, inputs, call, dict(skipped), {id_ for part in parts for id_ in part.order})
            place = {item.source.id: place for place, item in enumerate(inputs)}
            skipped.sort(key=lambda one: place[one[0]])
            report = Report(
                call=call_id,
                version=0,
                changed=True,
                documents=counts["documents"],
                units=counts["units"],
                facts=counts["facts"],
                questions=counts["questions"],
                embedded=counts["embedded"],
                kept=counts["kept"],
                removed=counts["removed"],
                expired_faq=expired,
                skipped=(*clashes, *(reason for _, reason in skipped)),
                notes=notes,
            )
            meta = {
                "call": call.model_dump_json(),
                "embedder": embedder.name,
                "space": vector_space(embedder),
                "fingerprint": fingerprint,
                "format": FORMAT,
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "validated": validated,
                "expired": json.dumps(expired),
                "topics": json.dumps(prototypes.passages.topics),
                "report": json.dumps({k: getattr(report, k) for k in Report.__dataclass_fields__}),
            }
            rules.finish(meta | {"open": _left_open(standards)})
            for part in parts[1:]:
                part.finish(meta)
        if len(parts) > 1 and not parts[1].order:
            drop_part(parts[1], settings.chroma_url)
        number = versions.publish(staging)
        tidy(versions, settings.chroma_url)
        return replace(report, version=number)


def _read_rules(
    rules: Part, call: Call, inputs: Sequence[Input]
) -> tuple[list[Input], list[tuple[str, str]]]:
    """Read the regulation; what ranks after it, and what could not be read. Where no document of
    call.toml that can be read is one, all of them count as it."""
    first = [item for item in inputs if item.source.kind == "regulation"]
    rest = [item for item in inputs if item.source.kind != "regulation"]
    skipped = read_all(rules, first)
    if not rules.order:
        own = {source.id for source in call.documents}
        skipped += read_all(rules, [item for item in rest if item.source.id in own])
        rest = [item for item in rest if item.source.id not in own]
    return rest, skipped


def _require_served(
    folder: Path, versions: Versions, inputs: Sequence[Input], call: Call,
    reasons: Mapping[str, str], there: set[str],
) -> None:  # fmt: skip
    """Raises CorpusError when a document of call.toml that the current version holds can't be read any
    more: without it that version is better than the next."""
    own = {source.id for source in call.documents}
    missing = (own - there) & _served(versions)
    lost = [i.source for i in inputs if i.source.id in missing]
    if lost:
        said = "; ".join(f"{folder / reasons.get(source.id, source.path)}" for source in lost)
        raise CorpusError(
            f"{said} Version {versions.current()} stays in use, with the document as it was: mend the file, or take its "
            f"[[documents]] out of call.toml."
        )


def _served(versions: Versions) -> set[str]:
    """Ids of the documents of the current version, of both parts; none where it can't be read."""
    found: set[str] = set()
    with suppress(IndexMissingError):
        path = versions.current_path()
        for folder, without in [(path, frozenset[str]()), *linked_folders(path)]:
            with closing(Catalog(folder / "catalog.sqlite", without)) as catalog:
                found |= catalog.document_ids.keys()
    return found


def _validated(folder: Path, rules: Sequence[Input]) -> str:
    """Stands for all that the questions bound to quotes, and their classifier, follow from."""
    digest = hashlib.sha256()
    for path in (folder / "faq.toml", folder / PROPOSED):
        digest.update((path.read_bytes() if path.is_file() else b"missing") + b"\x1f")
    for item in rules:
        digest.update(f"\x1f{item.sha256}\x1f{item.known}".encode())
    return digest.hexdigest()


def _asked_of_call(
    standards: Sequence[Standard], embedder: Embedder, prototypes: Prototypes
) -> list[tuple[str, str, np.ndarray]]:
    """Id, wording and whitened vector of what is left open, as it is asked of this call."""
    rows = [(standard.id, text) for standard in standards for text in standard.wordings]
    if not rows:
        return []
    vectors = prototypes.whitening.apply(embedder.encode([text for _, text in rows], kind="query"))
    return [(id_, text, vector) for (id_, text), vector in zip(rows, vectors, strict=True)]


def _left_open(standards: Sequence[Standard]) -> str:
    return json.dumps({s.id: s.nearest or "" for s in standards if s.status == "not_answered"})


def _fingerprint(
    call: Call, folder: Path, inputs: Sequence[Input], embedder: Embedder, url: str | None
) -> str:
    digest = hashlib.sha256(f"{FORMAT}\x1f{vector_space(embedder)}\x1f{url}".encode())
    for item in inputs:
        digest.update(f"{item.path.name}\x1f{item.sha256}\x1f{item.known}\x1f".encode())
    digest.update(_validated(folder, ()).encode())
    digest.update(call.model_dump_json().encode())
    return digest.hexdigest()


def _previous(settings: Settings, versions: Versions, fingerprint: str) -> Report | None:
    """The report of the current version, when it is whole and was built from the same inputs."""
    try:
        path = versions.current_path()
        meta = read_meta(path / "catalog.sqlite")
        if meta.get("fingerprint") != fingerprint:
            return None
        for folder in (path, *(folder for folder, _ in linked_folders(path))):
            open_vectors(folder, versions.call, settings.chroma_url).close()
    except IndexMissingError:  # say, an emptied Chroma server
        return None
    before = Report(**json.loads(meta["report"]))
    return replace(
        before,
        version=versions.current() or 0,
        changed=False,
        kept=before.kept + before.embedded,
        embedded=0,
        removed=0,
        expired_faq=tuple(before.expired_faq),
        skipped=tuple(before.skipped),
    )
