"""A database by its URL, SQLite or PostgreSQL; one that can't be used is said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import ConfigurationError

_WAY_OUT = (
    "Write it as postgresql://USER:PASSWORD@HOST/NAME, or leave it unset: then SQLite files in "
    "the data folder (AAP_DATA_DIR) are used."
)


def open_engine(url: str, pragmas: Sequence[str]) -> Engine:
    """Connect once, so that a wrong URL is found at once; ``pragmas`` are set where it is SQLite.

    Raises ConfigurationError, in whose message no password can be.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # The URL itself may hold a password and is not repeated.
        said = "it is not the address of an SQLite or PostgreSQL database"
        raise ConfigurationError(f"AAP_DATABASE_URL can't be used: {said}. {_WAY_OUT}") from error
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file:
        event.listen(engine, "connect", lambda connection, _: _set(connection, pragmas))
    try:
        if file:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        engine.connect().close()
    except (SQLAlchemyError, OSError) as error:
        why = _why(error)
        raise ConfigurationError(
            f"The database file {file} can't be used: {why}. Check that its folder can be written, "
            "or name another one: AAP_DATA_DIR, or AAP_DATABASE_URL where that is set."
            if file else f"AAP_DATABASE_URL can't be used: {why}. {_WAY_OUT}"
        ) from error  # fmt: skip
    return engine


def _set(connection: Any, pragmas: Sequence[str]) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()


def _why(error: Exception) -> str:
    """What the driver or the system says, in one line."""
    said = getattr(error, "orig", None) or getattr(error, "strerror", None) or type(error).__name__
    return str(said).partition("\n")[0].rstrip(".")
