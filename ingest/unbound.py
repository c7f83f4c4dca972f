"""Entries of faq.toml whose quotes stand nowhere: expired ones, and those that never stood there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress

from rapidfuzz import fuzz, process

from assistant.answering.prototypes import topic_wordings
from assistant.errors import IndexMissingError
from assistant.index.catalog import Catalog
from assistant.index.versions import Versions
from assistant.settings import Settings
from assistant.types import Document, Unit
from ingest.faq import Entry, as_entries, find_quote, load_faq, load_standards

_LEAST_LIKENESS = 50


def nearest_sentence(entry: Entry, documents: Iterable[tuple[Document, Sequence[Unit]]]) -> str:
    """The end of a sentence on ``entry``: the sentence most like its first quote that stands nowhere."""
    read = list(documents)
    missing = [quote for quote in entry.passages if not any(find_quote(quote, d.text) for d, _ in read)]
    sentences = [d.text[s.start : s.end] for d, units in read for u in units if not u.composite for s in u.sentences]
    near = process.extractOne(missing[0], sentences, scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS) if missing else None
    return f"; the nearest sentence is « {' '.join(near[0].split())} »" if near else ""


def tell_unbound(settings: Settings, call: str, ids: Sequence[str]) -> Iterator[str]:
    """A sentence for each of these entries, which the current version could not bind."""
    if not ids:
        return
    versions = Versions(settings.data_dir, call)
    stood: set[str] = set()
    for number in versions.numbers():
        with suppress(IndexMissingError), closing(Catalog(versions.path(number) / "catalog.sqlite")) as catalog:
            stood |= {question.entry for question in catalog.validated_questions()}
    path = settings.corpus_dir / call / "faq.toml"
    wordings = topic_wordings()
    entries = {e.id: e for e in [*load_faq(path), *as_entries(load_standards(path, wordings), wordings)]}
    with closing(Catalog(versions.current_path() / "catalog.sqlite")) as catalog:
        documents = [(catalog.document(id_), catalog.all_units(id_)) for id_ in catalog.documents]
    for id_ in ids:
        if id_ in stood:
            yield f"FAQ entry '{id_}' expired: its quote is no longer in the sources."
        else:
            near = nearest_sentence(entries[id_], documents) if id_ in entries else ""
            yield f"FAQ entry '{id_}' is not used: its quote was not found in the sources{near}."
