"""What the gate says of a sentence. Every refusal has a reason, a word that counters share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.types import Span

Reason = Literal[
    "markup", "too_long", "fragment", "instruction", "language", "uncited", "dangling", "value", "label",
    "contact", "name", "polarity", "modality", "bound", "overclaim", "contrary", "unlike",
]  # fmt: skip
"""Why a sentence is not shown."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one sentence; ``quotes`` are spans by document when it passes."""

    sentence: str
    reason: Reason | None
    detail: str = ""
    quotes: tuple[tuple[str, Span], ...] = ()
    recited: bool = False

    @property
    def passed(self) -> bool:
        """Whether the sentence may be shown."""
        return self.reason is None
