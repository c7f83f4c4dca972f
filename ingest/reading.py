"""The documents of a call: which files there are, and what stands in one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assistant.call import Call, SourceFile
from assistant.settings import Settings
from assistant.sources import survey
from assistant.types import Document, Fact, Unit
from ingest.facts import extract_facts
from ingest.readers.formats import read_source
from ingest.units import build_units


@dataclass(frozen=True, slots=True)
class Input:
    """A document as it is listed, its file, and the SHA-256 of that ("" when it can't be read)."""

    source: SourceFile
    path: Path
    sha256: str

    @property
    def known(self) -> str:
        """What the call says of the document, as JSON."""
        return self.source.model_dump_json()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document with its units and facts; ``warnings`` say what of it could not be read."""

    document: Document
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]


def find_inputs(settings: Settings, call: Call) -> tuple[list[Input], list[str]]:
    """The documents of call.toml, then the fetched ones, and what can't be taken."""
    folder = settings.corpus_dir / call.id
    inputs = [_input(source, folder / source.path) for source in call.documents]
    taken = {source.id for source in call.documents}
    clashes: list[str] = []
    for kept in survey(settings.corpus_dir, settings.data_dir, call.id):
        if kept.source.id in taken:
            clashes.append(f"sources.toml, {kept.source.id}: a document of call.toml has this id.")
        elif kept.file is not None:
            languages = kept.source.languages or (call.language,)
            source = SourceFile(
                id=kept.source.id, path=kept.file.name, title=kept.source.title, kind="linked",
                language=languages[0], url=kept.state.address or kept.source.url,
            )  # fmt: skip
            inputs.append(_input(source, kept.file))
    return inputs, clashes


def parse(item: Input) -> Parsed:
    """Read a document. Raises CorpusError saying what is wrong."""
    source = item.source
    structure = read_source(item.path)
    document = Document(
        source.id, source.title, source.kind, source.language, source.url, structure.text,
        structure.sections, structure.pages,
    )  # fmt: skip
    units = build_units(document, structure)
    return Parsed(document, units, extract_facts(document, units), tuple(structure.warnings))


def _input(source: SourceFile, path: Path) -> Input:
    try:
        with path.open("rb") as file:
            return Input(source, path, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError:
        return Input(source, path, "")
