"""``aap call``: make the folder of a call from its regulation, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.terminal import clear_errors, say
from assistant.settings import Settings, load_settings

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


@app.command()
def propose(
    id_: Annotated[str | None, typer.Argument(metavar="ID", help="Default AAP_CALL.")] = None,
) -> None:
    """Let the chat model propose questions for the FAQ; 'aap ingest' does it too."""
    from assistant.errors import ConfigurationError

    with clear_errors():
        settings = load_settings()
        if not settings.llm_model:
            raise ConfigurationError("Questions are proposed by a chat model: set AAP_LLM_MODEL.")
        if not propose_questions(settings, id_ or settings.call):
            raise typer.Exit(1)


def propose_questions(settings: Settings, call: str) -> bool:
    """Ask the configured model about the passages that are new; False when it stopped answering."""
    from assistant.answering.assistant import Assistant
    from assistant.chat_model import open_chat_model
    from ingest.proposals import propose as run

    model = open_chat_model(settings)
    assert model is not None
    assistant = Assistant.open(settings.model_copy(update={"llm_model": None, "call": call}))
    try:
        made = run(assistant, model, settings.corpus_dir / call, call)
    finally:
        assistant.close()
    say(f"{made.path}: {made.asked} passages, {made.kept} questions kept, {made.dropped} dropped.")
    if made.stopped:
        say(f"The model stopped answering ({made.stopped}). Run it again to go on.")
    return not made.stopped
