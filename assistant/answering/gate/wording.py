"""A claim is in the answer's language and close to its quotes."""

from __future__ import annotations

import re

from assistant.answering.cues import cues
from assistant.answering.evidence import content
from assistant.answering.gate.claim import Refusal, Trial, blank, coverage
from assistant.answering.understand import _detector
from assistant.words import tokens

# Set by hand, then tried on evals/gate with seed 1, which the other checks were tuned on too.
MIN_COSINE = 0.62
MIN_COSINE_TRANSLATED = 0.66
MIN_COVERAGE = 0.34


def speaks(trial: Trial) -> Refusal:
    """The claim is in the answer's language, but for what it takes from the quotes."""
    claim, chosen, sources = trial.claim, trial.chosen, trial.sources
    said = frozenset(tokens(" ".join([*sources, *(p.around for p in chosen)])))
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", blank(claim.text, claim.values)):
        if not set(tokens(word)) <= said:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    for words in (max(runs, key=len), [word for run in runs for word in run]):
        foreign = _foreign(" ".join(words), trial.language) if len(words) >= 3 else ""
        if foreign:
            return "language", foreign
    return None, ""


def near(trial: Trial) -> Refusal:
    """The claim is close in meaning to a quote, and shares its words when it shares its language."""
    claim, chosen, sources = trial.claim, trial.chosen, trial.sources
    cosine = max(trial.likeness.cosine(claim.text, piece) for piece in chosen)
    if cosine < (MIN_COSINE_TRANSLATED if trial.translated else MIN_COSINE):
        return "unlike", f"cosine {cosine:.2f}"
    there = cues(" ".join(sources))
    dated = any(v.kind == "date" for v in claim.values) and (
        (claim.cues.start and there.start) or (claim.cues.end and there.end)
    )
    if not trial.translated and claim.stems and not dated:
        words = frozenset().union(*(piece.words | piece.under for piece in chosen))
        own = content(f"{trial.index.call.title} {trial.index.call.authority}")
        covered = coverage(claim, words | own)
        if covered < MIN_COVERAGE:
            return "unlike", f"{covered:.0%} of its words"
    return None, ""


def _foreign(text: str, language: str) -> str:
    """The language of ``text`` when it is clearly another one than ``language``."""
    found = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _detector().compute_language_confidence_values(text.lower())
    }
    best = max(found, key=lambda code: found[code])
    return best if best != language and found[best] > 0.4 and found.get(language, 0.0) < 0.1 else ""
