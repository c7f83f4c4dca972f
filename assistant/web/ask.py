"""/ask and /answers: questions and answers as plain pages, for which no script is needed.

A post answers with a redirection to the page of the answer, whose address can be passed on. A
follow-up names the answers before it; they are read from what was kept, never from the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from assistant.types import Answer, Turn
from assistant.web.answers import Answers
from assistant.web.api import find_answer, keep_feedback
from assistant.web.banner import banner
from assistant.web.calls import describe_call
from assistant.web.deps import AnswersDep, LanguageDep
from assistant.web.pages import render
from assistant.web.problems import UnknownNameError, failure, problem_body, problem_headers
from assistant.web.rates import Rates
from assistant.web.rendering import answer_html, mail_address
from assistant.web.schemas import FeedbackIn
from assistant.web.texts import Language, examples

MAX_AFTER = 10
_MAX_FIELD = 8_000
router = APIRouter(include_in_schema=False)

After = Annotated[str, Query(max_length=700)]
Field = Annotated[str, Form(max_length=_MAX_FIELD)]


@router.head("/ask")
@router.get("/ask")
def show_form(
    request: Request, answers: AnswersDep, language: LanguageDep,
    call: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:  # fmt: skip
    """The empty form; an error with it where the address names a call that is not served."""
    if call and call not in answers.assistant.calls:
        said = problem_body(request, 404, "call")
        return _form(request, answers, language, error=said.detail, status=said.status)
    return _form(request, answers, language, call=call)


@router.post("/ask")
async def take_question(
    request: Request, answers: AnswersDep, language: LanguageDep,
    question: Annotated[str, Form()] = "", call: Field = "", after: Field = "",
) -> Response:  # fmt: skip
    """Answer, and lead to the page of the answer; an error comes back with the form."""
    rates: Rates = request.app.state.rates
    try:
        await rates.take_async(request.client.host if request.client else None)
        before = await _answers(answers, after)
        turns = [turn for answer in before for turn in _turns(answer)]
        answer = await answers.ask(question, turns, call or None)
    except Exception as error:  # whatever it is, the question comes back
        said = failure(request, error)
        return _form(
            request, answers, language, call=call, question=question, after=after, error=said.detail,
            status=said.status, headers=problem_headers(error),
        )  # fmt: skip
    ids = [*(earlier.id for earlier in before), answer.id][-MAX_AFTER:]
    query = {"lang": language, **({"after": ",".join(ids[:-1])} if ids[:-1] else {})}
    return RedirectResponse(f"/answers/{answer.id}?{urlencode(query)}", 303)


@router.head("/answers/{id}")
@router.get("/answers/{id}")
async def show_answer(
    id: str, answers: AnswersDep, language: LanguageDep, after: After = "", thanks: str = ""
) -> HTMLResponse:
    """An answer that was given, with its quotes, and the form for what comes next."""
    answer = await find_answer(answers, id)
    before = await _answers(answers, after)
    call = answers.assistant.calls.get(answer.call)
    if call is None:
        raise UnknownNameError("call")
    page = render(
        "answer_page.html",
        language,
        answer=answer,
        before=before,
        body=answer_html(answer, call, language, writes=answers.assistant.writes),
        call=call,
        after=",".join([*(earlier.id for earlier in before), answer.id][-MAX_AFTER:]),
        trail=",".join(earlier.id for earlier in before),
        thanks=bool(thanks),
        state=banner(describe_call(answers.assistant, call.id), language),
        keep_days=answers.keep_days,
    )
    return HTMLResponse(page, headers=_headers(language))


@router.post("/answers/{id}/feedback")
async def take_feedback(
    id: str, request: Request, answers: AnswersDep, language: LanguageDep,
    verdict: Field = "", comment: Field = "", after: Field = "",
) -> Response:  # fmt: skip
    """Keep what the form says, and lead back to the answer."""
    rates: Rates = request.app.state.rates
    await rates.take_async(request.client.host if request.client else None)
    form = await request.form()
    reasons = [str(value) for value in form.getlist("reason")]
    given = {"verdict": verdict, "reasons": reasons, "comment": comment[:2_000]}
    try:
        body = FeedbackIn.model_validate(given)
    except ValidationError as error:
        raise HTTPException(422) from error
    await keep_feedback(answers, id, body)
    query = {"lang": language, "thanks": "1", **({"after": after} if after else {})}
    return RedirectResponse(f"/answers/{id}?{urlencode(query)}#feedback", 303)


def _form(
    request: Request, answers: Answers, language: Language, *, call: str = "", question: str = "",
    after: str = "", error: str = "", status: int = 200, headers: dict[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    assistant = answers.assistant
    calls = assistant.calls
    chosen = calls.get(call) or calls[assistant.default_call]
    page = render(
        "ask.html",
        language,
        calls=list(calls.values()),
        call=chosen,
        question=question,
        after=after,
        error=error,
        examples=examples(language),
        state=banner(describe_call(assistant, chosen.id), language),
        mail=mail_address(chosen.handoff.email, chosen, question, language),
        keep_days=answers.keep_days,
    )
    return HTMLResponse(page, status, {**_headers(language), **(headers or {})})


async def _answers(answers: Answers, ids: str) -> list[Answer]:
    """The kept answers of these ids; those that are gone are left out."""

    wanted = [id_ for id_ in ids.split(",") if id_][-MAX_AFTER:]
    return await answers.run(lambda: answers.find_all(wanted))


def _turns(answer: Answer) -> Sequence[Turn]:
    return (
        Turn(role="user", text=answer.question),
        Turn(role="assistant", text=answer.text[:20_000]),
    )


def _headers(language: Language) -> dict[str, str]:
    return {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
    }
