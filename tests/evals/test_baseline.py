from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.embedding import Embedded
from assistant.errors import CorpusError
from assistant.types import Document
from assistant.words import stems
from evals.baseline import VanillaBaseline, split, split_simply
from evals.cases import Case
from evals.runner import run


class WordVectors:
    """Bags of hashed stems: near when words are shared."""

    name = "words"
    dimension = 512

    def encode(self, texts: Sequence[str], *, kind: str, **_: Any) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in stems(text):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest) % self.dimension] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: npt.NDArray[np.float32] = vectors / np.maximum(norms, np.float32(1e-9))
        return unit

    def embed(self, texts: Sequence[str], *, kind: str) -> Embedded:
        raise NotImplementedError

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError


texts = st.text(st.sampled_from("abc \n."), max_size=400)


@given(texts, st.integers(2, 60), st.integers(0, 30))
def test_chunks_fit_and_lose_nothing(text: str, size: int, overlap: int) -> None:
    overlap = min(overlap, size - 1)
    spans = split_simply(text, size, overlap)
    covered = {index for span in spans for index in range(span.start, span.end)}
    assert all(0 < span.end - span.start <= size for span in spans)
    assert all(char.isspace() or index in covered for index, char in enumerate(text))


def test_chunks_end_where_paragraphs_do() -> None:
    text = f"{'a' * 300}\n\n{'b ' * 200}\n\n{'c ' * 300}"
    first = split_simply(text, 1000, 100)[0]
    assert text[first.start : first.end].endswith("b \n\n")


def test_the_overlap_is_smaller_than_the_chunk() -> None:
    with pytest.raises(ValueError, match="overlap"):
        split_simply("abc", 10, 10)


def test_the_chunks_are_shown_whole_and_measured_like_any_answer(regulation: Document) -> None:
    filler = "\n\n".join(f"Paragraphe sur le thème {n}. " + "Lorem ipsum. " * 60 for n in "ABCDEF")
    document = Document(
        "reglement", "Règlement", "regulation", "fr", None, regulation.text + filler
    )
    baseline = VanillaBaseline([document], WordVectors(), top=2)
    case = Case(
        id="a",
        question="date de clôture de l'appel à projets ?",
        facts=[["13/03/2024"]],
        quotes=["Date de clôture de l'appel à projets\t13 mars 2024"],
    )
    (record,) = run(baseline, [case])
    assert record.answer is not None
    assert len(record.answer.citations) == 2
    assert record.scores.evidence_recall == 1
    assert record.scores.citation_precision
    assert record.scores.fact_accuracy
    assert record.scores.words is not None
    assert record.scores.words > 100
    spans = split(document.text)
    assert {(c.start, c.end) for c in record.answer.citations} <= {(s.start, s.end) for s in spans}


def test_a_baseline_needs_a_document() -> None:
    with pytest.raises(CorpusError):
        VanillaBaseline([], WordVectors())
