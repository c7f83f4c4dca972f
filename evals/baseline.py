"""The vanilla answerer of tutorials, to measure beside ours: chunks, dense search, top four.

Its text is the chunks as they are: what a reader would have to go through, and all that a model
would be given. It is measured by the same runner and the same metrics.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from assistant.embedding import Embedder
from assistant.errors import CorpusError
from assistant.types import Answer, Citation, Document, Span, Turn

CHUNK_SIZE = 1_000
CHUNK_OVERLAP = 200
TOP = 4


class VanillaBaseline:
    """Dense search over chunks of one call's documents; never abstains, ignores the history."""

    def __init__(
        self, documents: Sequence[Document], embedder: Embedder, *, top: int = TOP
    ) -> None:
        if not documents:
            raise CorpusError("The baseline needs at least one document.")
        self._documents = {document.id: document for document in documents}
        self._embedder = embedder
        self._top = top
        self._chunks = [(d, span) for d in documents for span in split(d.text)]
        texts = [d.text[span.start : span.end] for d, span in self._chunks]
        self._vectors = embedder.encode(texts, kind="passage")

    def ask(self, question: str, history: Sequence[Turn], *, call: str | None = None) -> Answer:
        """The nearest chunks, nearest first."""
        vector = self._embedder.encode([question], kind="query")[0]
        similarities = self._vectors @ vector
        best = np.argsort(-similarities, kind="stable")[: self._top]
        citations = tuple(self._cite(n, int(chunk)) for n, chunk in enumerate(best, start=1))
        return Answer(
            id="baseline",
            question=question,
            language="fr",
            call=call or "",
            status="answered",
            text="\n\n".join(f"{c.quote} [{c.index}]" for c in citations),
            citations=citations,
            confidence=float(np.clip(similarities[best[0]], 0.0, 1.0)),
        )

    def document(self, call_id: str, document_id: str) -> Document:
        """The document with this id, of whatever call."""
        return self._documents[document_id]

    def _cite(self, index: int, chunk: int) -> Citation:
        document, span = self._chunks[chunk]
        return Citation(
            index=index,
            quote=document.text[span.start : span.end],
            document=document.id,
            title=document.title,
            heading="",
            start=span.start,
            end=span.end,
            url=document.url or "",
        )


def split(text: str, size: int = CHUNK_SIZE, overlap: int = CHUNK_OVERLAP) -> list[Span]:
    """Chunks of at most ``size`` characters: LangChain's splitter where it is installed."""
    if find_spec("langchain_text_splitters") is None:
        return split_simply(text, size, overlap)
    splitter = import_module("langchain_text_splitters").RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=overlap, add_start_index=True
    )
    chunks = splitter.create_documents([text])
    starts = [chunk.metadata["start_index"] for chunk in chunks]
    return [Span(s, s + len(c.page_content)) for s, c in zip(starts, chunks, strict=True)]


def split_simply(text: str, size: int = CHUNK_SIZE, overlap: int = CHUNK_OVERLAP) -> list[Span]:
    """The same idea in a few lines: cut at the last paragraph, line or word that fits."""
    if not 0 <= overlap < size:
        raise ValueError("overlap must be smaller than size")
    chunks: list[Span] = []
    start = 0
    while start < len(text):
        end = _cut(text, start, size, overlap)
        chunks.append(Span(start, end))
        start = end if end == len(text) else max(end - overlap, start + 1)
    return [span for span in chunks if text[span.start : span.end].strip()]


def _cut(text: str, start: int, size: int, overlap: int) -> int:
    if start + size >= len(text):
        return len(text)
    for separator in ("\n\n", "\n", " "):
        # A chunk no longer than its overlap would not move on.
        position = text.rfind(separator, start + overlap + 1, start + size)
        if position > 0:
            return position + len(separator)
    return start + size
