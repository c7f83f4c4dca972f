from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Citation, Document
from evals.metrics.evidence import evidence_recall, evidence_shares, places

Cite = Callable[..., Citation]

OPENING = "Date d'ouverture de l'appel à projets\t10 janvier 2024"
CLOSING = "Date de clôture de l'appel à projets\t13 mars 2024"


def lines(document: Document) -> list[str]:
    return [line for line in document.text.splitlines() if line.strip()]


@given(data=st.data())
def test_citing_every_quote_gives_full_recall(
    data: st.DataObject, regulation: Document, cite: Cite
) -> None:
    quotes = data.draw(st.lists(st.sampled_from(lines(regulation)), min_size=1, unique=True))
    citations = [cite(quote, index) for index, quote in enumerate(quotes, start=1)]
    shares = evidence_shares(quotes, citations, {regulation.id: regulation})
    assert shares == [1.0] * len(quotes)
    assert evidence_recall(shares) == 1.0


@given(data=st.data())
def test_the_share_never_falls_with_one_more_citation(
    data: st.DataObject, regulation: Document, cite: Cite
) -> None:
    text = regulation.text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    gold = data.draw(st.sampled_from(lines(regulation)))
    small = cite(text[start:end], start=start, end=end)
    wide = cite(text)
    documents = {regulation.id: regulation}
    (first,) = evidence_shares([gold], [small], documents)
    (both,) = evidence_shares([gold], [small, wide], documents)
    assert 0 <= first <= both == 1


def test_a_missing_quote_counts_for_its_share(regulation: Document, cite: Cite) -> None:
    shares = evidence_shares([OPENING, CLOSING], [cite(CLOSING)], {regulation.id: regulation})
    assert shares == [0, 1]
    assert evidence_recall(shares) == 0.5


def test_half_a_quote_is_not_covered(regulation: Document, cite: Cite) -> None:
    (half,) = evidence_shares(
        [CLOSING], [cite("Date de clôture de l'appel")], {regulation.id: regulation}
    )
    assert 0.4 < half < 0.6
    assert evidence_recall([half]) == 0


def test_two_citations_cover_together(regulation: Document, cite: Cite) -> None:
    citations = [cite("Date de clôture de l'appel"), cite("à projets\t13 mars 2024", 2)]
    assert evidence_shares([CLOSING], citations, {regulation.id: regulation}) == [1]


def test_white_space_and_list_marks_do_not_count(regulation: Document, cite: Cite) -> None:
    gold = "Etudes de faisabilité ;\n  - Services publics numériques."
    citations = [cite("Etudes de faisabilité ;"), cite("Services publics numériques.", 2)]
    assert evidence_shares([gold], citations, {regulation.id: regulation}) == [1]


def test_wrong_offsets_do_not_hide_a_quote_that_stands(regulation: Document, cite: Cite) -> None:
    moved = cite(CLOSING, start=0, end=len(CLOSING))
    assert evidence_shares([CLOSING], [moved], {regulation.id: regulation}) == [1]


def test_any_occurrence_of_the_evidence_will_do(cite: Cite) -> None:
    document = Document("reglement", "", "regulation", "fr", None, "Clôture le 13.\nClôture le 13.")
    assert len(places("Clôture le 13.", document.text)) == 2
    second = cite("", quote="Clôture le 13.", start=15, end=29)
    assert evidence_shares(["Clôture le 13."], [second], {document.id: document}) == [1]


def test_a_quote_of_another_version_is_compared_by_tokens(cite: Cite) -> None:
    close = cite(CLOSING)
    assert evidence_shares([CLOSING.upper()], [close], {}) == [1]
    (other,) = evidence_shares([OPENING], [close], {})
    assert other < 0.9
    assert evidence_shares([CLOSING], [], {}) == [0]


def test_scattered_words_are_no_evidence(cite: Cite) -> None:
    shown = cite(
        "", quote="La clôture suit ; le comité, lui, de sa sélection parle.", start=0, end=1
    )
    assert evidence_shares(["Le comité de sélection suit la clôture"], [shown], {}) == [0]


def test_the_end_of_a_citation_is_not_in_it(regulation: Document, cite: Cite) -> None:
    shares = evidence_shares(["37 %"], [cite("37 ")], {regulation.id: regulation})
    assert shares == [pytest.approx(2 / 3)]


def test_no_gold_no_figure() -> None:
    assert evidence_recall(evidence_shares([], [], {})) is None
    assert evidence_recall([0.9, 0.89]) == pytest.approx(0.5)
