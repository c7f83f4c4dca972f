"""What the embedded model is adapted on: questions with the passages that answer them, in batches.

Four kinds: invented calls (evals/training/*.txt, one file a call), the standard questions with invented
passages (catalogue.toml, exemplars.toml), the validated questions of the calls under corpus/, and PIAF
(Etalab 2020, MIT; given by its path, never part of the project). The dev and test calls
(evals/calls) are not among them: what was measured on those was never learned.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.answering.prototypes import exemplars, topic_wordings
from assistant.errors import CorpusError
from ingest.faq import load_faq

# Of the standard questions of a batch, so many are left without their passages: nothing answers them.
_UNANSWERED = 6
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+|$)")
_LEAST_SENTENCE = 25  # characters


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions, passages, and which answers which: ``answers`` (questions, passages), bool; a row
    without any is a question that nothing answers."""

    questions: list[str]
    passages: list[str]
    answers: np.ndarray


@dataclass(frozen=True, slots=True)
class TrainingCall:
    """An invented call: (heading, text) of its passages by number, questions with the numbers of the
    passages that answer them, and questions that none answers."""

    passages: dict[int, tuple[str, str]]
    questions: list[tuple[str, frozenset[int]]]
    unanswered: list[str]


def read_training_call(path: Path) -> TrainingCall:
    """Read one file of evals/training; its format is told in evals/README.md.

    Raises CorpusError with the line that can't be read.
    """
    call = TrainingCall({}, [], [])
    heading, current = "", None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if line.startswith("## "):
            heading = line[3:]
        elif match := re.match(r"= (\d+) (.+)", line):
            current = int(match[1])
            call.passages[current] = heading, match[2]
        elif match := re.match(r"!(?:[a-z]{2})? (.+)", line):
            call.unanswered.append(match[1])
        elif (match := re.match(r"\?(?:[a-z]{2})? (.+?)((?: \+\d+)*)$", line)) and current is not None:
            also = {int(other) for other in re.findall(r"\d+", match[2])}
            call.questions.append((match[1], frozenset({current, *also})))
        elif line and not line.startswith("# "):
            raise CorpusError(f"{path.name}, line {number}: neither a heading, a passage nor a question.")
    return call


class TrainingData:
    """Batches of at most ``passages`` passages and about ``questions`` questions, drawn by ``rng``."""

    def __init__(
        self, folder: Path, corpus: Path, piaf: Path | None, rng: random.Random, *,
        passages: int = 100, questions: int = 40,
    ) -> None:  # fmt: skip
        self._rng, self._passages, self._questions = rng, passages, questions
        self._calls = [read_training_call(path) for path in sorted(folder.glob("*.txt"))]
        self._wordings = topic_wordings()
        self._exemplars: dict[str, list[str]] = {}
        for topic, text in exemplars():
            self._exemplars.setdefault(topic, []).append(text)
        self._topics = [topic for topic in self._wordings if topic in self._exemplars]
        self._entries = [entry for path in sorted(corpus.glob("*/faq.toml")) for entry in _validated(path)]
        self._articles = _articles(piaf) if piaf else []
        kinds: tuple[tuple[Callable[[], Batch], float, Sequence[object]], ...] = (
            (self._of_call, 5.0, self._calls), (self._of_genre, 3.0, self._topics),
            (self._of_faq, 1.5, self._entries), (self._of_article, 1.0, self._articles),
        )  # fmt: skip
        self._kinds = [(make, weight) for make, weight, held in kinds if held]

    def batch(self) -> Batch:
        """The next batch, of a kind by chance."""
        makes, weights = zip(*self._kinds, strict=True)
        make: Callable[[], Batch] = self._rng.choices(makes, weights)[0]
        return make()

    def _of_call(self) -> Batch:
        call = self._rng.choice(self._calls)
        asked = self._rng.sample(call.questions, min(self._questions, len(call.questions)))
        open_ = self._rng.sample(call.unanswered, min(self._questions // 5, len(call.unanswered)))
        shown = self._chosen({p for _, numbers in asked for p in numbers}, list(call.passages))
        answers = [[p in numbers for p in shown] for _, numbers in asked]
        answers += [[False] * len(shown) for _ in open_]
        texts = [self._in_context(*call.passages[p]) for p in shown]
        return Batch([text for text, _ in asked] + open_, texts, np.array(answers))

    def _of_genre(self) -> Batch:
        topics = self._rng.sample(self._topics, min(self._questions + 8, len(self._topics)))
        asked = topics[: self._questions]
        dropped = set(self._rng.sample(asked, min(_UNANSWERED, len(asked))))
        told = [
            (topic, text) for topic in topics if topic not in dropped
            for text in self._rng.sample(self._exemplars[topic], min(2, len(self._exemplars[topic])))
        ]  # fmt: skip
        return Batch(
            [self._rng.choice(self._wordings[topic]) for topic in asked], [text for _, text in told],
            np.array([[topic == other for other, _ in told] for topic in asked]),
        )  # fmt: skip

    def _of_faq(self) -> Batch:
        entries = self._rng.sample(self._entries, min(self._passages, len(self._entries)))
        asked = entries[: self._questions]
        return Batch(
            [self._rng.choice(wordings) for wordings, _ in asked], [quote for _, quote in entries],
            np.array([[mine == other for _, other in entries] for _, mine in asked]),
        )  # fmt: skip

    def _of_article(self) -> Batch:
        sentences, questions = self._rng.choice(self._articles)
        asked = self._rng.sample(questions, min(self._questions, len(questions)))
        shown = self._chosen({number for _, number in asked}, list(range(len(sentences))))
        return Batch(
            [text for text, _ in asked], [sentences[n] for n in shown],
            np.array([[n == number for n in shown] for _, number in asked]),
        )  # fmt: skip

    def _chosen(self, needed: set[int], all_: list[int]) -> list[int]:
        """What is needed, filled up with others."""
        others = [n for n in all_ if n not in needed]
        self._rng.shuffle(others)
        return sorted(needed) + others[: max(0, self._passages - len(needed))]

    def _in_context(self, heading: str, text: str) -> str:
        return f"{heading} : {text}" if heading and self._rng.random() < 0.5 else text


def _validated(path: Path) -> list[tuple[list[str], str]]:
    """Wordings, in all languages, and quote of every validated question."""
    return [
        (entry.questions + entry.questions_en + entry.questions_other, " ".join(entry.passages))
        for entry in load_faq(path)
    ]


def _articles(path: Path) -> list[tuple[list[str], list[tuple[str, int]]]]:
    """Sentences of every article, and questions with the number of the sentence that answers them."""
    found: list[tuple[list[str], list[tuple[str, int]]]] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        sentences: list[str] = []
        questions: list[tuple[str, int]] = []
        for paragraph in article["paragraphs"]:
            spans: list[tuple[int, int, int]] = []
            for match in _SENTENCE.finditer(paragraph["context"]):
                if len(match[0].strip()) > _LEAST_SENTENCE:
                    spans.append((match.start(), match.end(), len(sentences)))
                    sentences.append(match[0].strip())
            for asked in paragraph["qas"]:
                at = asked["answers"][0]["answer_start"]
                questions += [(asked["question"], n) for start, end, n in spans if start <= at < end]
        if questions:
            found.append((sentences, questions))
    return found
