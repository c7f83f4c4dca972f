"""Faithfulness, relevance and tone, as a chat model judges them: beside the metrics, never instead.

A prompt of our own rather than Ragas or DeepEval: both ask pip for older or other versions of what
the product runs on (Ragas of openai, langchain-openai and rich, DeepEval of rich and click), and what
they would ask a model is these three questions.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.fence import as_data
from assistant.chat_model import ChatModel, Message
from assistant.errors import ModelUnavailableError
from assistant.types import Answer
from assistant.words import fold
from evals.metrics.figures import Figure, share
from evals.runner import Record

CRITERIA = {"faithfulness": "fidelite", "relevance": "pertinence", "tone": "ton"}
_PROMPT = Path(__file__).with_name("prompts") / "judge.md"
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge said of one answer; None where it did not say yes or no."""

    faithfulness: bool | None = None
    relevance: bool | None = None
    tone: bool | None = None


def judge(
    model: ChatModel, records: Sequence[Record], progress: Callable[[int, int], None] | None = None
) -> list[Judgement | None]:
    """One judgement for each record; None for abstentions and failed runs, which have no answer.

    A judge that is down or says something else gives an empty Judgement.
    """
    found: list[Judgement | None] = []
    for number, record in enumerate(records, start=1):
        answer = record.answer
        found.append(None if answer is None or answer.abstained else _judge(model, answer))
        if progress:
            progress(number, len(records))
    return found


def figures(judgements: Sequence[Judgement | None]) -> dict[str, Figure]:
    """Share of yes by criterion, over the answers that the judge spoke of."""
    given = [judgement for judgement in judgements if judgement is not None]
    return {name: share(getattr(judgement, name) for judgement in given) for name in CRITERIA}


def _judge(model: ChatModel, answer: Answer) -> Judgement:
    try:
        text = "".join(model.stream(_messages(answer), time.monotonic() + _PATIENCE_S))
    except ModelUnavailableError:
        return Judgement()
    said = dict(re.findall(r"(?m)^\W*(\w+)\W*[:=]\W*(oui|non)\b", fold(text)))
    return Judgement(
        **{name: said[word] == "oui" for name, word in CRITERIA.items() if word in said}
    )


def _messages(answer: Answer) -> list[Message]:
    quotes = "\n".join(f"[{c.index}] {as_data(c.quote)}" for c in answer.citations)
    shown = {"question": as_data(answer.question), "reponse": as_data(answer.text), "citations": quotes}
    fenced = "\n\n".join(f"<{name}>\n{text}\n</{name}>" for name, text in shown.items())
    return [("system", _PROMPT.read_text(encoding="utf-8")), ("human", fenced)]
