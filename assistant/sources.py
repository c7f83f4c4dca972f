"""The resources that a call links to, and what is known of each: sources.toml and its states.

    data_dir/sources/<call>/
      states.json      what the last visit of each source found
      <id>.pdf …       what was fetched, one file for a source
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.call import DocumentId
from assistant.errors import CorpusError
from assistant.toml_files import in_words, read_toml

State = Literal["fetched", "unchanged", "moved", "dead", "refused", "unreadable", "never"]


class Source(BaseModel):
    """A linked resource as sources.toml lists it; without ``url`` it can't be fetched."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: DocumentId
    title: str = Field(min_length=1)
    url: str | None = None
    kind: str = "unknown"
    languages: tuple[str, ...] = ()
    cited_in: tuple[str, ...] = ()


class SourceState(BaseModel):
    """What the last visit found. Times are ISO 8601 in UTC.

    ``listed`` is the address that was asked for, ``address`` where it led. ``file``, ``sha256``,
    ``bytes`` and ``fetched`` tell of the copy that is kept, which outlives a failed visit.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: State = "never"
    detail: str = ""
    listed: str | None = None
    address: str | None = None
    checked: str | None = None
    fetched: str | None = None
    file: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    etag: str | None = None
    modified: str | None = None


NEVER = SourceState()


@dataclass(frozen=True, slots=True)
class Kept:
    """A source with its state and the file of its copy, if one is kept and can be read."""

    source: Source
    state: SourceState
    file: Path | None


def load_sources(corpus_dir: Path, call: str) -> list[Source]:
    """The sources of a call; none when it has no sources.toml.

    Raises CorpusError naming the entry and field that is wrong.
    """
    path = corpus_dir / call / "sources.toml"
    if not path.exists():
        return []
    found: dict[str, Source] = {}
    for number, table in enumerate(read_toml(path).get("source", []), start=1):
        try:
            source = Source.model_validate(table)
        except ValidationError as error:
            raise CorpusError(f"{path}: source {number}, {in_words(error, Source)[0]}.") from error
        if source.id in found:
            raise CorpusError(f"{path}: two sources have the id '{source.id}'.")
        found[source.id] = source
    return list(found.values())


def sources_folder(data_dir: Path, call: str) -> Path:
    """Where the copies of a call's sources are kept."""
    return data_dir / "sources" / call


def read_states(data_dir: Path, call: str) -> dict[str, SourceState]:
    """States by source id; a file that can't be read counts as none, as it can be made again."""
    try:
        text = (sources_folder(data_dir, call) / "states.json").read_text(encoding="utf-8")
        return {id_: SourceState.model_validate(row) for id_, row in json.loads(text).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def write_states(data_dir: Path, call: str, states: Mapping[str, SourceState]) -> None:
    """Replace the states in one step."""
    folder = sources_folder(data_dir, call)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "states.json.new"
    rows = {id_: state.model_dump(exclude_none=True) for id_, state in states.items()}
    fresh.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, folder / "states.json")


def survey(corpus_dir: Path, data_dir: Path, call: str) -> list[Kept]:
    """Every listed source with what is known of it; one whose address was edited starts anew."""
    states = read_states(data_dir, call)
    folder = sources_folder(data_dir, call)
    kept: list[Kept] = []
    for source in load_sources(corpus_dir, call):
        state = states.get(source.id, NEVER)
        if state.listed != source.url:
            state = NEVER
        file = folder / Path(state.file).name if state.file else None
        usable = file is not None and state.state != "unreadable" and file.is_file()
        kept.append(Kept(source, state, file if usable else None))
    return kept
