"""What could be asked next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.answering.index import CallIndex
from assistant.answering.read import Reading
from assistant.answering.retrieve import Retrieval
from assistant.types import Span

MAX_SUGGESTIONS = 3
_LIKELY = 30


def suggest(
    read: Sequence[tuple[Reading, Retrieval]], quoted: Iterable[tuple[str, Span]],
    index: CallIndex, language: str,
) -> tuple[str, ...]:  # fmt: skip
    """Validated questions near the one asked, in their plain wording and the user's language, each
    answered by other passages than the answer (it has ``quoted`` them) and the ones before it."""
    found: dict[str, str] = {}
    told: list[tuple[str, Span]] = list(quoted)
    for reading, retrieval in read:
        for best in reading.candidates[:1]:
            told += [(best.unit.document, part) for part in best.parts]
        # Where all that is near says the same, what is asked next most probably follows.
        likely = [index.entries[i.id] for i, _ in retrieval.intents[:_LIKELY] if i.kind == "faq"]
        for known in [*retrieval.related, *likely]:
            text = index.plain_wordings.get((known.entry, language))
            parts = [(known.document, part) for part in known.parts]
            if known.origin != "faq" or not text or known.entry in found:
                continue
            if not any(one == other and p.overlap(q) for one, p in parts for other, q in told):
                found[known.entry] = text
                told += parts
    return tuple(list(found.values())[:MAX_SUGGESTIONS])
