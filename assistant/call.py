"""A call as its folder describes it: call.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import CorpusError
from assistant.toml_files import in_words, read_toml

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def plain_id(id_: str) -> str:
    """``id_`` itself. Raises ValueError saying what an id is made of."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", id_):
        raise ValueError(f"'{id_}' is no id; use small letters, digits and hyphens, a letter or digit first")
    return id_


def _call_id(id_: str) -> str:
    if len(plain_id(id_)) < 2:
        raise ValueError(f"'{id_}' is no id of a call; it takes at least two letters")
    return id_


PlainId = Annotated[str, AfterValidator(plain_id)]
DocumentId = Annotated[PlainId, Field(max_length=63)]
CallId = Annotated[str, AfterValidator(_call_id), Field(max_length=63)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contact(_Model):
    """The person who takes over when the regulation does not answer."""

    name: str
    email: str
    phone: str | None = None
    role: str | None = None

    @field_validator("email")
    @classmethod
    def _is_mail(cls, email: str) -> str:
        if not _MAIL.fullmatch(email):
            raise ValueError(f"'{email}' is no mail address such as prenom.nom@exemple.fr")
        return email


class SourceFile(_Model):
    """A document of the call; ``path`` is relative to the call's folder."""

    id: DocumentId
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

    id: CallId
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


def load_call(corpus_dir: Path, call_id: str) -> Call:
    """Read ``corpus_dir/call_id/call.toml``. Raises CorpusError naming the file and field."""
    require_call(corpus_dir, call_id)
    path = corpus_dir / call_id / "call.toml"
    try:
        call = Call.model_validate(read_toml(path))
    except ValidationError as error:
        raise CorpusError(f"{path}: {'; '.join(in_words(error, Call))}.") from error
    for said in _odd_values(call):
        raise CorpusError(f"{path}: {said}.")
    if call.id != call_id:
        raise CorpusError(f"{path}: id is '{call.id}' but the folder is '{call_id}'.")
    return call


def _odd_values(call: Call) -> Iterator[str]:
    """What may stand in an index that was built before it was looked at, but not in a file."""
    listed = [(f"documents.{n}.language", document.language) for n, document in enumerate(call.documents)]
    for where, language in [("language", call.language), *listed]:
        if not re.fullmatch(r"[a-z]{2}", language):
            yield f"{where}: '{language}' is no language code; write two letters, \"fr\" for French"
    phone = call.handoff.phone
    if phone is not None and sum(c.isdigit() for c in phone) < 3:
        yield f"handoff.phone: '{phone}' is no phone number; write one, or take the line out"


def require_call(corpus_dir: Path, call_id: str) -> None:
    """Raises CorpusError naming the calls that there are when ``call_id`` is none of them."""
    calls = list_calls(corpus_dir)
    if call_id not in calls:
        known = ", ".join(calls) or "none"
        raise CorpusError(f"There is no call '{call_id}' in {corpus_dir} (calls there: {known}).")


def list_calls(corpus_dir: Path) -> list[str]:
    """Ids of the calls in the corpus folder."""
    return sorted(path.parent.name for path in corpus_dir.glob("*/call.toml"))
