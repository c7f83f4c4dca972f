"""Two questions in one sentence, told apart by what each half asks.

Grammar alone does not tell "deadline et date du jury" from "ateliers et formations": only where
both halves are surely different questions is the message taken for two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from assistant.answering.index import CallIndex
from assistant.answering.intents import Intent, Intents
from assistant.answering.prototypes import Prototypes
from assistant.answering.question import Question
from assistant.answering.understand import analyse, content_words

_JOIN = re.compile(
    r"\s+(?:et|and|y|e|und|puis|ainsi que|و)\s+|\s*[+&;/]\s*|,\s+(?:et\s+)?", re.IGNORECASE
)
# Chosen on the dev questions: how sure the classifier must be of each half, and from where on the
# whole is evidently one question.
_SURE = 0.5
_ONE = 0.8
_MAX_JOINS = 2

Encode = Callable[[Sequence[str]], np.ndarray]


def split_joined(
    question: Question, encode: Encode, prototypes: Prototypes, index: CallIndex
) -> tuple[Question, ...]:
    """The two questions that ``question`` joins, or just it; ``encode`` embeds questions,
    (texts,) to (texts, dimension)."""
    if question.context:
        return (question,)
    halves = _halves(question.plain)
    if not halves:
        return (question,)
    classifier = index.intents or prototypes.questions
    texts = [question.plain, *(half for pair in halves for half in pair)]
    vectors = prototypes.whitening.apply(encode(texts))
    found = [_likeliest(classifier, v, t) for v, t in zip(vectors, texts, strict=True)]
    if found[0][1] >= _ONE:
        return (question,)
    for number, pair in enumerate(halves):
        (first, p), (second, q) = found[1 + 2 * number : 3 + 2 * number]
        if min(p, q) >= _SURE and _apart(first, second, index):
            return tuple(analyse(half, question.language, "", index) for half in pair)
    return (question,)


def _halves(text: str) -> list[tuple[str, str]]:
    joins = [m for m in _JOIN.finditer(text) if _tells(text[: m.start()], text[m.end() :])]
    return [(text[: m.start()], text[m.end() :]) for m in joins[:_MAX_JOINS]]


def _tells(first: str, second: str) -> bool:
    return content_words(first) >= 1 and content_words(second) >= 1


def _likeliest(classifier: Intents, vector: np.ndarray, text: str) -> tuple[Intent, float]:
    probabilities = classifier.probabilities(vector, text)
    best = int(probabilities.argmax())
    return classifier.classes[best], float(probabilities[best])


def _apart(first: Intent, second: Intent, index: CallIndex) -> bool:
    """Whether two intents are questions about the call that other passages answer."""
    if first == second or "conduct" in (first.kind, second.kind):
        return False
    a, b = (index.entries.get(one.id) if one.kind == "faq" else None for one in (first, second))
    if a is None or b is None:
        return True
    return a.document != b.document or not any(p.overlap(q) for p in a.parts for q in b.parts)
