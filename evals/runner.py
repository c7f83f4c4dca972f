"""Put every question to the assistant, score the answers, write them out."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, runtime_checkable

from assistant.answering.finish import Explanation
from assistant.errors import QuestionError
from assistant.types import Answer, Document, Turn
from evals.cases import Case
from evals.scores import Scores, score

Progress = Callable[[int, int], None]
"""Called after each case with the number done and the total."""

RETRIEVED = 3
"""How many passages are kept for each question."""

_log = logging.getLogger(__name__)


class Respondent(Protocol):
    """What is measured: the assistant, or a baseline."""

    def ask(self, question: str, history: Sequence[Turn], *, call: str | None = None) -> Answer:
        """Answer one question."""

    def document(self, call_id: str, document_id: str) -> Document:
        """The document that a citation names."""


@runtime_checkable
class Explaining(Protocol):
    """A respondent that also tells how it came to its answer."""

    def explain(
        self, question: str, history: Sequence[Turn], *, call: str | None = None
    ) -> tuple[Answer, list[Explanation]]:
        """``ask``, together with what each stage did."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was retrieved, with the reader's ``score`` (higher is better, no unit)."""

    score: float
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One case as it ran. ``answer`` is None when the run failed; ``error`` then says why.

    ``retrieved`` are the best passages, best first, for each question of the message; none from
    a respondent that does not explain itself.
    """

    case: Case
    answer: Answer | None
    error: str | None
    latency_ms: float
    scores: Scores
    retrieved: tuple[Passage, ...] = ()


def run(
    assistant: Respondent,
    cases: Sequence[Case],
    call: str | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Ask every case, one after the other; a case that fails is recorded and the rest goes on.

    ``call`` is the call to ask about; without it, the case's own or the assistant's default.
    """
    library = _Library(assistant)
    records: list[Record] = []
    for number, case in enumerate(cases, start=1):
        answer, error = None, None
        steps: list[Explanation] = []
        start = perf_counter()
        try:
            if isinstance(assistant, Explaining):
                answer, steps = assistant.explain(
                    case.question, case.history, call=call or case.call
                )
            else:
                answer = assistant.ask(case.question, case.history, call=call or case.call)
        except QuestionError as problem:
            answer = _refusal(case, call, str(problem))
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            _log.warning("Case %s failed.", case.id, exc_info=True)
        latency_ms = (perf_counter() - start) * 1000
        scores = score(case, answer, library.cited(answer) if answer else {})
        shown = library.retrieved(answer.call, steps) if answer else ()
        records.append(Record(case, answer, error, latency_ms, scores, shown))
        if progress:
            progress(number, len(cases))
    return records


def write_out(records: Iterable[Record], path: Path) -> None:
    """One JSON line per record, in one step: a reader never sees half a file.

    A failed run has status "error" and an empty answer.
    """
    replace_file(path, "".join(json.dumps(_line(r), ensure_ascii=False) + "\n" for r in records))


def replace_file(path: Path, content: str) -> None:
    """Write ``content`` in one step; what is no ordinary file (a pipe, a terminal) is written to."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_text(content, encoding="utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(content, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Library:
    """The documents that answers cite or were retrieved, each asked for once."""

    def __init__(self, assistant: Respondent) -> None:
        self._assistant = assistant
        self._documents: dict[tuple[str, str], Document | None] = {}

    def cited(self, answer: Answer) -> dict[str, Document]:
        """Cited documents by id; one that can't be had is left out, and its quotes are inexact."""
        found = {c.document: self._get(answer.call, c.document) for c in answer.citations}
        return {id_: document for id_, document in found.items() if document}

    def retrieved(self, call: str, steps: Sequence[Explanation]) -> tuple[Passage, ...]:
        """The best passages of each step, as its reader ranked them."""
        passages: list[Passage] = []
        for step in steps:
            for candidate in step.reading.candidates[:RETRIEVED]:
                document = self._get(call, candidate.unit.document)
                if document is not None:
                    text = " ".join(document.text[p.start : p.end] for p in candidate.parts)
                    passages.append(Passage(candidate.score, document.id, " ".join(text.split())))
        return tuple(passages)

    def _get(self, call: str, id_: str) -> Document | None:
        if (call, id_) not in self._documents:
            try:
                self._documents[call, id_] = self._assistant.document(call, id_)
            except Exception:
                _log.warning("Document %s of call %s can't be read.", id_, call, exc_info=True)
                self._documents[call, id_] = None
        return self._documents[call, id_]


def _refusal(case: Case, call: str | None, message: str) -> Answer:
    return Answer(
        id=case.id,
        question=case.question,
        language=case.lang or "fr",
        call=call or case.call or "",
        status="refused",
        text=message,
        confidence=1.0,
    )


def _line(record: Record) -> dict[str, Any]:
    answer = record.answer
    return {
        "id": record.case.id,
        "answer": answer.text if answer else "",
        "abstained": answer.abstained if answer else False,
        "status": answer.status if answer else "error",
        "citations": [
            {name: getattr(citation, name) for name in _CITED}
            for citation in (answer.citations if answer else ())
        ],
        "latency_ms": round(record.latency_ms, 3),
    }


_CITED = ("quote", "document", "heading", "start", "end")
