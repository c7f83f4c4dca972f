from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.types import Answer, Citation, Document
from evals.cases import Case
from evals.scores import Scores, score

Cite = Callable[..., Citation]
Reply = Callable[..., Answer]

CLOSING = "Date de clôture de l'appel à projets\t13 mars 2024"


def case(expect: str, **changes: object) -> Case:
    gold = {"facts": [["13 mars 2024"]], "quotes": [CLOSING]} if expect != "abstain" else {}
    return Case.model_validate(
        {"id": "a", "question": "Quand ?", "expect": expect, **gold, **changes}
    )


@pytest.fixture
def answers(reply: Reply, cite: Cite) -> dict[str, Answer | None]:
    return {
        "full": reply("Le 13 mars 2024 [1].", cite(CLOSING)),
        "short": reply("Bientôt.", cite(CLOSING)),
        "part": reply("Le 13/03/2024, sans heure [1].", cite(CLOSING), status="partial"),
        "none": reply("Je n'ai pas trouvé.", status="not_in_sources"),
        "failed": None,
    }


@pytest.mark.parametrize(
    ("expect", "right"),
    [
        ("answer", {"full", "part"}),
        ("partial", {"full", "part", "none"}),
        ("abstain", {"none"}),
    ],
)
def test_the_right_outcome(
    expect: str, right: set[str], answers: dict[str, Answer | None], regulation: Document
) -> None:
    documents = {regulation.id: regulation}
    found = {name for name, a in answers.items() if score(case(expect), a, documents).right}
    assert found == right


def test_all_scores_of_a_good_answer(
    answers: dict[str, Answer | None], regulation: Document
) -> None:
    scores = score(case("answer"), answers["full"], {regulation.id: regulation})
    assert (scores.fact_accuracy, scores.fact_share) == (True, 1)
    assert (scores.evidence_recall, scores.evidence_share) == (1, 1)
    assert scores.citation_precision
    assert scores.marker_accuracy
    assert scores.wrong_contact_or_date is False
    assert (scores.words, scores.citations) == (5, 1)


def test_an_abstention_claims_no_fact_even_when_its_text_names_one(reply: Reply) -> None:
    answer = reply("Le règlement ne le dit pas ; 13 mars 2024.", status="not_in_sources")
    scores = score(case("answer"), answer, {})
    assert scores.fact_share == 0
    assert scores.words is None


def test_an_abstention_is_no_answer_even_where_no_fact_is_asked(
    answers: dict[str, Answer | None],
) -> None:
    assert score(case("answer", facts=[]), answers["none"], {}).right is False


def test_a_failed_run_is_wrong_where_something_was_expected() -> None:
    scores = score(case("answer"), None, {})
    assert (scores.right, scores.fact_share, scores.evidence_recall) == (False, 0, 0)
    assert scores.citation_precision is None


def test_without_gold_only_the_contract_is_checked(
    answers: dict[str, Answer | None], regulation: Document
) -> None:
    bare = Case(id="a", question="Quand ?")
    scores: Scores = score(bare, answers["full"], {regulation.id: regulation})
    assert (scores.right, scores.fact_accuracy, scores.evidence_recall) == (None, None, None)
    assert scores.citation_precision
