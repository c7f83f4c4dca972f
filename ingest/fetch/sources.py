"""``aap corpus fetch``: visit what sources.toml lists, keep copies, say what was found.

A copy is replaced in one step and only by another whole one; a visit that fails leaves it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.call import load_call
from assistant.errors import CorpusError, IndexBusyError
from assistant.settings import Settings
from assistant.sources import (
    NEVER,
    Kept,
    Source,
    SourceState,
    read_states,
    sources_folder,
    survey,
    write_states,
)
from ingest.fetch.failures import Broken, Dead, Failure, Refused, Unreachable
from ingest.fetch.request import Limits, Response
from ingest.fetch.visit import NAME, Visitor
from ingest.readers.formats import read_source, sniff

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/download"})

Told = Callable[[Source, SourceState], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run did. Not ``online``: nobody answered at all, so that no source is to blame."""

    sources: tuple[Kept, ...]
    online: bool


def fetch_sources(
    settings: Settings,
    call_id: str,
    *,
    only: Collection[str] = (),
    limits: Limits | None = None,
    told: Told | None = None,
    visitor: Visitor | None = None,
) -> Fetched:
    """Visit the sources of a call (or ``only`` those with these ids), one after the other.

    ``told`` hears of each as it is done. Raises CorpusError when sources.toml is wrong or an id
    is unknown, IndexBusyError when another process is fetching.
    """
    call = load_call(settings.corpus_dir, call_id)
    known = survey(settings.corpus_dir, settings.data_dir, call_id)
    unknown = set(only) - {kept.source.id for kept in known}
    if unknown:
        raise CorpusError(f"sources.toml of '{call_id}' has no source '{min(unknown)}'.")
    visitor = visitor or Visitor(
        user_agent(call.handoff.email), limits or Limits(), settings.fetch_loopback
    )
    folder = sources_folder(settings.data_dir, call_id)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "fetch.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusyError(f"Another process is fetching for '{call_id}'. Wait until it ends.") from error
    try:
        states = read_states(settings.data_dir, call_id)
        states = {kept.source.id: states.get(kept.source.id, NEVER) for kept in known}
        before = dict(states)
        silent: set[str] = set()
        answered = False
        for kept in known:
            if kept.source.url is None or (only and kept.source.id not in only):
                continue
            state, heard = _visit(visitor, kept, folder)
            answered = answered or heard
            if not heard:
                silent.add(kept.source.id)
            states[kept.source.id] = state
            write_states(settings.data_dir, call_id, states)
            if told:
                told(kept.source, state)
        if silent and not answered:
            # It is our network, not theirs: no link is called dead for that.
            states |= {id_: before[id_] for id_ in silent}
            write_states(settings.data_dir, call_id, states)
        _sweep(folder, states)
        found = survey(settings.corpus_dir, settings.data_dir, call_id)
        return Fetched(tuple(found), answered or not silent)
    finally:
        lock.release()


def user_agent(contact: str) -> str:
    """Who we are, and where to complain."""
    written = "" if contact.endswith(".invalid") or not contact.isascii() else f"; {contact}"
    return f"{NAME}/1 (reads the sources of a public call for projects{written})"


def _visit(visitor: Visitor, kept: Kept, folder: Path) -> tuple[SourceState, bool]:
    """The new state of a source, and whether anybody answered."""
    source, before = kept.source, kept.state
    assert source.url is not None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    base = before.model_copy(update={"listed": source.url, "checked": now, "detail": ""})
    conditions: dict[str, dict[str, str]] = {}
    if before.address and before.file and (folder / before.file).is_file():
        asked = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
        conditions[before.address] = {name: value for name, value in asked.items() if value}
    try:
        visit = visitor.visit(source.url, conditions)
        if visit.response.status == 304:
            if not conditions.get(visit.address):
                raise Dead("the server answers with status 304 although nothing was asked")
            same = "unreadable" if before.state == "unreadable" else "unchanged"
            detail = before.detail if same == "unreadable" else ""
            state = base.model_copy(update={"state": same, "detail": detail})
        else:
            state = _keep(source, base, visit.response, folder, now)
    except Unreachable as failure:
        heard = isinstance(failure, Broken)
        return base.model_copy(update={"state": "dead", "detail": str(failure)}), heard
    except Failure as failure:
        kind = "refused" if isinstance(failure, Refused) else "dead"
        return base.model_copy(update={"state": kind, "detail": str(failure)}), True
    told = {"address": visit.address}
    if visit.moved and state.state != "unreadable":
        told |= {"state": "moved", "detail": f"now at {visit.address}"}
    return state.model_copy(update=told), True


def _keep(
    source: Source, base: SourceState, response: Response, folder: Path, now: str
) -> SourceState:
    """Put the body of an answer where ingestion reads it, unless it is the copy there is."""
    suffix, charset = _format(source, response)
    digest = hashlib.sha256(response.body).hexdigest()
    name = source.id + suffix
    told = {
        "etag": response.headers.get("etag"),
        "modified": response.headers.get("last-modified"),
        "sha256": digest,
        "bytes": len(response.body),
        "file": name,
    }
    if digest == base.sha256 and name == base.file and (folder / name).is_file():
        changed = base.model_copy(update=told)
        if base.state == "unreadable":
            return _judged(changed, folder / name, now)
        return changed.model_copy(update={"state": "unchanged"})
    fresh = folder / f"{name}.new"
    fresh.write_bytes(_as_utf8(response.body, charset) if suffix in (".html", ".txt", ".md") else response.body)
    os.replace(fresh, folder / name)
    return _judged(base.model_copy(update=told), folder / name, now)


def _judged(state: SourceState, path: Path, now: str) -> SourceState:
    try:
        read_source(path)
    except CorpusError as error:
        return state.model_copy(update={"state": "unreadable", "fetched": now, "detail": str(error)})
    return state.model_copy(update={"state": "fetched", "fetched": now})


def _format(source: Source, response: Response) -> tuple[str, str | None]:
    """Suffix and charset of an answer. Raises Refused for what no reader reads, or for a page in
    the place of a PDF (say, a notice of maintenance)."""
    header = Message()
    header["Content-Type"] = response.headers.get("content-type", "")
    kind = header.get_content_type() if response.headers.get("content-type") else ""
    held = sniff(response.body)
    if kind in _UNTOLD and held is not None:
        suffix = f".{held}"
    elif kind in _SUFFIXES:
        suffix = _SUFFIXES[kind]
    else:
        raise Refused(f"it is of the kind '{kind[:80] or 'unknown'}', which is not read")
    if source.kind == "pdf" and suffix != ".pdf":
        raise Refused(f"a PDF was expected, the server sent '{kind[:80]}'")
    return suffix, header.get_content_charset()


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    """Text in the charset that the server names, if that holds; else it is the reader's to tell."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return body.decode(charset).encode() if charset else body
        except (LookupError, UnicodeDecodeError):
            return body
    return body


def _sweep(folder: Path, states: dict[str, SourceState]) -> None:
    """Remove copies that no source has any more."""
    wanted = {state.file for state in states.values()}
    for path in folder.iterdir():
        if path.is_file() and path.name not in wanted | {"states.json", "fetch.lock"}:
            path.unlink()
