"""The desk's database, at its newest migration: SQLite (WAL) or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from assistant.database import open_engine

_PRAGMAS = ("journal_mode=WAL", "busy_timeout=30000")


def open_database(url: str, revision: str = "head") -> Engine:
    """Connect and migrate to ``revision``. Raises ConfigurationError when ``url`` can't be used."""
    engine = open_engine(url, _PRAGMAS)
    _migrate(engine, revision)
    return engine


def _migrate(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
