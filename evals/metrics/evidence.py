"""Evidence recall: how much of the gold passages do the citations show?

The share of a gold quote's characters (white space and list marks apart) that lie inside the
union of the citations' spans: the recall of HotpotQA's supporting facts (Yang et al., 2018) at the
level of characters. A gold quote that stands in no cited document is compared by tokens in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.types import Citation, Document, Span
from assistant.words import tokens
from ingest.faq import find_quote

COVERED = 0.9
"""Share of its characters from which a gold quote counts as covered."""

_MARKS = frozenset("➔►▪•-*\u2013")


def evidence_shares(
    quotes: Sequence[str], citations: Sequence[Citation], documents: Mapping[str, Document]
) -> list[float]:
    """For each gold quote, the share (0..1) of it that the citations show.

    ``documents`` are the cited documents by id; one that is missing is compared by tokens.
    """
    shown: dict[str, list[Span]] = {}
    for citation in citations:
        if citation.document in documents:
            spans = cited_spans(citation, documents[citation.document].text)
            shown.setdefault(citation.document, []).extend(spans)
    return [_share(quote, citations, documents, shown) for quote in quotes]


def evidence_recall(shares: Sequence[float]) -> float | None:
    """Share of the gold quotes that are covered; None when there are none."""
    return sum(share >= COVERED for share in shares) / len(shares) if shares else None


def cited_spans(citation: Citation, text: str) -> tuple[Span, ...]:
    """Where a citation stands: its own offsets when they are true, else wherever its quote is."""
    if citation.quote and text[citation.start : citation.end] == citation.quote:
        return (Span(citation.start, citation.end),)
    return places(citation.quote, text)


@lru_cache(maxsize=4_096)
def places(quote: str, text: str) -> tuple[Span, ...]:
    """Every place of ``text`` where ``quote`` stands."""
    found: list[Span] = []
    offset = 0
    while span := find_quote(quote, text[offset:]):
        found.append(Span(offset + span.start, offset + span.end))
        offset += span.start + 1
    return tuple(found)


def _share(
    quote: str,
    citations: Sequence[Citation],
    documents: Mapping[str, Document],
    shown: Mapping[str, Sequence[Span]],
) -> float:
    shares = [
        _covered(span, documents[document].text, spans)
        for document, spans in shown.items()
        for span in places(quote, documents[document].text)
    ]
    return max(shares) if shares else _contained(quote, citations)


def _covered(gold: Span, text: str, spans: Sequence[Span]) -> float:
    wanted = [
        index
        for index in range(gold.start, gold.end)
        if not text[index].isspace() and text[index] not in _MARKS
    ]
    hits = sum(any(span.start <= index < span.end for span in spans) for index in wanted)
    return hits / len(wanted) if wanted else 0.0


def _contained(quote: str, citations: Sequence[Citation]) -> float:
    """Share of the quote's tokens found in order, in runs, in one citation or the next ones."""
    wanted = tokens(quote)
    if not wanted:
        return 0.0
    shown = [word for citation in citations for word in (*tokens(citation.quote), "\x1f")]
    matcher = SequenceMatcher(None, wanted, shown, autojunk=False)
    run = min(3, len(wanted))
    hits = sum(block.size for block in matcher.get_matching_blocks() if block.size >= run)
    return hits / len(wanted)
