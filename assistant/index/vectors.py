"""Dense vectors in Chroma: the only importer of chromadb.

Every version of an index has two collections of its own: ``passages`` (views of units) and
``questions`` (questions whose answer is known), so that building one never touches what is being
served. They stand in the version's folder, below ``vectors``, or on a Chroma server under a name
that the version keeps in the file ``collections``. Rows are keyed by ids that follow the content,
so that the difference between two versions is a difference of two sets of ids.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import numpy as np

from assistant.errors import ConfigurationError, IndexMissingError, IndexUnreachableError
from assistant.index.largest import largest

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Shelf = Literal["passages", "questions"]
SHELVES: tuple[Shelf, ...] = ("passages", "questions")
_BATCH = 2_000
# Up to so many rows a shelf is searched whole, in memory: quicker than a graph, and exact.
_EXACT = 20_000
# How widely HNSW searches beyond that. Of the 24 nearest of 9,700 questions it finds 99.0 % with
# Chroma's 100, 99.7 % with 200 for 0.3 ms more.
_EF_SEARCH = 200
_FOLDER = "vectors"
_NAME_FILE = "collections"


class VectorStore:
    """Vectors of one version; errors of a server become IndexUnreachableError."""

    def __init__(self, client: ClientAPI, name: str, url: str | None, *, create: bool) -> None:
        # Also when a newer version took its place and nobody holds this one any more.
        self._closing = weakref.finalize(self, _close, client)
        self._url = url
        self._rows: dict[Shelf, tuple[list[str], np.ndarray] | None] = {}
        self._shelves: dict[Shelf, Collection] = {}
        with _reaching(url):
            for shelf in SHELVES:
                self._shelves[shelf] = (
                    client.create_collection(
                        f"{name}-{shelf}",
                        configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
                        embedding_function=None,
                    )
                    if create
                    else client.get_collection(f"{name}-{shelf}", embedding_function=None)
                )

    def close(self) -> None:
        """Let go of the folder's files, or of the connection."""
        self._closing()

    def ids(self, shelf: Shelf) -> set[str]:
        """Ids of all rows."""
        with _reaching(self._url):
            return set(self._shelves[shelf].get(include=[])["ids"])

    def count(self, shelf: Shelf) -> int:
        """Number of rows."""
        with _reaching(self._url):
            return int(self._shelves[shelf].count())

    def delete(self, shelf: Shelf, ids: Sequence[str]) -> None:
        """Remove rows; unknown ids are passed over."""
        self._rows.pop(shelf, None)
        for start in range(0, len(ids), _BATCH):
            with _reaching(self._url):
                self._shelves[shelf].delete(ids=list(ids[start : start + _BATCH]))

    def add(self, shelf: Shelf, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Add rows; ``vectors`` is (len(ids), dimension), normalised."""
        self._rows.pop(shelf, None)
        for start in range(0, len(ids), _BATCH):
            part = slice(start, start + _BATCH)
            with _reaching(self._url):
                self._shelves[shelf].upsert(
                    ids=list(ids[part]), embeddings=np.ascontiguousarray(vectors[part])
                )

    def vectors(self, shelf: Shelf, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Vectors of these rows by id; unknown ids are left out."""
        found: dict[str, np.ndarray] = {}
        for start in range(0, len(ids), _BATCH):
            part = list(ids[start : start + _BATCH])
            with _reaching(self._url):
                rows = self._shelves[shelf].get(ids=part, include=["embeddings"])
            vectors = np.asarray(rows["embeddings"], dtype=np.float32)
            found |= dict(zip(rows["ids"], vectors, strict=True))
        return found

    def nearest(self, shelf: Shelf, vector: np.ndarray, count: int) -> list[tuple[str, float]]:
        """The ``count`` nearest rows as (id, cosine), best first; ``vector`` is normalised."""
        whole = self._whole(shelf)
        if whole is not None:
            ids, matrix = whole
            if not ids:
                return []
            cosines = matrix @ vector
            return [(ids[i], float(cosines[i])) for i in largest(cosines, count).tolist()]
        with _reaching(self._url):
            found = self._shelves[shelf].query(
                query_embeddings=vector.reshape(1, -1), n_results=count, include=["distances"]
            )
        distances = found["distances"]
        if not distances:
            return []
        return [(id_, 1.0 - d) for id_, d in zip(found["ids"][0], distances[0], strict=True)]

    def _whole(self, shelf: Shelf) -> tuple[list[str], np.ndarray] | None:
        """Ids and vectors of a shelf, if it is small."""
        if shelf not in self._rows:
            with _reaching(self._url):
                few = self._shelves[shelf].count() <= _EXACT
            rows = self.vectors(shelf, sorted(self.ids(shelf))) if few else {}
            matrix = np.array(list(rows.values()), dtype=np.float32)
            self._rows[shelf] = (list(rows), matrix) if few else None
        return self._rows[shelf]


def create_vectors(version: Path, call: str, url: str | None) -> VectorStore:
    """Empty collections for the version that is being built in the folder ``version``.

    They stand in that folder, or on the Chroma server at ``url`` if there is one. Raises
    ConfigurationError when nothing answers there.
    """
    if url is None:
        return VectorStore(_folder(version / _FOLDER), f"aap-{call}", None, create=True)
    # Builders on other machines share the server: the name is nobody else's. It is written down
    # first, so that whoever finds a killed build knows what to delete.
    name = f"aap-{call}-{secrets.token_hex(6)}"
    client = _server(url)
    (version / _NAME_FILE).write_text(name, encoding="ascii")
    return VectorStore(client, name, url, create=True)


def copy_vectors(previous: Path, version: Path) -> None:
    """Copy the vectors of a finished version to the folder ``version``, to be changed there.

    Raises IndexMissingError when they are not in the previous folder.
    """
    source, target = previous / _FOLDER, version / _FOLDER
    if not source.is_dir():
        raise IndexMissingError(f"There are no vectors in {source}.")
    shutil.copytree(source, target, copy_function=_copy_file, ignore=shutil.ignore_patterns("*.sqlite3-*"))


def _copy_file(source: str, target: str) -> None:
    if not source.endswith(".sqlite3"):
        shutil.copyfile(source, target)
        return
    # Whoever serves it has it open too: SQLite itself takes a copy that is whole.
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def open_vectors(version: Path, call: str, url: str | None) -> VectorStore:
    """The vectors of a finished version, wherever they were written.

    Raises IndexMissingError when they are gone, ConfigurationError when they are on a server and
    ``url`` names none that answers.
    """
    from chromadb.errors import NotFoundError

    missing = f"The vectors of the call '{call}' are missing or outdated. Run 'aap ingest'."
    try:
        if (version / _FOLDER).is_dir():
            return VectorStore(_folder(version / _FOLDER), f"aap-{call}", None, create=False)
        name = (version / _NAME_FILE).read_text(encoding="ascii")
        if url is None:
            raise IndexMissingError(
                f"The vectors of the call '{call}' are on a Chroma server: set AAP_CHROMA_URL to "
                f"its address, or run 'aap ingest' to keep them in a folder."
            )
        return VectorStore(_server(url), name, url, create=False)
    except (FileNotFoundError, NotFoundError) as error:
        raise IndexMissingError(missing) from error


def discard_vectors(version: Path, url: str | None) -> None:
    """Delete what a version keeps on the server at ``url``; its folder is the caller's."""
    from chromadb.errors import NotFoundError

    path = version / _NAME_FILE
    if url is None or not path.exists():
        return
    client = _server(url)
    for shelf in SHELVES:
        with suppress(NotFoundError), _reaching(url):
            client.delete_collection(f"{path.read_text(encoding='ascii')}-{shelf}")
    _close(client)


def _close(client: ClientAPI) -> None:
    client.close()  # type: ignore[attr-defined]
    session = getattr(client._server, "_session", None)  # type: ignore[attr-defined]
    if session is not None:  # chromadb leaves the connections to a server open
        session.close()


@contextmanager
def _reaching(url: str | None) -> Iterator[None]:
    """The one border where errors of a Chroma server become ours; a missing collection stays."""
    from chromadb.errors import NotFoundError

    try:
        yield
    except NotFoundError:
        raise
    except Exception as error:  # httpx, chromadb and its JSON reader each raise their own
        if url is None:
            raise
        raise IndexUnreachableError(
            f"The Chroma server at {url} does not answer as it should ({error}). Check that it "
            f"runs, then try again."
        ) from error


def _folder(path: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))


def _server(url: str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"AAP_CHROMA_URL: '{url}' is not an http(s) address.")
    try:
        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
    except ValueError as error:
        raise ConfigurationError(
            f"AAP_CHROMA_URL: no Chroma server answers at {url}. Start it ('chroma run') or "
            f"unset the variable to use a local folder."
        ) from error
