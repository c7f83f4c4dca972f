"""A call as its folder describes it: call.toml."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import CorpusError


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contact(_Model):
    """The person who takes over when the regulation does not answer."""

    name: str
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str | None = None
    role: str | None = None


class SourceFile(_Model):
    """A document of the call; ``path`` is relative to the call's folder."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    path: str
    title: str
    kind: Literal["regulation", "linked"] = "regulation"
    language: str = "fr"
    url: str | None = None


class Synonyms(_Model):
    """Words or names that mean the same in this call."""

    words: list[str] = Field(min_length=2)


class Call(_Model):
    """call.toml, checked."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    title: str
    authority: str
    language: str = "fr"
    timezone: str = "Europe/Paris"
    handoff: Contact
    documents: list[SourceFile] = Field(min_length=1)
    acronyms: dict[str, str] = {}
    synonyms: list[Synonyms] = []

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            datetime.now(ZoneInfo(name))
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"'{name}' is not a time zone such as Europe/Paris") from error
        return name

    @field_validator("documents")
    @classmethod
    def _distinct(cls, documents: list[SourceFile]) -> list[SourceFile]:
        ids = [document.id for document in documents]
        if len(set(ids)) != len(ids):
            raise ValueError("two documents have the same id")
        return documents


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises CorpusError naming the file and what is wrong."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(f"{path} is missing.") from error
    except OSError as error:
        raise CorpusError(f"{path} can't be read ({error.strerror}): check its permissions.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is not valid TOML: {error}.") from error


def load_call(corpus_dir: Path, call_id: str) -> Call:
    """Read ``corpus_dir/call_id/call.toml``. Raises CorpusError naming the file and field."""
    require_call(corpus_dir, call_id)
    path = corpus_dir / call_id / "call.toml"
    try:
        call = Call.model_validate(read_toml(path))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
        )
        raise CorpusError(f"{path}: {problems}.") from error
    if call.id != call_id:
        raise CorpusError(f"{path}: id is '{call.id}' but the folder is '{call_id}'.")
    return call


def require_call(corpus_dir: Path, call_id: str) -> None:
    """Raises CorpusError naming the calls that there are when ``call_id`` is none of them."""
    calls = list_calls(corpus_dir)
    if call_id not in calls:
        known = ", ".join(calls) or "none"
        raise CorpusError(f"There is no call '{call_id}' in {corpus_dir} (calls there: {known}).")


def list_calls(corpus_dir: Path) -> list[str]:
    """Ids of the calls in the corpus folder."""
    return sorted(path.parent.name for path in corpus_dir.glob("*/call.toml"))
