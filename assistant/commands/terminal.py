"""What all commands share: one sentence for an error, plain lines for the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from assistant.errors import AssistantError

_out = Console(highlight=False, soft_wrap=False)
_err = Console(stderr=True, highlight=False)


@contextmanager
def clear_errors() -> Iterator[None]:
    """What can be put right ends the command with one sentence, not with a stack trace."""
    try:
        yield
    except AssistantError as error:
        _err.print(f"[bold]aap:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from error
    except (OSError, sqlite3.Error) as error:
        _err.print(
            f"[bold]aap:[/bold] {escape(str(error))}. Check that the folder can be read and "
            f"written (AAP_DATA_DIR, AAP_CACHE_DIR) and that its disk has space."
        )
        raise typer.Exit(1) from error


def say(text: str) -> None:
    """One line on standard output."""
    _out.print(escape(text), soft_wrap=True)
