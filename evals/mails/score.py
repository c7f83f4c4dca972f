"""``aap eval --mails``: how the desk triages and drafts mails with known answers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.desk.triage import Desk
from assistant.desk.types import Triaged
from assistant.values import find_values
from assistant.words import fold, stems
from evals.mails.cases import MailCase
from evals.metrics.facts import missing_facts
from evals.metrics.matching import supported

# Share of a gold question's stems that a found question must hold.
FOUND = 0.6
_STATED = frozenset({"date", "email", "phone", "amount", "percent"})


@dataclass(frozen=True, slots=True)
class MailScore:
    """One mail with its outcome; ``wrong`` are values of the draft that nothing supports."""

    case: MailCase
    triaged: Triaged
    missing_questions: tuple[str, ...]
    extra_questions: int
    missing_facts: tuple[str, ...]
    wrong: tuple[str, ...]


def run_mails(desk: Desk, cases: Sequence[MailCase], workers: int = 2) -> tuple[list[MailScore], float]:
    """Scores in order, and the seconds that the whole took."""
    start = time.perf_counter()
    results = list(desk.triage_all([case.raw for case in cases], workers))
    seconds = time.perf_counter() - start
    return [score(case, result, desk) for case, result in zip(cases, results, strict=True)], seconds


def score(case: MailCase, triaged: Triaged, desk: Desk) -> MailScore:
    """Compare one result with its gold."""
    found = [frozenset(stems(question)) for question in triaged.questions]
    missing = []
    used: set[int] = set()
    for gold in case.gold.questions:
        wanted = frozenset(stems(gold))
        shares = [(len(wanted & have) / max(len(wanted), 1), -n) for n, have in enumerate(found)]
        if not wanted:  # only function words: "ce qu'il en est"
            shares = [(float(fold(gold) in fold(question)), -n) for n, question in enumerate(triaged.questions)]
        best = max(shares, default=(0.0, 0))
        if best[0] >= FOUND:
            used.add(-best[1])
        else:
            missing.append(gold)
    contact = desk.call.handoff
    allowed = find_values(f"{contact.name} {contact.email} {contact.phone or ''}")
    for citation in triaged.citations:
        allowed += find_values(citation.quote)
    wrong = [
        value.value for value in find_values(triaged.draft)
        if value.kind in _STATED and not supported(value, allowed)
    ]  # fmt: skip
    facts = missing_facts(case.gold.facts, triaged.draft) if case.gold.facts else []
    return MailScore(case, triaged, tuple(missing), len(found) - len(used), tuple(facts), tuple(wrong))


def figures(scores: Sequence[MailScore]) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each figure, by name."""
    people = [s for s in scores if s.case.gold.human is not None]
    flagged = [s for s in people if s.triaged.needs_human]
    wanted = [s for s in people if s.case.gold.human]
    both = [s for s in flagged if s.case.gold.human]
    gold_questions = sum(len(s.case.gold.questions) for s in scores)
    drafted = [s for s in scores if s.case.gold.facts]
    named = [s for s in scores if s.case.gold.category]
    return {
        "automated right": (sum(bool(s.triaged.automated) == s.case.gold.automated for s in scores), len(scores)),
        "needs reply right": (
            sum(s.triaged.needs_reply == (s.case.gold.reply and not s.case.gold.automated) for s in scores),
            len(scores),
        ),
        "needs a person, recall": (len(both), len(wanted)),
        "needs a person, precision": (len(both), len(flagged)),
        "questions found": (gold_questions - sum(len(s.missing_questions) for s in scores), gold_questions),
        "questions made up": (
            sum(s.extra_questions for s in scores if s.case.gold.questions),
            sum(len(s.triaged.questions) for s in scores if s.case.gold.questions),
        ),
        "drafts with all facts and no wrong one": (
            sum(not s.missing_facts and not s.wrong for s in drafted), len(drafted)
        ),
        "drafts with a wrong date, amount or contact": (sum(bool(s.wrong) for s in scores), len(scores)),
        "category right": (sum(s.triaged.category == s.case.gold.category for s in named), len(named)),
    }
