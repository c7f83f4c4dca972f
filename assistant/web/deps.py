"""What routes are given."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from assistant.answering.assistant import Assistant
from assistant.web.answers import Answers
from assistant.web.texts import Language, preferred_language


def _assistant(request: Request) -> Assistant:
    found: Assistant = request.app.state.assistant
    return found


def _language(request: Request) -> Language:
    asked = request.query_params.get("lang")
    if asked in ("fr", "en"):
        return cast(Language, asked)
    return preferred_language(request.headers.get("accept-language", ""))


def _answers(request: Request) -> Answers:
    found: Answers = request.app.state.answers
    return found


AnswersDep = Annotated[Answers, Depends(_answers)]
AssistantDep = Annotated[Assistant, Depends(_assistant)]
LanguageDep = Annotated[Language, Depends(_language)]
