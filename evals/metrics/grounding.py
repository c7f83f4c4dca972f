"""Citation precision: is every quote exact, and does every typed value come from a quote?

The question of ALCE's citation precision (Gao et al., 2023), asked of values instead of by a
model: this checks the quote contract of the design, and needs no gold. Values are those of
``assistant.values``, so the metric and the verifier agree on what a value is; what
supports a value is decided here, independently of the verifier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.types import Answer, Citation, Document
from assistant.values import Value
from evals.metrics.evidence import cited_spans
from evals.metrics.matching import MARKER, clean, supported, values_in

_COMPUTED = re.compile(r"\((?:calc[uo]l|computed|berechnet|محسوب)[^()]*\)", re.IGNORECASE)
_HERE = "\ue000"  # stands where a computed segment was
_STATED = ("email", "phone", "url")  # nobody computes these
_CRITICAL = ("date", "email", "phone")


@dataclass(frozen=True, slots=True)
class Claim:
    """A typed value of the answer; ``markers`` are the citation numbers that close its segment."""

    value: Value
    text: str
    markers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Grounding:
    """What does not hold in one answer, and of how many.

    ``wrong`` are the dates, e-mails and phones among ``ungrounded``; ``misnumbered`` are values
    that are cited, but not by the marker that follows them; ``dangling`` are markers without a
    citation; ``inexact`` are the citations whose quote is not at its offsets.
    """

    citations: int
    claims: int
    inexact: tuple[int, ...]
    dangling: tuple[int, ...]
    ungrounded: tuple[str, ...]
    misnumbered: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool | None:
        """Whether every quote, marker and value stands; None when nothing is claimed."""
        if not (self.citations or self.claims or self.dangling):
            return None
        return not (self.inexact or self.dangling or self.ungrounded)


def ground(answer: Answer, said: Sequence[str], documents: Mapping[str, Document]) -> Grounding:
    """Check ``answer`` against its citations; ``said`` are the question and the history.

    The hand-over contact comes from the call's configuration and may be named without a quote.
    """
    values: dict[int, list[Value]] = {c.index: [] for c in answer.citations}
    for citation in answer.citations:
        values[citation.index] += _cited_values(citation, documents.get(citation.document))
    cited = [value for found in values.values() for value in found]
    given = [value for text in (*said, *_handoff(answer)) for value in values_in(text)]
    claims = find_claims(answer.text)
    loose = [c for c in claims if not supported(c.value, [*cited, *given])]
    marked = [c for c in claims if c.markers and c not in loose and not supported(c.value, given)]
    wrong_number = [
        c
        for c in marked
        if not supported(c.value, [v for n in c.markers for v in values.get(n, ())])
    ]
    # Small talk and refusals may name the call by a title with a number or a date in it, but no contact.
    checked = [] if answer.status in ("out_of_scope", "refused") and not cited else claims
    return Grounding(
        citations=len(answer.citations),
        claims=len(checked),
        inexact=tuple(c.index for c in answer.citations if not is_exact(c, documents)),
        dangling=tuple(sorted(_markers(answer.text) - values.keys())),
        ungrounded=tuple(c.text for c in loose if c in checked),
        misnumbered=tuple(c.text for c in wrong_number),
        wrong=tuple(c.text for c in loose if c.value.kind in _CRITICAL and (c in checked or c.value.kind != "date")),
    )


def is_exact(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether ``document.text[start:end] == quote``, for a quote that is not empty."""
    document = documents.get(citation.document)
    if document is None or not 0 <= citation.start < citation.end:
        return False
    return document.text[citation.start : citation.end] == citation.quote


def find_claims(text: str) -> list[Claim]:
    """Typed values of an answer's text, those that it marks as computed left out.

    Computed is what stands in a parenthesis that starts with "calcul…", "computed" or the like, and the
    value just before it; but an e-mail, a phone number or an address is never computed.
    """
    claims = [
        Claim(value, segment.group()[value.start : value.end], frozenset())
        for segment in _COMPUTED.finditer(text)
        for value in values_in(segment.group())
        if value.kind in _STATED
    ]
    for line in _COMPUTED.sub(_HERE, text).splitlines():
        for segment, markers in _segments(line):
            claims += (
                Claim(value, segment[value.start : value.end], markers)
                for value in values_in(segment)
                if not _is_computed(value, segment) and not _is_list_number(value, segment)
            )
    return claims


def _cited_values(citation: Citation, document: Document | None) -> list[Value]:
    """Values that a citation brings; none when its quote stands nowhere in the document."""
    if document is None or not cited_spans(citation, document.text):
        return []
    return values_in(citation.quote) + values_in(citation.url)


def _segments(line: str) -> list[tuple[str, frozenset[int]]]:
    """A line cut after each group of markers: (what they close, their numbers)."""
    segments: list[tuple[str, frozenset[int]]] = []
    position = 0
    for group in re.finditer(rf"(?:{MARKER.pattern}[\s.,;]*)+", line):
        segments.append((clean(line[position : group.start()]), _markers(group.group())))
        position = group.end()
    return [*segments, (clean(line[position:]), frozenset())]


def _markers(text: str) -> frozenset[int]:
    return frozenset(int(n) for m in MARKER.findall(text) for n in re.findall(r"\d+", m))


def _is_computed(value: Value, segment: str) -> bool:
    return value.kind not in _STATED and segment[value.end :].lstrip().startswith(_HERE)


def _is_list_number(value: Value, segment: str) -> bool:
    """Whether ``value`` is the "2." of an ordered list."""
    before, after = segment[: value.start], segment[value.end : value.end + 2]
    return (
        value.kind == "count" and not before.strip(" >\t") and bool(re.match(r"[.)](\s|$)", after))
    )


def _handoff(answer: Answer) -> list[str]:
    return (
        [text for text in (answer.handoff.email, answer.handoff.phone) if text]
        if answer.handoff
        else []
    )
