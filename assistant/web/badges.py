"""The badge of an answer: what kind of answer it is, where that is not plain.

The reply to a greeting or to thanks has the status of what is off topic; only what says that it is
off topic is called so.
"""

from __future__ import annotations

from assistant.answering.texts import phrases
from assistant.types import Answer


def off_topic(language: str) -> list[str]:
    """How replies to what is off topic begin, in the language of an answer."""
    return [phrases(language)[key].partition("{")[0] for key in ("out_of_scope", "other_call")]


def badge(answer: Answer) -> str:
    """The status to show, "" for none."""
    if answer.status == "answered":
        return ""
    if answer.status == "out_of_scope" and not any(begin in answer.text for begin in off_topic(answer.language)):
        return ""
    return answer.status
