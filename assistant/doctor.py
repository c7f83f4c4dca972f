"""What an installation needs, checked one by one; each finding says what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from assistant.call import list_calls, load_call
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
    """Run all checks, those of a call on every call of the corpus; none of them changes anything."""
    calls = list_calls(settings.corpus_dir)
    if settings.call not in calls and ("call" in settings.model_fields_set or not calls):
        calls.append(settings.call)  # it was asked for: what is said of it is that it is not there
    return [
        Finding("python", sys.version_info >= (3, 11), sys.version.split()[0]),
        _disk(settings),
        *(_checked("corpus", partial(_corpus, settings, call)) for call in calls),
        _checked("model", partial(_model, settings)),
        *(_checked("index", partial(_index, settings, call)) for call in calls),
    ]


def _checked(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except AssistantError as error:
        return Finding(name, False, str(error))


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free for {settings.data_dir}"
    if free < MIN_FREE_BYTES:
        text += "; free at least 0.5 GB or set AAP_DATA_DIR to another disk"
    return Finding("disk", free >= MIN_FREE_BYTES, text)


def _corpus(settings: Settings, call_id: str) -> str:
    call = load_call(settings.corpus_dir, call_id)
    now = datetime.now(UTC).date().isoformat()
    return f"{call.id}: « {call.title} », {len(call.documents)} document(s), today {now}"


def _model(settings: Settings) -> str:
    embedder = load_embedder(
        settings.embedder, settings.cache_dir, threads=settings.threads
    )
    return f"{embedder.name}, {embedder.dimension} dimensions"


def _index(settings: Settings, call_id: str) -> str:
    path = Versions(settings.data_dir, call_id).current_path()
    catalog = Catalog(path / "catalog.sqlite")
    meta = catalog.meta
    catalog.close()
    return f"version {int(path.name)} of {call_id}, made {meta['made']}"
