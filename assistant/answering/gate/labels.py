"""A value is the value of what the claim says it is, not of something else in the sources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.cues import cues
from assistant.answering.evidence import Piece, all_pieces, content
from assistant.answering.gate.claim import (
    CRITICAL,
    Refusal,
    Trial,
    blank,
    content_words,
    coverage,
    key,
)
from assistant.values import Value

_NEAR = 2


def labels(trial: Trial) -> Refusal:
    """A date must be the date of what the sentence says it is the date of."""
    claim, chosen = trial.claim, trial.chosen
    present = {key(v) for v in claim.values}
    pieces = all_pieces(trial.index)
    for value in claim.values:
        if value.kind not in (*CRITICAL, "amount", "percent"):
            continue
        wanted = key(value)
        homes = [p for p in chosen if wanted in {key(v) for v in p.values}]
        if not homes:
            continue
        own = frozenset().union(*(p.words | p.under for p in homes))
        clause = cues(_clause(claim.text, value))
        for home in homes:
            stands = cues(f"{home.lead} {home.text}")
            if value.kind in ("date", "month") and not (stands.start and stands.end):
                if (clause.start and not clause.end and stands.end) or (
                    clause.end and not clause.start and stands.start
                ):
                    return "label", claim.text[value.start : value.end]
                if (clause.start and not (clause.end or stands.start)) or (
                    clause.end and not (clause.start or stands.end)
                ):
                    if coverage(claim, own) < 0.5:
                        return "label", claim.text[value.start : value.end]
        if trial.language != trial.index.document(homes[0].document).language:
            cells = [p for p in pieces if p.spans == homes[0].spans and p.text != homes[0].text]
            bare = blank(claim.text, claim.values)
            if any(_bare(trial, bare, p) > _bare(trial, bare, homes[0]) for p in cells):
                return "label", claim.text[value.start : value.end]
            continue
        rivals = [
            p for p in pieces
            if p.document == homes[0].document and p not in homes and any(
                v.kind == value.kind and key(v) not in present for v in p.values
            ) and not any(key(v) == wanted for v in p.values)
        ]  # fmt: skip
        for rival in rivals:
            told = [
                s for s, w in zip(claim.stems, claim.weights, strict=True)
                if s & rival.words and not s & own and w >= 1.0
            ]  # fmt: skip
            kept = [s for s in claim.stems if s & own and not s & (rival.words | rival.under)]
            if len(told) > len(kept):
                return "label", claim.text[value.start : value.end]
        if value.kind in CRITICAL and trial.language == "fr":
            if not any(s & own for s in claim.stems) and not (clause.start or clause.end):
                return "label", claim.text[value.start : value.end]
    return None, ""


def neighbours(trial: Trial) -> Refusal:
    """Of several values of one kind in a quote, each stands beside its own words."""
    claim, chosen = trial.claim, trial.chosen
    for piece in chosen:
        for value in claim.values:
            same = [v for v in piece.values if v.kind == value.kind]
            mine = [v for v in same if key(v) == key(value)]
            if not mine or len({key(v) for v in same}) < 2:
                continue
            for side in ("after", "before"):
                said = _beside(claim.text, value, claim.values, side)
                own = set().union(*(_beside(piece.text, v, piece.values, side) for v in mine))
                whole = set().union(
                    *(_beside(piece.text, v, piece.values, s) for v in mine for s in ("after", "before"))
                )
                other = set().union(
                    *(_beside(piece.text, v, piece.values, side) for v in same if v not in mine)
                )
                if own and said & (other - own) and not said & whole:
                    return "label", claim.text[value.start : value.end]
    return None, ""


def _bare(trial: Trial, text: str, piece: Piece) -> float:
    """Cosine without the values, which would outweigh what they are the values of."""
    return trial.likeness.between(" ".join(text.split()), blank(piece.text, piece.values))


def _clause(text: str, value: Value) -> str:
    """The words before a value, back to the value before it or the start of its clause."""
    before = text[: value.start]
    cut = max((m.end() for m in re.finditer(r"[;.]|\bet\b|\band\b|\bau\b(?=\s*$)", before)), default=0)
    window = before[cut:]
    return window if content(window) or cut == 0 else before


def _beside(text: str, value: Value, values: Sequence[Value], side: str) -> set[str]:
    """Stems of the nearest content words on one side of a value, up to the next value."""
    if side == "after":
        end = min((v.start for v in values if v.start >= value.end), default=len(text))
        words = content_words(text[value.end : end])[:_NEAR]
    else:
        start = max((v.end for v in values if v.end <= value.start), default=0)
        words = content_words(text[start : value.start])[-_NEAR:]
    return set(words)
