"""Questions that a chat model proposes for the FAQ, passage by passage (doc2query).

A question is kept only when answering it, without the model, leads back to its passage. What is
kept goes into a file of its own beside faq.toml. Ingestion takes it as one more view of its passage
(Nogueira and Lin 2019); it counts as validated once the officer has copied it into faq.toml.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from assistant.answering.assistant import Assistant
from assistant.answering.cues import instructs
from assistant.answering.fence import as_data
from assistant.call import read_toml
from assistant.chat_model import ChatModel
from assistant.errors import ModelUnavailableError
from assistant.types import Unit
from assistant.words import fold
from ingest.faq import PROPOSED

_HEADER = (
    "Propositions d'un modèle, NON VALIDÉES : elles aident à retrouver leur passage, rien de plus.",
    "Pour en valider une, copier ses questions et sa citation dans une [[entry]] de faq.toml, puis",
    "lancer 'aap ingest'. Un passage sans question n'en a donné aucune qui ramène à lui.",
)
_PROMPT = Path(__file__).with_name("prompts") / "questions.md"
_KINDS = frozenset({"paragraph", "item", "row", "box", "footnote", "contact"})
_PER_PASSAGE = 3
_MIN_CHARS, _MAX_CHARS = 20, 200
_PATIENCE_S = 60.0
_ODD = re.compile(r"[<>\[\]{}`|]|https?:|\d\)\s")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What came of it: ``asked`` passages, ``kept`` and ``dropped`` questions; ``stopped`` says why
    the model was not asked about the others."""

    path: Path
    asked: int
    kept: int
    dropped: int
    stopped: str = ""


def propose(
    assistant: Assistant, model: ChatModel, folder: Path, call: str, progress: Progress | None = None
) -> Proposals:
    """Ask ``model`` about each passage of ``call`` that it was not asked about yet, and write the
    file.

    ``assistant`` answers without a model. What was proposed before stays, as long as its quote
    still stands in the sources; when the model fails, what it gave until then is written.
    """
    index = assistant.index(call)
    path = folder / PROPOSED
    before = read_toml(path).get("proposal", []) if path.exists() else []
    texts = [document.text for document in index.catalog.documents.values()]
    tables = [t for t in before if any(str(t.get("quote")) in text for text in texts)]
    done = {str(table.get("quote")) for table in tables}
    units = [
        unit for document in index.catalog.documents.values()
        if not instructs(document.text)
        for unit in index.catalog.all_units(document.id)
        if unit.kind in _KINDS and not unit.composite
        and unit.span.end - unit.span.start >= _MIN_CHARS
        and index.text(document.id, unit.span) not in done
    ]  # fmt: skip
    asked = kept = dropped = 0
    stopped = ""
    for number, unit in enumerate(units, start=1):
        try:
            written = _ask(model, index.call.language, index.text(unit.document, unit.span))
        except ModelUnavailableError as error:
            stopped = str(error)
            break
        asked += 1
        found = [question for question in written if _leads_to(assistant, call, question, unit)]
        dropped += len(written) - len(found)
        kept += len(found)
        quote = index.text(unit.document, unit.span)
        tables.append({"validated": False, "questions": found, "quote": quote})
        if progress:
            progress(number, len(units))
    _write(path, tables)
    return Proposals(path, asked, kept, dropped, stopped)


def _ask(model: ChatModel, language: str, passage: str) -> list[str]:
    system = _PROMPT.read_text(encoding="utf-8").replace(
        "{language}", "français" if language == "fr" else "anglais"
    )
    messages = [("system", system), ("human", f"<passage>\n{as_data(passage)}\n</passage>")]
    text = "".join(model.stream(messages, time.monotonic() + _PATIENCE_S))
    found: dict[str, str] = {}
    for line in text.splitlines():
        question = re.sub(r"^\s*(?:[-*•]|\d{1,2}[.)])\s*", "", line).strip()
        fine = question.endswith("?") and len(question) <= _MAX_CHARS
        if fine and not _ODD.search(question) and not instructs(question):
            found.setdefault(fold(question), question)
    return list(found.values())[:_PER_PASSAGE]


def _leads_to(assistant: Assistant, call: str, question: str, unit: Unit) -> bool:
    """Whether the best candidate for ``question`` lies within its passage."""
    answer, steps = assistant.explain(question, call=call)
    best = steps[0].reading.candidates[:1] if len(steps) == 1 else []
    return not answer.abstained and any(
        one.unit.document == unit.document and any(part.overlap(unit.span) for part in one.parts)
        for one in best
    )


def _write(path: Path, tables: Sequence[dict[str, object]]) -> None:
    """The whole file in one step."""
    document = tomlkit.document()
    for line in _HEADER:
        document.add(tomlkit.comment(line))
    proposals = tomlkit.aot()
    for table in tables:
        proposals.append(tomlkit.item(table))
    document.add("proposal", proposals)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(tomlkit.dumps(document), encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
