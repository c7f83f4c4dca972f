"""Dense vectors in Chroma: the only importer of chromadb.

Two collections a call: ``passages`` (views of units) and ``questions`` (questions whose answer
is known). Rows are keyed by ids that follow the content, so that the difference between two
versions is a difference of two sets of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import numpy as np

from assistant.errors import ConfigurationError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Shelf = Literal["passages", "questions"]
_BATCH = 2_000


class VectorStore:
    """Vectors of one call, in a folder or on a Chroma server (``chroma run``)."""

    def __init__(self, client: ClientAPI, call: str, *, create: bool = False) -> None:
        self._client = client
        self._shelves: dict[Shelf, Collection] = {}
        for shelf in ("passages", "questions"):
            name = f"aap-{call}-{shelf}"
            self._shelves[shelf] = (
                client.get_or_create_collection(
                    name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
                )
                if create
                else client.get_collection(name, embedding_function=None)
            )

    def close(self) -> None:
        """Let go of the folder's files."""
        self._client.close()  # type: ignore[attr-defined]

    def ids(self, shelf: Shelf) -> set[str]:
        """Ids of all rows."""
        return set(self._shelves[shelf].get(include=[])["ids"])

    def add(self, shelf: Shelf, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Add rows; ``vectors`` is (len(ids), dimension), normalised."""
        for start in range(0, len(ids), _BATCH):
            part = slice(start, start + _BATCH)
            self._shelves[shelf].upsert(
                ids=list(ids[part]), embeddings=np.ascontiguousarray(vectors[part])
            )

    def vectors(self, shelf: Shelf, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Vectors of these rows by id; unknown ids are left out."""
        found: dict[str, np.ndarray] = {}
        for start in range(0, len(ids), _BATCH):
            part = list(ids[start : start + _BATCH])
            rows = self._shelves[shelf].get(ids=part, include=["embeddings"])
            vectors = np.asarray(rows["embeddings"], dtype=np.float32)
            found |= dict(zip(rows["ids"], vectors, strict=True))
        return found

    def remove(self, shelf: Shelf, ids: Iterable[str]) -> None:
        """Remove rows; unknown ids are ignored."""
        doomed = list(ids)
        for start in range(0, len(doomed), _BATCH):
            self._shelves[shelf].delete(ids=doomed[start : start + _BATCH])

    def nearest(self, shelf: Shelf, vector: np.ndarray, count: int) -> list[tuple[str, float]]:
        """The ``count`` nearest rows as (id, cosine), best first."""
        found = self._shelves[shelf].query(
            query_embeddings=vector.reshape(1, -1), n_results=count, include=["distances"]
        )
        distances = found["distances"]
        if not distances:
            return []
        return [(id_, 1.0 - d) for id_, d in zip(found["ids"][0], distances[0], strict=True)]


def open_folder(path: Path, call: str, *, create: bool = False) -> VectorStore:
    """Vectors kept in the folder ``path`` by this process."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
    return VectorStore(client, call, create=create)


def open_server(url: str, call: str, *, create: bool = False) -> VectorStore:
    """Vectors kept by the Chroma server at ``url`` (http or https).

    Raises ConfigurationError when nothing answers there.
    """
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"AAP_CHROMA_URL: '{url}' is not an http(s) address.")
    try:
        client = chromadb.HttpClient(
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
    return VectorStore(client, call, create=create)
