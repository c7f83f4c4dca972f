"""``aap ingest``: from a call's folder to a new version of its index.

Nothing is changed in place: the new version is built in a staging folder (and, with a Chroma
server, in collections of its own) and becomes current in one step, so whoever kills this leaves
the previous index as it was. Vectors of passages that did not change are carried over by their
ids. What no version needs any more is removed after the switch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from assistant.answering.index import INTENTS
from assistant.answering.prototypes import (
    Prototypes,
    load_prototypes,
    topic_wordings,
    vector_space,
)
from assistant.answering.topics import classify_passages
from assistant.answering.whitening import Whitening
from assistant.call import Call, SourceFile, load_call
from assistant.embedding import Embedder
from assistant.errors import (
    ConfigurationError,
    CorpusError,
    IndexMissingError,
    IndexUnreachableError,
)
from assistant.index.catalog import Catalog, KnownQuestion, write_catalog
from assistant.index.vectors import (
    Shelf,
    VectorStore,
    create_vectors,
    discard_vectors,
    open_vectors,
)
from assistant.index.versions import KEEP, LINKED, Versions
from assistant.settings import Settings
from assistant.sources import survey
from assistant.types import Document, Fact, Unit
from assistant.words import stem, stop_words, tokens
from ingest.facts import extract_facts
from ingest.faq import (
    PROPOSED,
    Standard,
    as_entries,
    bind_faq,
    load_faq,
    load_proposals,
    load_standards,
)
from ingest.intents import intents_of_call
from ingest.prototypes import build_prototypes
from ingest.readers.formats import read_source
from ingest.units import build_units
from ingest.views import fact_questions, passage_views, unit_context

# Part of every version's fingerprint: raise it when parsing, units or views change.
FORMAT = "6"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingestion did. ``version`` is the one in use afterwards."""

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


@dataclass(frozen=True, slots=True)
class _Parsed:
    document: Document
    digest: str
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...]


def ingest(
    settings: Settings,
    call_id: str,
    embedder: Embedder,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Report:
    """Build the next version of the index of ``call_id``; a no-op when nothing changed.

    ``waiting`` is called once if another process is building and has to be waited for.
    A document that can't be read is skipped and reported, the rest goes on. Raises CorpusError
    when call.toml or faq.toml is wrong or no document is left, IndexBusyError when another
    process is building.
    """
    call = load_call(settings.corpus_dir, call_id)
    folder = settings.corpus_dir / call_id
    versions = Versions(settings.data_dir, call_id)
    with versions.writing(settings.lock_timeout_s, waiting):
        files, clashes = _files(settings, call)
        fingerprint = _fingerprint(call, folder, files, embedder, settings.chroma_url)
        previous = _previous(settings, versions, fingerprint)
        if previous is not None:
            return previous
        parsed, skipped = _parse_all(files)
        rules, linked = _by_rank(parsed, call)
        if not rules:
            raise CorpusError(f"{folder}: no document could be read ({'; '.join(skipped)}).")
        wordings = topic_wordings()
        standards = load_standards(folder / "faq.toml", wordings)
        entries = load_faq(folder / "faq.toml") + as_entries(standards, wordings)
        faq = bind_faq(entries, [(p.document, p.units) for p in rules])
        proposed = bind_faq(
            load_proposals(folder / PROPOSED), [(p.document, p.units) for p in rules], "proposed"
        )
        questions = [*faq.questions, *proposed.questions, *_fact_questions(rules)]
        build_prototypes(settings.data_dir, embedder)
        prototypes = load_prototypes(settings.data_dir, embedder)
        tidy(versions, settings.chroma_url)
        staging = versions.staging()
        filling = _Filling(settings, versions, embedder, prototypes, progress)
        with ExitStack() as stack:
            store = filling.fill(stack, staging, "", rules, questions)
            intents = intents_of_call(
                faq.questions,
                store.vectors("questions", [q.id for q in faq.questions]),
                prototypes,
                frozenset(s.id for s in standards if s.status == "answered"),
            )
            if intents is not None:
                intents.save(staging / INTENTS)
            if linked:
                (staging / LINKED).mkdir()
                filling.fill(stack, staging / LINKED, LINKED, linked, _fact_questions(linked))
        counts = filling.counts
        report = Report(
            call=call_id,
            version=0,
            changed=True,
            documents=len(parsed),
            units=sum(len(item.units) for item in parsed),
            facts=sum(len(item.facts) for item in parsed),
            questions=counts["questions"],
            embedded=counts["embedded"],
            kept=counts["kept"],
            removed=counts["removed"],
            expired_faq=faq.expired,
            skipped=(*clashes, *skipped),
        )
        _write(
            staging / "catalog.sqlite", call, rules, questions, standards, fingerprint, embedder,
            report,
        )  # fmt: skip
        if linked:
            _write(
                staging / LINKED / "catalog.sqlite", call, linked, _fact_questions(linked), (),
                fingerprint, embedder, report,
            )  # fmt: skip
        number = versions.publish(staging)
        tidy(versions, settings.chroma_url)
        return replace(report, version=number)


@dataclass(slots=True)
class _Filling:
    """Embeds what is new for one version; ``counts`` adds up over its parts."""

    settings: Settings
    versions: Versions
    embedder: Embedder
    prototypes: Prototypes
    progress: Progress | None
    counts: Counter[str] = field(default_factory=Counter)

    def fill(
        self, stack: ExitStack, staging: Path, part: str, parsed: Sequence[_Parsed],
        questions: Sequence[KnownQuestion],
    ) -> VectorStore:  # fmt: skip
        """Vectors and topics of a part of the version ("" or LINKED) in the folder ``staging``."""
        store = create_vectors(staging, self.versions.call, self.settings.chroma_url)
        stack.callback(store.close)
        before = _vectors_before(self.settings, self.versions, self.embedder, part)
        if before is not None:
            stack.callback(before.close)
        views: dict[str, str] = {}
        for item in parsed:
            views |= {view.id: view.text for view in passage_views(item.document, item.units)}
        known = {question.id: question.text for question in questions}
        self.counts["questions"] += len(known)
        for shelf, wanted, kind in (("passages", views, "passage"), ("questions", known, "query")):
            self.counts += _fill(
                store, before, shelf, wanted, kind, self.embedder, self.prototypes.whitening,  # type: ignore[arg-type]
                self.progress,
            )  # fmt: skip
        rows = store.vectors("passages", list(views))
        classify_passages(
            self.prototypes.passages, list(rows), np.array(list(rows.values()), dtype=np.float32)
        ).save(staging)
        return store


def _files(settings: Settings, call: Call) -> tuple[list[tuple[SourceFile, Path]], list[str]]:
    """The documents of call.toml, then the fetched ones, and what can't be taken."""
    files = [(source, settings.corpus_dir / call.id / source.path) for source in call.documents]
    taken = {source.id for source in call.documents}
    clashes: list[str] = []
    for kept in survey(settings.corpus_dir, settings.data_dir, call.id):
        if kept.source.id in taken:
            clashes.append(f"sources.toml, {kept.source.id}: a document of call.toml has this id.")
        elif kept.file is not None:
            languages = kept.source.languages or (call.language,)
            files.append((
                SourceFile(
                    id=kept.source.id, path=kept.file.name, title=kept.source.title, kind="linked",
                    language=languages[0], url=kept.state.address or kept.source.url,
                ),
                kept.file,
            ))  # fmt: skip
    return files, clashes


def _by_rank(
    parsed: Sequence[_Parsed], call: Call
) -> tuple[list[_Parsed], list[_Parsed]]:
    """The regulation, and what ranks after it. Where no document of call.toml that can be read is
    one, all of them count as it."""
    own = {source.id for source in call.documents}
    rules = [item for item in parsed if item.document.kind == "regulation"]
    rules = rules or [item for item in parsed if item.document.id in own]
    return rules, [item for item in parsed if item not in rules]


def _fact_questions(parsed: Sequence[_Parsed]) -> list[KnownQuestion]:
    return [q for p in parsed for q in fact_questions(p.document, p.units, p.facts)]


def _fingerprint(
    call: Call, folder: Path, files: Sequence[tuple[SourceFile, Path]], embedder: Embedder,
    url: str | None,
) -> str:  # fmt: skip
    digest = hashlib.sha256(f"{FORMAT}\x1f{vector_space(embedder)}\x1f{url}".encode())
    for path in (*(path for _, path in files), folder / "faq.toml", folder / PROPOSED):
        digest.update(path.name.encode() + b"\x1f")
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    digest.update(call.model_dump_json().encode())
    for source, _ in files[len(call.documents) :]:
        digest.update(source.model_dump_json().encode())
    return digest.hexdigest()


def tidy(versions: Versions, url: str | None, keep: int = KEEP) -> list[Path]:
    """Remove the versions that nobody needs; a server that is down keeps its part for later.

    The folders removed. Only for whoever holds the write lock.
    """
    removed: list[Path] = []
    for folder in versions.obsolete(keep):
        with suppress(IndexUnreachableError, ConfigurationError):
            for part in (folder, folder / LINKED):
                discard_vectors(part, url)
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _previous(settings: Settings, versions: Versions, fingerprint: str) -> Report | None:
    """The report of the current version, when it is whole and was built from the same inputs."""
    try:
        path = versions.current_path()
    except IndexMissingError:
        return None
    catalog = Catalog(path / "catalog.sqlite")
    try:
        if catalog.meta.get("fingerprint") != fingerprint:
            return None
        before = Report(**json.loads(catalog.meta["report"]))
        open_vectors(path, versions.call, settings.chroma_url).close()
    except IndexMissingError:  # say, an emptied Chroma server
        return None
    finally:
        catalog.close()
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


def _parse_all(files: Sequence[tuple[SourceFile, Path]]) -> tuple[list[_Parsed], list[str]]:
    parsed: list[_Parsed] = []
    skipped: list[str] = []
    for source, path in files:
        try:
            item, warnings = _parse(source, path)
            parsed.append(item)
            skipped += [f"{source.path}, {warning}" for warning in warnings]
        except (OSError, UnicodeDecodeError, CorpusError) as error:
            skipped.append(f"{source.path}: {error}")
    return parsed, skipped


def _parse(source: SourceFile, path: Path) -> tuple[_Parsed, tuple[str, ...]]:
    """A document, and what of it could not be read."""
    structure = read_source(path)
    document = Document(
        source.id, source.title, source.kind, source.language, source.url, structure.text,
        structure.sections, structure.pages,
    )  # fmt: skip
    units = build_units(document, structure)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _Parsed(document, digest, units, extract_facts(document, units)), structure.warnings


def _vectors_before(
    settings: Settings, versions: Versions, embedder: Embedder, part: str
) -> VectorStore | None:
    """The vectors of the current version, unless they belong to another space."""
    try:
        path = versions.current_path() / part
        if not (path / "catalog.sqlite").exists():
            return None
        catalog = Catalog(path / "catalog.sqlite")
        space = catalog.meta.get("space")
        catalog.close()
        if space != vector_space(embedder):
            return None
        return open_vectors(path, versions.call, settings.chroma_url)
    except IndexMissingError:
        return None


def _fill(
    store: VectorStore,
    before: VectorStore | None,
    shelf: Shelf,
    wanted: dict[str, str],
    kind: str,
    embedder: Embedder,
    whitening: Whitening,
    progress: Progress | None,
) -> Counter[str]:
    """Put the vectors of ``wanted`` (text by id) on a shelf: from the version before, or new."""
    there = before.ids(shelf) if before else set()
    kept = sorted(wanted.keys() & there)
    if before and kept:
        carried = before.vectors(shelf, kept)
        store.add(shelf, list(carried), np.stack(list(carried.values())))
    new = sorted(wanted.keys() - there, key=lambda id_: (len(wanted[id_]), id_))
    for start in range(0, len(new), 64):
        part = new[start : start + 64]
        vectors = embedder.encode([wanted[id_] for id_ in part], kind=kind)  # type: ignore[arg-type]
        if shelf == "questions":
            vectors = whitening.apply(vectors)
        store.add(shelf, part, vectors)
        if progress:
            progress(shelf, min(start + 64, len(new)), len(new))
    return Counter(embedded=len(new), kept=len(kept), removed=len(there - wanted.keys()))


def _write(
    path: Path,
    call: Call,
    parsed: Sequence[_Parsed],
    questions: Sequence[KnownQuestion],
    standards: Sequence[Standard],
    fingerprint: str,
    embedder: Embedder,
    report: Report,
) -> None:
    contexts = {
        unit.id: unit_context(item.document, unit) for item in parsed for unit in item.units
    }
    leaves = [unit for item in parsed for unit in item.units if not unit.composite]
    languages = {item.document.id: item.document.language for item in parsed}
    spellings: dict[str, Counter[str]] = {}
    frequency = Counter[str]()
    for unit in leaves:
        body, heading = contexts[unit.id]
        language = languages[unit.document]
        words = [word for word in tokens(f"{body} {heading}") if word not in stop_words()]
        for word in words:
            spellings.setdefault(stem(word, language), Counter())[word] += 1
        frequency.update({stem(word, language) for word in words})
    vocabulary = {
        key: (frequency[key], spelling.most_common(1)[0][0]) for key, spelling in spellings.items()
    }
    write_catalog(
        path,
        meta={
            "call": call.model_dump_json(),
            "embedder": embedder.name,
            "space": vector_space(embedder),
            "fingerprint": fingerprint,
            "format": FORMAT,
            "leaves": str(len(leaves)),
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "open": json.dumps(
                {s.id: s.nearest or "" for s in standards if s.status == "not_answered"}
            ),
            "report": json.dumps({k: getattr(report, k) for k in Report.__dataclass_fields__}),
        },
        documents=[(item.document, item.digest) for item in parsed],
        units=[unit for item in parsed for unit in item.units],
        contexts=contexts,
        facts=[fact for item in parsed for fact in item.facts],
        questions=questions,
        vocabulary=vocabulary,
    )
