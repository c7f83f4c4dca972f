"""``aap corpus``: the resources that a call links to, and the versions of its index."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.call import require_call
from assistant.commands.terminal import clear_errors, say
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.index.versions import Versions
    from assistant.sources import SourceState

app = typer.Typer(help="Linked resources and versions of a call's index.", no_args_is_help=True)
CallOption = Annotated[str | None, typer.Option("--call", help="Which call; default AAP_CALL.")]


@app.command()
def fetch(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Default: all.")] = None,
    call: CallOption = None,
) -> None:
    """Visit the resources that sources.toml lists and keep copies for 'aap ingest'."""
    from ingest.fetch.sources import fetch_sources

    with clear_errors():
        settings = load_settings()
        name = call or settings.call
        done = fetch_sources(
            settings, name, only=ids or (),
            told=lambda source, state: say(f"{state.state:<10}  {source.id}{_reason(state)}"),
        )  # fmt: skip
    if not done.online:
        say("No source could be reached: is there a network? Nothing was changed.")
        raise typer.Exit(1)
    there = sum(kept.file is not None for kept in done.sources)
    say(f"{there} of {len(done.sources)} sources are here. Run 'aap ingest --call {name}' to index them.")


@app.command()
def status(call: CallOption = None) -> None:
    """Say what is known of every linked resource, and which ones are missing."""
    from assistant.sources import survey

    with clear_errors():
        settings = load_settings()
        require_call(settings.corpus_dir, call or settings.call)
        known = survey(settings.corpus_dir, settings.data_dir, call or settings.call)
    for kept in known:
        state = kept.state
        copy = f"  copy of {state.fetched}, {state.bytes} bytes" if kept.file else "  missing"
        say(f"{state.state:<10}  {kept.source.id}{copy}{_reason(state, kept.source.url)}")
    missing = sum(kept.file is None for kept in known)
    say(f"{len(known) - missing} of {len(known)} sources are here, {missing} are missing.")


def _reason(state: SourceState, url: str | None = "known") -> str:
    reason = state.detail or ("" if url else "no address is listed")
    return f"  ({reason})" if reason else ""


def _versions(settings: Settings, call: str | None) -> Versions:
    """What is kept of a call, be it of one whose folder is gone. Raises CorpusError for no call."""
    from assistant.index.versions import Versions

    kept = Versions(settings.data_dir, call or settings.call)
    if not kept.numbers():
        require_call(settings.corpus_dir, kept.call)
    return kept


@app.command()
def versions(call: CallOption = None) -> None:
    """List the versions that are kept; a star marks the one in use."""
    from assistant.errors import IndexMissingError
    from assistant.index.catalog import Catalog
    from assistant.index.versions import linked_folders

    with clear_errors():
        kept = _versions(load_settings(), call)
        current = kept.current()
        for number in sorted(kept.numbers()):
            mark = "*" if number == current else " "
            try:
                catalog = Catalog(kept.path(number) / "catalog.sqlite")
            except IndexMissingError:
                say(f"{mark} {number:4}  made by another version of this program")
                continue
            documents = ", ".join(catalog.documents)
            linked: list[str] = []
            for folder, without in linked_folders(kept.path(number)):
                with closing(Catalog(folder / "catalog.sqlite", without)) as more:
                    linked += more.documents
            if linked:
                documents += f"; linked: {', '.join(linked)}"
            say(f"{mark} {number:4}  {catalog.meta['made']}  {catalog.meta['embedder']}  {documents}")
            catalog.close()
        if not kept.numbers():
            say(f"No version was built yet. Run 'aap ingest --call {kept.call}'.")


@app.command()
def diff(before: int, after: int, call: CallOption = None) -> None:
    """What changed from version BEFORE to version AFTER, and which answers that touches."""
    from assistant.commands.impact import touched_answers
    from assistant.index.comparison import compare, quotes_gone
    from evals.cases import load_cases

    with clear_errors():
        settings = load_settings()
        kept = _versions(settings, call)
        name = kept.call
        a, b = kept.existing(before), kept.existing(after)
        found = compare(a, b)
        gold = settings.corpus_dir.parent / "evals" / "questions" / f"{name}.yaml"
        cases = load_cases([gold]) if gold.exists() else []
        gone = quotes_gone(a, b)
        stale = [case.id for case in cases if gone(case.quotes)]
        touched = list(touched_answers(settings, name, gone))
    for change in found.changes:
        say(f"{change.kind:8} {change.document}  {change.heading}")
        if change.before:
            say(f"  - {change.before}")
        if change.after:
            say(f"  + {change.after}")
    if not found.changes:
        say("No passage changed.")
    for entry in found.expired_faq:
        say(f"FAQ entry '{entry}' expired: its quote changed or is gone.")
    for case in stale:
        say(f"Evaluation question '{case}' quotes a passage that changed or is gone.")
    for line in touched:
        say(line)


@app.command()
def rollback(number: int, call: CallOption = None) -> None:
    """Serve version NUMBER again, at once; the next 'aap ingest' builds on it."""
    with clear_errors():
        settings = load_settings()
        kept = _versions(settings, call)
        with kept.writing(settings.lock_timeout_s):
            kept.use(number)
    say(f"Version {number} is in use.")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many of the newest stay.")] = 1,
    call: CallOption = None,
    everything: Annotated[bool, typer.Option(
        "--all", help="All that is kept of a call whose folder is gone: versions, copies of sources."
    )] = False,
) -> None:
    """Remove old versions; the one in use, and one whose linked resources it continues, stay."""
    from ingest.removal import remove_call, tidy

    with clear_errors():
        settings = load_settings()
        if everything:
            remove_call(settings, call or settings.call)
            say(f"Removed: all that was kept of '{call or settings.call}'.")
            return
        kept = _versions(settings, call)
        with kept.writing(settings.lock_timeout_s):
            removed = tidy(kept, settings.chroma_url, keep)
    say(f"Removed: {', '.join(folder.name.lstrip('0') for folder in removed) or 'nothing'}.")
