"""``aap mail``: the mail desk on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.call import require_call
from assistant.errors import AssistantError, ConfigurationError
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.desk.memory import Memory
    from assistant.desk.store import Store
    from assistant.desk.types import Triaged

mail_app = typer.Typer(help="Mails: triage, drafts, mailbox.", no_args_is_help=True)
users_app = typer.Typer(help="Officers who may use the mail desk.", no_args_is_help=True)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def _store(settings: Settings) -> Store:
    from assistant.desk.store import open_store

    return open_store(settings)


def _memory(settings: Settings, call: str) -> Memory | None:
    """What was validated at the desk; None, and nothing created, where there was never one."""
    from assistant.desk.memory import Memory

    if settings.database_url is None and not (settings.data_dir / "desk.sqlite").exists():
        return None
    with closing(_store(settings)) as store:
        return Memory(store, call)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except AssistantError as error:
        _err.print(f"[bold]aap:[/bold] {escape(str(error))}")
        raise typer.Exit(1) from error


@users_app.callback()
def users() -> None:
    """Officers who may use the mail desk."""


@users_app.command("add")
def add(name: Annotated[str, typer.Argument(help="The officer's name.")]) -> None:
    """Create an officer, or change the password."""
    from assistant.desk.users import add_user

    password = typer.prompt("Mot de passe / password", hide_input=True, confirmation_prompt=True)
    with _clear_errors():
        add_user(_store(load_settings()), name, password)
    _out.print(escape(f"{name} can use the desk at /desk."))


@mail_app.command()
def sync(
    files: Annotated[list[Path] | None, typer.Argument(help=".eml or .mbox files instead of the mailbox.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, with IDLE or every minute.")] = False,
    call: Annotated[str | None, typer.Option("--call", help="Which call; default AAP_CALL.")] = None,
) -> None:
    """Read new mails into the desk; nothing changes in the mailbox."""
    from assistant.answering.assistant import Assistant
    from assistant.desk.files import read_mails
    from assistant.desk.mailbox import mailbox_of, wait_for_mail
    from assistant.desk.memory import Memory
    from assistant.desk.sync import keep_mail, sync_mailbox
    from assistant.desk.triage import Desk

    with _clear_errors():
        settings = load_settings()
        box = None if files else mailbox_of(settings)
        if box is None and not files:
            raise ConfigurationError("Set AAP_IMAP_HOST and AAP_IMAP_USER to read a mailbox, or name mail files.")
        if call is not None:
            require_call(settings.corpus_dir, call)
        store = _store(settings)
        assistant = Assistant.open(settings)
        memory = Memory(store, call or assistant.default_call)
        desk = Desk(assistant, call, memory)
        failed = 0
        if box is None:
            kept = 0
            for name, raw in read_mails(files or []):
                if isinstance(raw, bytes):
                    kept += keep_mail(desk, store, raw, name) is not None
                else:
                    failed += 1
                    _err.print(f"[bold]aap:[/bold] {escape(str(raw))}")
            _out.print(f"{kept} new mail(s).")
        while box is not None:
            _out.print(f"{sync_mailbox(desk, store, box)} new mail(s).")
            if not watch:
                break
            wait_for_mail(box, 60.0)
            memory.refresh()
    if failed:
        raise typer.Exit(1)


@mail_app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="JSON lines.")],
    sender: Annotated[str | None, typer.Option("--sender", help="Only what is kept of this address.")] = None,
) -> None:
    """Write what the desk keeps, all or of one address (right of access)."""
    from assistant.desk.files import write_lines
    from assistant.desk.retention import export as kept_of

    with _clear_errors():
        rows = list(kept_of(_store(load_settings()), sender))
        write_lines(out, rows)
    _out.print(escape(f"{len(rows)} mail(s) in {out}."))


@mail_app.command()
def purge(
    days: Annotated[int | None, typer.Option("--days", min=0, help="Older than; default AAP_RETENTION_DAYS.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="All mails of this address (right to erasure).")] = None,
) -> None:
    """Erase old mails and drafts, or those of one address, and say what went."""
    from assistant.desk.retention import purge as erase

    with _clear_errors():
        settings = load_settings()
        age = days if days is not None else None if sender else settings.retention_days
        gone = erase(_store(settings), "cli", older_than_days=age, sender=sender)
    _out.print(f"{gone.mails} mail(s) erased.")
    for address, count in sorted(gone.senders.items()):
        _out.print(escape(f"  {address}: {count}"))


@mail_app.command()
def draft(
    files: Annotated[list[Path], typer.Argument(help=".eml or .mbox files.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write one JSON line per mail.")] = None,
    call: Annotated[str | None, typer.Option("--call", help="Which call; default AAP_CALL.")] = None,
) -> None:
    """Triage mails and draft their answers, in the words validated at the desk where there are some;
    nothing is sent."""
    from assistant.answering.assistant import Assistant
    from assistant.desk.files import NotOpenedError, line, read_mails, unreadable, write_lines
    from assistant.desk.triage import Desk

    with _clear_errors():
        settings = load_settings()
        if call is not None:
            require_call(settings.corpus_dir, call)
        assistant = Assistant.open(settings)
        desk = Desk(assistant, call, _memory(settings, call or assistant.default_call))
    mails = list(read_mails(files))
    readable = [(name, raw) for name, raw in mails if isinstance(raw, bytes)]
    done = dict(zip([name for name, _ in readable], desk.triage_all([r for _, r in readable]), strict=True))
    lines = []
    failed = 0
    for name, raw in mails:
        if isinstance(raw, bytes):
            lines.append(line(name, done[name]))
            if out is None:
                _show(name, done[name])
        else:
            failed += 1
            if not isinstance(raw, NotOpenedError):
                lines.append(unreadable(name))
            _err.print(f"[bold]aap:[/bold] {escape(str(raw))}")
    if out is not None and lines:
        try:
            write_lines(out, lines)
        except OSError as error:
            _err.print(f"[bold]aap:[/bold] {escape(f'{out} can not be written: {error.strerror}.')}")
            raise typer.Exit(1) from error
        _out.print(escape(f"{len(readable)} mail(s) in {out}."))
    if failed:
        _err.print(f"[bold]aap:[/bold] {failed} of {len(mails)} mail(s) could not be read.")
        raise typer.Exit(1)


def _show(name: str, triaged: Triaged) -> None:
    from assistant.desk.labels import reason_label

    _out.rule(escape(name))
    mail = triaged.mail
    _out.print(escape(f"{mail.sender_name} <{mail.sender}>  {mail.subject}"))
    if triaged.automated:
        _out.print(escape(f"automatique / automated: {triaged.automated}"))
        return
    _out.print(escape(f"{triaged.category}, {triaged.urgency}, {triaged.language}, {triaged.status}"))
    for id_ in triaged.human_reasons:
        _out.print(escape(f"→ {reason_label(id_)}"))
    for question in triaged.questions:
        _out.print(escape(f"? {question}"))
    if triaged.draft:
        _out.print()
        _out.print(escape(triaged.draft))
