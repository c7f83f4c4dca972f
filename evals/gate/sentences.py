"""The right sentences of paraphrases.yaml, bound to the passages that they cite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.answering.evidence import Passage
from assistant.errors import CorpusError

FILE = Path(__file__).with_name("paraphrases.yaml")


@dataclass(frozen=True, slots=True)
class Right:
    """One right sentence and a piece of the passage that bears it out."""

    call: str
    language: str
    snippet: str
    text: str


def load_right(path: Path = FILE) -> list[Right]:
    """All right sentences, in the order of the file."""
    calls = yaml.safe_load(path.read_text(encoding="utf-8"))
    return list(_read(calls))


def _read(calls: dict[str, dict[str, list[list[str]]]]) -> Iterator[Right]:
    for call, languages in calls.items():
        for language, pairs in languages.items():
            for snippet, text in pairs:
                yield Right(call, language, snippet.replace("**", ""), text)


def cited(right: Right, passages: tuple[Passage, ...], text: str) -> int:
    """Number of the passage that holds the snippet; ``text`` is the document's.

    Raises CorpusError when none does.
    """
    for passage in passages:
        if right.snippet in text[passage.unit.span.start : passage.unit.span.end]:
            return passage.number
    for passage in passages:
        if right.snippet in passage.text:
            return passage.number
    raise CorpusError(f"{FILE}: '{right.snippet}' stands in no passage of {right.call}.")
