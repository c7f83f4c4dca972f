"""Late interaction: what must hold of it for any words."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.interaction import interaction, least_met, met
from assistant.embedding import NO_WORDS, WORD_DIMENSION, OnnxEmbeddings, Words


def words(count: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, WORD_DIMENSION))
    unit: np.ndarray = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return np.rint(unit * 127).astype(np.int8)


def question(count: int, seed: int) -> Words:
    weights = np.random.default_rng(seed).uniform(0.1, 1, count).astype(np.float32)
    return Words(words(count, seed), weights / weights.sum())


def likeness_of(mine: Words, passages: list[np.ndarray]) -> np.ndarray:
    return interaction(mine, met(mine, passages))


counts, seeds = st.integers(1, 12), st.integers(0, 10_000)


@given(counts, counts, seeds, seeds)
def test_a_passage_that_holds_the_words_of_the_question_is_as_near_as_can_be(
    asked: int, others: int, one: int, two: int
) -> None:
    mine = question(asked, one)
    around = words(others, two)
    whole, apart = likeness_of(mine, [np.concatenate([around, mine.vectors]), around])
    assert abs(whole - 1) < 0.02
    assert -1.02 <= apart <= whole + 1e-6


@given(counts, st.lists(st.tuples(st.integers(0, 12), seeds), max_size=6), seeds)
def test_each_passage_counts_alone_and_more_words_never_lower_it(
    asked: int, sizes: list[tuple[int, int]], seed: int
) -> None:
    mine = question(asked, seed)
    passages = [words(count, other) for count, other in sizes]
    together = likeness_of(mine, passages)
    assert together.shape == (len(passages),)
    for passage, likeness in zip(passages, together, strict=True):
        np.testing.assert_allclose(likeness_of(mine, [passage])[0], likeness, atol=1e-5)
        if len(passage):
            more = np.concatenate([passage, words(3, seed + 1)])
            assert likeness_of(mine, [more])[0] >= likeness - 1e-5
        else:
            assert likeness == 0


@given(counts, counts, seeds, seeds)
def test_the_words_that_are_met_worst_are_met_no_better_than_all(
    asked: int, told: int, one: int, two: int
) -> None:
    mine = question(asked, one)
    largest = met(mine, [words(told, two)])
    (least,) = least_met(mine, largest)
    assert largest.min() - 1e-5 <= least <= interaction(mine, largest)[0] + 1e-5


def test_one_word_that_is_not_met_counts() -> None:
    mine = question(4, 1)
    even = Words(mine.vectors, np.full(4, 0.25, np.float32))
    whole, lacking = met(even, [even.vectors, even.vectors[1:]])
    worst = least_met(even, np.stack([whole, lacking]))
    np.testing.assert_allclose(worst, [whole.min(), lacking[0]], atol=1e-5)
    assert worst[1] < 0.7 < worst[0]


def test_without_words_nothing_is_like_anything() -> None:
    assert likeness_of(NO_WORDS, [words(3, 1), NO_WORDS.vectors]).tolist() == [0.0, 0.0]


def test_the_words_of_a_question_find_the_sentence_that_answers_it(embedder: OnnxEmbeddings) -> None:
    asked = embedder.embed(["Jusqu'à quand peut-on déposer un dossier ?"], kind="query").words[0]
    told = embedder.embed(
        [
            "Le comité se compose de cinq personnes.",
            "La date limite de remise des candidatures est fixée au 3 mai.",
            "Les projets doivent se dérouler en Bretagne.",
        ],
        kind="passage",
    ).words
    assert int(np.argmax(likeness_of(asked, [one.vectors for one in told]))) == 1
    np.testing.assert_allclose(asked.weights.sum(), 1, atol=1e-5)
    assert len(asked.weights) == len(asked.vectors) > 5
