"""The indexes that are served, each in its current version."""

from __future__ import annotations

import threading

from assistant.answering.index import CallIndex
from assistant.call import list_calls
from assistant.errors import CorpusError, IndexMissingError
from assistant.index.catalog import Catalog
from assistant.index.vectors import open_vectors
from assistant.index.versions import Versions, linked_folders
from assistant.settings import Settings


class Indexes:
    """Opens what is asked for, and opens it anew when a version was published. Thread-safe."""

    def __init__(self, settings: Settings, embedder: str) -> None:
        self.held: dict[str, CallIndex] = {}
        self._settings = settings
        self._embedder = embedder
        self._lock = threading.Lock()

    def current(self, call: str) -> CallIndex:
        """The current index of a call. Raises CorpusError for an unknown call, IndexMissingError
        when it has no index, or one of another embedding model."""
        versions = Versions(self._settings.data_dir, call)
        held = self.held.get(call)
        number = versions.current()
        if held is not None and (number is None or number == held.version):
            return held
        if held is None and call not in list_calls(self._settings.corpus_dir):
            known = ", ".join(sorted(self.held)) or "none"
            raise CorpusError(f"There is no call '{call}' (calls served: {known}).")
        with self._lock:
            held = self.held.get(call)
            if held is None or held.version != versions.current():
                self.held[call] = self._open(versions)
            return self.held[call]

    def close(self) -> None:
        """Let go of all of them."""
        for index in self.held.values():
            index.close()
        self.held.clear()

    def _open(self, versions: Versions) -> CallIndex:
        path = versions.current_path()
        catalog = Catalog(path / "catalog.sqlite")
        if catalog.meta["embedder"] != self._embedder:
            raise IndexMissingError(
                f"The index of '{versions.call}' was built with another embedding model. "
                f"Run 'aap ingest'."
            )
        url, number = self._settings.chroma_url, int(path.name)
        vectors = open_vectors(path, versions.call, url)
        linked = [
            CallIndex(more, number, Catalog(more / "catalog.sqlite", without), open_vectors(more, versions.call, url))
            for more, without in linked_folders(path)
        ]
        return CallIndex(path, number, catalog, vectors, linked)
