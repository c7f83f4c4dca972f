"""What is kept of a call, removed: versions that nobody needs, or all of a call whose folder is gone."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from assistant.call import list_calls, plain_id, require_call
from assistant.errors import ConfigurationError, CorpusError, IndexUnreachableError
from assistant.index.vectors import discard_vectors
from assistant.index.versions import KEEP, LINKED, Versions
from assistant.settings import Settings
from assistant.sources import sources_folder


def tidy(versions: Versions, url: str | None, keep: int = KEEP) -> list[Path]:
    """Remove the versions that nobody needs; a server that is down keeps its part for later.

    The folders removed. Only for whoever holds the write lock.
    """
    removed: list[Path] = []
    for folder in versions.obsolete(keep):
        with suppress(IndexUnreachableError, ConfigurationError):
            _discard(folder, url)
            removed.append(folder)
    return removed


def remove_call(settings: Settings, call: str) -> None:
    """Remove the index and the fetched sources of a call whose folder is gone.

    Raises CorpusError when the folder is still there, or nothing is kept of such a call.
    """
    versions = Versions(settings.data_dir, call)
    try:
        plain_id(call)
    except ValueError as error:
        raise CorpusError(f"{error}.") from error
    if call in list_calls(settings.corpus_dir):
        raise CorpusError(
            f"The call '{call}' is in service: take its folder out of {settings.corpus_dir} first, and restart 'aap serve'."
        )
    if not versions.root.is_dir():
        require_call(settings.corpus_dir, call)
    with versions.writing(settings.lock_timeout_s):
        for folder in [*versions.obsolete(), *map(versions.path, versions.numbers())]:
            _discard(folder, settings.chroma_url)
    shutil.rmtree(versions.root)
    shutil.rmtree(sources_folder(settings.data_dir, call), ignore_errors=True)


def _discard(folder: Path, url: str | None) -> None:
    for part in (folder, folder / LINKED):
        discard_vectors(part, url)
    shutil.rmtree(folder, ignore_errors=True)
