"""The classifier of questions: what it stores is what it was, and what it says is a distribution."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.answering.intents import Intent, Intents, load_intents
from assistant.answering.ngrams import fit_ngrams


def _random(seed: int, classes: int = 5, dimension: int = 8) -> Intents:
    rng = np.random.default_rng(seed)
    intents = tuple(Intent("faq", f"entry-{i}") for i in range(classes))
    spelling = fit_ngrams(
        [f"question numéro {i}" for i in range(classes)], np.arange(classes), classes
    )
    weights, bias = rng.normal(size=(classes, dimension)), rng.normal(size=classes)
    return Intents(intents, weights, bias, spelling)


@given(st.integers(0, 2**31), st.floats(0.01, 1e4), st.text(max_size=80))
def test_probabilities_are_a_distribution(seed: int, scale: float, text: str) -> None:
    vector = np.random.default_rng(seed + 1).normal(size=8) * scale
    probabilities = _random(seed % 7).probabilities(vector, text)
    assert probabilities.min() >= 0 and probabilities.sum() == pytest.approx(1)


def test_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "intents.npz"
    assert load_intents(path) is None
    before = _random(3)
    before.save(path)
    after = load_intents(path)
    assert after is not None and after.classes == before.classes
    vector = np.ones(8)
    assert np.allclose(after.probabilities(vector, "question 2"), before.probabilities(vector, "question 2"), atol=1e-5)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Combien d'argent peut-on obtenir par projet ?", "topic"),
        ("Quel jour se termine le dépôt des candidatures ?", "faq"),
        ("Donne-moi une recette de gâteau au chocolat", "conduct"),
    ],
)
def test_what_kind_of_question_it_is(assistant: Assistant, question: str, kind: str) -> None:
    _, (step,) = assistant.explain(question)
    assert step.retrieval.intents[0][0].kind == kind
    assert sum(p for _, p in step.retrieval.intents) == pytest.approx(1)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("Quelle est la date de clôture et qui contacter en cas de question ?", 2),
        ("How many cities are there and when does the call open?", 2),
        ("Qui peut candidater et comment ?", 1),
        ("Quels sont les objectifs et les priorités de l'appel ?", 1),
        ("Quand ouvre l'appel ? Et qui peut candidater ?", 2),
    ],
)
def test_questions_joined_in_one_sentence(assistant: Assistant, message: str, parts: int) -> None:
    assert len(assistant.explain(message)[1]) == parts


def test_spelling_tells_classes_apart() -> None:
    texts = ["date de clôture", "la clôture, c'est quand ?", "adresse du contact", "qui contacter ?"]
    model = fit_ngrams(texts, np.array([0, 0, 1, 1]), 2)
    assert model.logits("cloture ?").argmax() == 0 and model.logits("le contact").argmax() == 1
