"""``aap call``: make the folder of a call from its regulation, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.terminal import clear_errors, say
from assistant.settings import load_settings

app = typer.Typer(help="Make and check the folder of a call.", no_args_is_help=True)


@app.command()
def new(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and hyphens.")],
    source: Annotated[Path, typer.Option("--from", help="PDF, DOCX, ODT, HTML, Markdown or text.")],
) -> None:
    """Make a call's folder: what can be guessed from the regulation, to be confirmed."""
    from ingest.new_call import new_call

    with clear_errors():
        made = new_call(load_settings().corpus_dir, id_, source)
    say(f"{made.folder}: {made.sections} sections, {made.dates} dates, {made.contacts} contacts.")
    for line in made.guesses:
        say(f"  to confirm: {line}")
    say(f"Edit {made.folder / 'call.toml'}, then run 'aap call check {id_}' and 'aap ingest --call {id_}'.")


@app.command()
def check(
    id_: Annotated[str | None, typer.Argument(metavar="ID", help="Default AAP_CALL.")] = None,
) -> None:
    """Say what is missing or contradictory in a call's folder."""
    from ingest.check_call import check_call

    with clear_errors():
        settings = load_settings()
        findings = check_call(settings.corpus_dir, id_ or settings.call, settings.data_dir)
    for finding in findings:
        say(f"{'error' if finding.grave else 'look'}  {finding.text}")
    if not findings:
        say("Nothing to report.")
    if any(finding.grave for finding in findings):
        raise typer.Exit(1)
