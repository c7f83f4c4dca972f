"""The scores of one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.types import Answer, Document
from evals.cases import Case
from evals.metrics.evidence import evidence_recall, evidence_shares
from evals.metrics.facts import missing_facts
from evals.metrics.grounding import Grounding, ground
from evals.metrics.matching import clean


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one case; None where a measure does not apply.

    right                  the expected outcome: all facts (answer), an abstention (abstain), or
                           either of the two (partial)
    fact_share             share of the gold facts in the text; an abstention claims none
    evidence_recall        share of the gold quotes covered by the citations
    evidence_share         mean share of their characters covered
    citation_precision     every quote is exact, every marker and every value has its quote
    marker_accuracy        no value is cited by another marker than its own
    wrong_contact_or_date  a date, e-mail or phone number is stated that no cited quote holds
    """

    right: bool | None
    abstained: bool | None
    fact_share: float | None
    missing: tuple[str, ...]
    evidence_recall: float | None
    evidence_share: float | None
    citation_precision: bool | None
    marker_accuracy: bool | None
    wrong_contact_or_date: bool | None
    grounding: Grounding | None
    words: int | None
    citations: int | None

    @property
    def fact_accuracy(self) -> bool | None:
        """Whether all gold facts are in the text."""
        return None if self.fact_share is None else not self.missing


def score(case: Case, answer: Answer | None, documents: Mapping[str, Document]) -> Scores:
    """Score ``answer``; None is a failed run, which is wrong wherever something was expected.

    ``documents`` are the cited documents by id.
    """
    text = answer.text if answer and not answer.abstained else ""
    missing = missing_facts(case.facts, text)
    citations = answer.citations if answer else ()
    shares = evidence_shares(case.quotes, citations, documents)
    grounding = None
    if answer is not None:
        grounding = ground(answer, [case.question, *(t.text for t in case.history)], documents)
    return Scores(
        right=_is_right(case, answer, complete=not missing),
        abstained=answer.abstained if answer else None,
        fact_share=1 - len(missing) / len(case.facts) if case.facts else None,
        missing=tuple(missing),
        evidence_recall=evidence_recall(shares),
        evidence_share=sum(shares) / len(shares) if shares else None,
        citation_precision=grounding.holds if grounding else None,
        marker_accuracy=not grounding.misnumbered if grounding and citations else None,
        wrong_contact_or_date=bool(grounding.wrong) if grounding else None,
        grounding=grounding,
        words=len(clean(answer.text).split()) if answer and not answer.abstained else None,
        citations=len(citations) if answer and not answer.abstained else None,
    )


def _is_right(case: Case, answer: Answer | None, *, complete: bool) -> bool | None:
    if case.expected is None:
        return None
    if answer is None:
        return False
    if case.expected == "abstain":
        return answer.abstained
    if case.expected == "partial":
        return answer.abstained or complete
    return not answer.abstained and complete
