"""The quote contract, checked on every answer before anybody sees it.

1. Every quote is exactly what stands at its offsets in a source.
2. Every value (date, amount, number, mail, phone, address) and every word of a paragraph comes
   from the quotes that it cites, from the question, or from our own phrase book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from assistant.answering.index import CallIndex
from assistant.answering.prototypes import topics
from assistant.answering.texts import SPOKEN, phrases, spoken
from assistant.types import ABSTENTIONS, Citation, Status
from assistant.values import Value, find_values
from assistant.words import tokens

_MARK = re.compile(r"\[(\d+)\]")
# A line that says of itself that it was computed, in any language that is spoken.
COMPUTED = re.compile(
    rf"\((?:{'|'.join(re.escape(phrases(one)['days_left'].split(':')[0].strip(' (')) for one in SPOKEN)})\s?:[^()]*\)"
)


def problems(
    text: str, quotes: Sequence[Citation], status: Status, question: str, index: CallIndex,
    language: str, *, generated: bool = False,
) -> list[str]:  # fmt: skip
    """What is wrong with an answer; an empty list means that it may be shown.

    The words of a ``generated`` one are a model's; the gate has held them against their quotes.
    """
    found: list[str] = []
    for citation in quotes:
        document = index.documents.get(citation.document)
        if document is None or document.text[citation.start : citation.end] != citation.quote:
            found.append(f"quote [{citation.index}] does not stand at its offsets")
        elif not citation.quote.strip():
            found.append(f"quote [{citation.index}] is empty")
    numbers = {citation.index for citation in quotes}
    used = {int(number) for number in _MARK.findall(text)}
    if used != numbers:
        found.append(f"markers {sorted(used)} but citations {sorted(numbers)}")
    if status not in ABSTENTIONS and not quotes:
        found.append("a claim without a citation")
    given = [index.call.title, index.call.authority, question]
    for block in text.split("\n\n"):
        marked = {int(number) for number in _MARK.findall(block)}
        cited = [citation for citation in quotes if not marked or citation.index in marked]
        found += _ungrounded(block, cited, given, index, language, generated=generated)
    return found


def _ungrounded(
    block: str, cited: Sequence[Citation], given: Sequence[str], index: CallIndex, language: str,
    *, generated: bool,
) -> list[str]:  # fmt: skip
    """What of a paragraph comes neither from the quotes that it cites (all of them, when it names
    none) nor from what is ``given``."""
    sources = [*given, *(citation.quote for citation in cited)]
    for citation in cited:  # a linked resource is named, with its page
        if index.document(citation.document).kind == "linked":
            sources += [citation.title, f"p. {citation.page}" if citation.page else ""]
    plain = COMPUTED.sub(" ", _MARK.sub(" ", block))
    found = ungrounded_values(plain, sources)
    if generated:
        return found
    allowed = _phrase_words(language).union(*(tokens(source) for source in sources))
    unknown = sorted({word for word in tokens(plain) if word not in allowed and not word.isdigit()})
    months = {word for value in find_values(plain) if value.kind in ("date", "month")
              for word in tokens(plain[value.start : value.end])}  # fmt: skip
    return found + [f"'{word}' stands in no quote" for word in unknown if word not in months]


def ungrounded_values(text: str, sources: Iterable[str]) -> list[str]:
    """Values of ``text`` that no source states, formats apart."""
    read = list(sources)
    stated = {_key(value) for source in read for value in find_values(source)}
    return [
        f"{value.kind} '{text[value.start : value.end]}' stands in no quote"
        for value in find_values(text)
        if _key(value) not in stated and not _literally(text[value.start : value.end], read)
    ]


def _literally(said: str, sources: Iterable[str]) -> bool:
    """Whether a source writes a value just so, though it was read otherwise there, with what follows it in a table."""
    words = r"\s+".join(map(re.escape, said.split()))
    whole = re.compile(rf"(?<![\w.,@+-]){words}(?!\w|[.,]\d|[@%-])")
    return any(whole.search(source) for source in sources)


def _key(value: Value) -> tuple[str, str]:
    # "3 millions" may be read as a count here and as an amount there; the number must agree.
    number = value.kind in ("count", "year")
    return ("number" if number else value.kind, value.value)


@cache
def _phrase_words(language: str) -> frozenset[str]:
    words: set[str] = set()
    for phrase in phrases(language).values():
        words.update(tokens(re.sub(r"\{\w+\}", " ", phrase)))
    for topic in topics().values():
        words.update(tokens(topic.missing[spoken(language)]))
    return frozenset(words)
