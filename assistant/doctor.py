"""What an installation needs, checked one by one; each finding says what to do."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.call import load_call
from assistant.embedding import load_embedder
from assistant.errors import AssistantError
from assistant.index.catalog import Catalog
from assistant.index.versions import Versions
from assistant.settings import Settings

MIN_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    name: str
    ok: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Run all checks; none of them changes anything."""
    findings = [
        Finding("python", sys.version_info >= (3, 11), sys.version.split()[0]),
        _disk(settings),
    ]
    for name, check in (("corpus", _corpus), ("model", _model), ("index", _index)):
        try:
            findings.append(Finding(name, True, check(settings)))
        except AssistantError as error:
            findings.append(Finding(name, False, str(error)))
    return findings


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free for {settings.data_dir}"
    if free < MIN_FREE_BYTES:
        text += "; free at least 0.5 GB or set AAP_DATA_DIR to another disk"
    return Finding("disk", free >= MIN_FREE_BYTES, text)


def _corpus(settings: Settings) -> str:
    call = load_call(settings.corpus_dir, settings.call)
    now = datetime.now(UTC).date().isoformat()
    return f"{call.id}: « {call.title} », {len(call.documents)} document(s), today {now}"


def _model(settings: Settings) -> str:
    embedder = load_embedder(
        settings.embedder, settings.cache_dir, threads=settings.threads
    )
    return f"{embedder.name}, {embedder.dimension} dimensions"


def _index(settings: Settings) -> str:
    path = Versions(settings.data_dir, settings.call).current_path()
    catalog = Catalog(path / "catalog.sqlite")
    meta = catalog.meta
    catalog.close()
    return f"version {int(path.name)} of {settings.call}, made {meta['made']}"
