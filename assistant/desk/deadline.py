"""When the call closes, as its own sources say, and how near that makes a mail urgent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.answering.prototypes import topic_wordings
from assistant.call import Call, read_toml
from assistant.values import find_values

DEADLINE = "deadline"


def closing_date(assistant: Assistant, call: Call) -> date | None:
    """The latest date that the answer to the standard question about the deadline quotes; None when
    the sources do not say."""
    answer = assistant.ask(topic_wordings()["closing_date"][0], call=call.id)
    if answer.abstained:
        return None
    found = [v.value for c in answer.citations for v in find_values(c.quote) if v.kind == "date"]
    return max((date.fromisoformat(value) for value in found), default=None)


def near_days() -> int:
    """From how many days before the deadline on questions are urgent."""
    return int(read_toml(Path(__file__).with_name("reasons.toml"))["deadline_days"])
