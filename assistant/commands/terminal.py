"""What all commands share: one sentence for an error, plain lines for the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from assistant.errors import AssistantError

# What can be put right: a file, a setting, a disk.
MENDABLE = (AssistantError, OSError, sqlite3.Error)

_out = Console(highlight=False, soft_wrap=False)
_err = Console(stderr=True, highlight=False)


@contextmanager
def clear_errors() -> Iterator[None]:
    """What can be put right ends the command with one sentence, not with a stack trace."""
    try:
        yield
    except MENDABLE as error:
        complain(_sentence(error))
        raise typer.Exit(1) from error


@contextmanager
def noting_errors(failed: list[str], name: str) -> Iterator[None]:
    """What can be put right is said, ``name`` is added to ``failed``, and the command goes on."""
    try:
        yield
    except MENDABLE as error:
        complain(f"{name}: {_sentence(error)}")
        failed.append(name)


def complain(text: str) -> None:
    """One line on standard error."""
    _err.print(f"[bold]aap:[/bold] {escape(text)}", soft_wrap=True)


def say(text: str) -> None:
    """One line on standard output."""
    _out.print(escape(text), soft_wrap=True)


def _sentence(error: Exception) -> str:
    if isinstance(error, AssistantError):
        return str(error)
    what = str(error)
    if isinstance(error, OSError) and error.filename is not None:
        what = f"{error.filename}: {error.strerror}"
    return (
        f"{what}. Check that the folder can be read and written (AAP_DATA_DIR, AAP_CACHE_DIR) "
        f"and that its disk has space."
    )
