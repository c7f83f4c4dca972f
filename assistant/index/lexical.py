"""Lexical search in a catalog: BM25 over stems, with headings as a field of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

# Units that a search may score; the commonest words of a question are left out beyond.
POSTINGS = 5_000


def search(
    db: sqlite3.Connection, words: Sequence[str], count: int, frequency: Callable[[str], int]
) -> list[tuple[str, float]]:
    """Units that share stems with ``words``, as (id, BM25 score), best first.

    BM25 as in FTS5 (k1 = 1.2, b = 0.75), headings weigh half of the body; higher is better.
    ``frequency`` is the number of units that hold a stem. Words that would make it score more than
    POSTINGS units are left out, the commonest first.
    """
    wanted = [word for word in dict.fromkeys(words) if word.isalnum()]
    telling: set[str] = set()
    postings = 0
    for word in sorted(wanted, key=frequency):
        postings += frequency(word)
        if postings > POSTINGS:
            break
        telling.add(word)
    if not telling:
        return []
    query = " OR ".join(f'"{word}"' for word in wanted if word in telling)
    rows = db.execute(
        "SELECT id, score FROM (SELECT rowid AS found, -bm25(lexical, 1.0, 0.5) AS score "
        "FROM lexical WHERE lexical MATCH ? ORDER BY score DESC LIMIT ?) "
        "JOIN units ON number = found ORDER BY score DESC, number",
        (query, count),
    )
    return [(unit, score) for unit, score in rows]
