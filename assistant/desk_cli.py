"""``aap mail``: the mail desk on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.errors import AssistantError
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.desk.types import Triaged

mail_app = typer.Typer(help="Mails: triage, drafts, mailbox.", no_args_is_help=True)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


@mail_app.command()
def draft(
    files: Annotated[list[Path], typer.Argument(help=".eml or .mbox files.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write one JSON line per mail.")] = None,
    call: Annotated[str | None, typer.Option("--call", help="Which call; default AAP_CALL.")] = None,
) -> None:
    """Triage mails and draft their answers; nothing is sent."""
    from assistant.answering.assistant import Assistant
    from assistant.desk.files import line, read_mails, unreadable, write_lines
    from assistant.desk.triage import Desk

    try:
        desk = Desk(Assistant.open(load_settings()), call)
    except (AssistantError, KeyError) as error:
        text = f"There is no call '{call}'." if isinstance(error, KeyError) else str(error)
        _err.print(f"[bold]aap:[/bold] {escape(text)}")
        raise typer.Exit(1) from error
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
            lines.append(unreadable(name))
            _err.print(f"[bold]aap:[/bold] {escape(str(raw))}")
    if out is not None:
        try:
            write_lines(out, lines)
        except OSError as error:
            _err.print(f"[bold]aap:[/bold] {escape(f'{out} can not be written: {error.strerror}.')}")
            raise typer.Exit(1) from error
        _out.print(escape(f"{len(lines)} mail(s) in {out}."))
    if failed:
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
