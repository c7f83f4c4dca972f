"""The grounding gate: a sentence of a chat model is shown only when its quote bears it out.

Checked one sentence at a time, so that answers can stream.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.cues import instructs
from assistant.answering.evidence import Passage, Piece
from assistant.answering.gate.claim import (
    CRITICAL,
    Claim,
    Refusal,
    Trial,
    coverage,
    key,
    read_claim,
)
from assistant.answering.gate.facts import contact, names, values
from assistant.answering.gate.labels import labels, neighbours
from assistant.answering.gate.likeness import Likeness
from assistant.answering.gate.meaning import meaning
from assistant.answering.gate.verdict import Reason, Verdict
from assistant.answering.gate.wording import near, speaks
from assistant.answering.index import CallIndex
from assistant.embedding import Embedder

MIN_COVERAGE_RECITED = 0.6
MAX_CHARS = 600
_MAX_QUOTES = 3
_MARKUP = re.compile(
    r"<\s*/?\s*[a-z!][^>]*>?|&\w+;|&#|```|!?\[[^\]]*\]\s*\(|javascript:|\{\{|\}\}|\x00|\ufffd", re.IGNORECASE
)
_ENDS = (".", "!", "?", ":", ";", "…")
_CHECKS = (values, contact, names, labels, neighbours, meaning, speaks, near)


class Gate:
    """Holds sentences against the passages that a model was given.

    ``contacts`` are the mails and phones (canonical) that may be named: who answers for what is
    decided by reading, a model only puts it in words.
    """

    def __init__(
        self, index: CallIndex, embedder: Embedder, language: str, passages: Sequence[Passage],
        contacts: frozenset[str],
    ) -> None:  # fmt: skip
        self._index = index
        self._likeness = Likeness(embedder)
        self._language = language
        self._passages = {passage.number: passage for passage in passages}
        self._contacts = contacts

    def check(self, sentence: str, cited: Sequence[int]) -> Verdict:
        """Whether ``sentence``, without its markers, may be shown as said by passages ``cited``.

        A sentence with a missing or wrong citation is cited anew when other passages bear it out.
        """
        reason = _form(sentence, cited)
        if reason:
            return Verdict(sentence, reason)
        claim = read_claim(sentence, self._language, self._index)
        known = [self._passages[number] for number in cited if number in self._passages]
        first = self._against(claim, known) if known else Verdict(sentence, "uncited")
        if first.passed:
            return first
        others = [p for p in self._passages.values() if p not in known]
        second = self._against(claim, self._nearest(claim, others), again=True)
        return second if second.passed else first

    def _nearest(self, claim: Claim, passages: Sequence[Passage]) -> list[Passage]:
        def fit(passage: Passage) -> float:
            return max((self._fit(claim, piece) for piece in passage.pieces), default=0.0)

        return sorted(passages, key=fit, reverse=True)[:1]

    def _against(
        self, claim: Claim, passages: Sequence[Passage], *, again: bool = False
    ) -> Verdict:
        pieces = [piece for passage in passages for piece in passage.pieces]
        trial = Trial(
            claim, self._narrow(claim, pieces), self._index, self._likeness, self._contacts
        )
        reason, detail = _judge(trial)
        if again and not reason and not _certain(trial):
            reason = "uncited"
        if reason:
            return Verdict(claim.text, reason, detail)
        spans = [(piece.document, span) for piece in trial.chosen for span in piece.spans]
        return Verdict(claim.text, None, quotes=tuple(dict.fromkeys(spans)), recited=again)

    def _fit(self, claim: Claim, piece: Piece) -> float:
        """How well a piece fits a claim: words, values, meaning, each from 0 to 1."""
        stated = {key(v) for v in piece.values}
        values = [key(v) in stated for v in claim.values]
        held = sum(values) / len(values) if values else 0.0
        cosine = max(0.0, self._likeness.cosine(claim.text, piece) - 0.3)
        return coverage(claim, piece.words | piece.under) + 2 * held + cosine

    def _narrow(self, claim: Claim, pieces: Sequence[Piece]) -> list[Piece]:
        """The fewest pieces that state the claim's values and most of its words."""
        if not pieces:
            return []
        ranked = sorted(pieces, key=lambda piece: self._fit(claim, piece), reverse=True)
        chosen = [ranked[0]]
        for piece in ranked[1:]:
            if len(chosen) == _MAX_QUOTES:
                break
            stated = {key(v) for one in chosen for v in one.values}
            missing = {key(v) for v in claim.values} - stated
            words = frozenset().union(*(one.words | one.under for one in chosen))
            gain = coverage(claim, words | piece.words) - coverage(claim, words)
            if missing & {key(v) for v in piece.values} or (not missing and gain > 0.2):
                chosen.append(piece)
        return chosen


def _form(sentence: str, cited: Sequence[int]) -> Reason | None:
    if _MARKUP.search(sentence):
        return "markup"
    if len(sentence) > MAX_CHARS:
        return "too_long"
    # A heading of the prompt, or a sentence that was cut off.
    if "›" in sentence or not (cited or sentence.rstrip("»\"”) ").endswith(_ENDS)):
        return "fragment"
    return "instruction" if instructs(sentence) else None


def _judge(trial: Trial) -> Refusal:
    if not trial.chosen:
        return "uncited", ""
    for check in _CHECKS:
        reason, detail = check(trial)
        if reason:
            return reason, detail
    return None, ""


def _certain(trial: Trial) -> bool:
    """Whether a sentence may be cited anew: most of its words stand in the other quote."""
    words = frozenset().union(*(piece.words | piece.under for piece in trial.chosen))
    critical = any(value.kind in CRITICAL for value in trial.claim.values)
    enough = coverage(trial.claim, words) >= MIN_COVERAGE_RECITED
    return not trial.translated and not critical and enough
