"""A claim obliges, permits, denies and bounds what its quotes do, and nothing else."""

from __future__ import annotations

import re

from assistant.answering.cues import Cues, cues
from assistant.answering.evidence import content
from assistant.answering.gate.claim import Refusal, Trial, blank
from assistant.words import fold

_CLAUSE = re.compile(r"[,;:()](?=\s|$)|\s[–—-]\s|\b(?:mais|sauf|toutefois|cependant|but|except|unless)\b")
_SCOPE = re.compile(
    r"\bn(?:e |')\w+ (?:\w+ )?(?:pas|plus|jamais)\b(?: \w+){0,2}|"
    r"\b(?:is|are|may|can|must|will|does|do) ?not (?:\w+ ?){1,2}"
)


def meaning(trial: Trial) -> Refusal:
    """Negations, modal words, bounds and contraries are those of the quotes."""
    claim, sources = trial.claim, trial.sources
    whole = cues(" ".join(sources))
    for number in claim.cues.absolute - whole.absolute:
        if not (number == 0 and whole.excepted):
            return "overclaim", claim.text
    for pair, side in claim.cues.contraries:
        if (pair, 1 - side) in whole.contraries and (pair, side) not in whole.contraries:
            if (pair, 1 - side) not in claim.cues.contraries:
                return "contrary", claim.text
    if claim.values or whole.low != whole.high:
        if claim.cues.low and not claim.cues.high and whole.high and not whole.low:
            return "bound", claim.text
        if claim.cues.high and not claim.cues.low and whole.low and not whole.high:
            return "bound", claim.text
    held = False
    for clause in _clauses(blank(claim.text, [v for v in claim.values if v.kind == "url"])):
        said = cues(clause)
        there = _counterpart(trial, clause)
        if not there:
            continue
        held = True
        if not any(c.negated == said.negated for c in there):
            return "polarity", clause
        if said.obliges and not said.permits and not said.negated and not any(
            c.obliges or not (c.permits or c.advises) for c in there
        ):
            return "modality", clause
        # "peut durer au moins" gives leave where "ne peut être inférieur à" does not.
        if said.permits and said.low and not any(c.permits for c in there):
            return "modality", clause
        if said.permits and not said.obliges and not said.negated and not any(
            c.permits or not (c.obliges or c.negated) for c in there
        ):
            return "modality", clause
    denied, stated = _denied(claim.text)
    denied_there, stated_there = _denied(" ".join(sources))
    if (stated & denied_there) - stated_there - denied or (
        (denied & stated_there) - denied_there and not (whole.negated or whole.high or whole.low)
    ):
        return "polarity", claim.text
    if claim.cues.obliges and not (
        whole.obliges or whole.negated or whole.low or whole.high or whole.end
    ) and not claim.cues.negated:
        return "modality", claim.text
    if not held and claim.cues.negated != whole.negated and not whole.excepted:
        return "polarity", claim.text
    if claim.cues.obliges and not (claim.cues.permits or claim.cues.negated or whole.obliges) and (
        whole.permits or whole.advises
    ):
        return "modality", claim.text
    if claim.cues.permits and not claim.cues.obliges and whole.obliges and not whole.permits:
        return "modality", claim.text
    return None, ""


def _counterpart(trial: Trial, clause: str) -> list[Cues]:
    """The clauses of the quote that share most words with ``clause``: what they say."""
    terms = [t.stems | {t.exact} for t in trial.index.lexicon.terms(clause)]
    if not terms:
        return []
    scored: list[tuple[int, Cues]] = []
    for piece in trial.chosen:
        # An item says what its lead-in says of it ("Sont exclus :").
        lead = f"{piece.lead} " if piece.lead else ""
        for place, part in enumerate(_clauses(piece.text)):
            words = content(part)
            whole = f"{lead}{part}" if place == 0 else part
            scored.append((sum(bool(t & words) for t in terms), cues(whole)))
    best = max(score for score, _ in scored)
    if best * 2 < len(terms) or best == 0:
        return []
    return [c for score, c in scored if score == best]


def _denied(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """(stems that a negation bears on, the other stems) of ``text``, bounds left out."""
    folded = fold(text)
    found = " ".join(match.group() for match in _SCOPE.finditer(folded))
    return content(found), content(_SCOPE.sub(" ", folded))


def _clauses(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for match in _CLAUSE.finditer(text):
        part = text[start : match.start()]
        if len(content(part)) >= 2:
            found.append(part)
            start = match.start()
    rest = text[start:]
    if content(rest) or not found:
        found.append(rest)
    return found
