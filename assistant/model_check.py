"""Whether the configured chat model can do what answering asks of it; each finding says what to do."""

from __future__ import annotations

import time

from assistant.answering.understand import detect_language
from assistant.chat_model import ChatModel, Message, open_chat_model
from assistant.doctor import Finding
from assistant.errors import AssistantError, ModelUnavailableError
from assistant.settings import Settings

_PATIENCE_S = 60.0
_WORD = "MIRABELLE"
_FILLER = "Le règlement de l'appel à projets fixe les conditions de participation des candidats. "
_TASK = (
    "Réponds en français par une seule phrase, suivie du numéro du passage entre crochets.\n\n"
    "[1] Le comité se réunit chaque mardi.\n[2] Les dossiers sont déposés en mairie.\n\n"
    "Où dépose-t-on les dossiers ?"
)


def examine_model(settings: Settings) -> list[Finding]:
    """Connection, streaming, French, citations and context length; nothing when none is set.

    Stops at the first check without which the others tell nothing.
    """
    try:
        model = open_chat_model(settings)
    except AssistantError as error:
        return [Finding("chat model", False, str(error))]
    if model is None:
        return []
    try:
        pieces, first_s, total_s = _ask(model, [("human", _TASK)])
    except ModelUnavailableError as error:
        return [Finding("chat model", False, f"{settings.llm_base_url}: {_advice(error)}")]
    reply = "".join(pieces).strip()
    if not reply:
        text = "the model answers with nothing: choose a chat (instruct) model in AAP_LLM_MODEL"
        return [Finding("chat model", False, text)]
    return [
        Finding("chat model", True, f"{model.name} at {settings.llm_base_url}"),
        _streams(pieces),
        _fast(first_s, total_s, settings.answer_budget_s),
        _speaks_french(reply),
        _cites(reply),
        _context(model, settings),
    ]


def _ask(model: ChatModel, messages: list[Message]) -> tuple[list[str], float, float]:
    start = time.monotonic()
    first, pieces = 0.0, []
    for piece in model.stream(messages, start + _PATIENCE_S):
        first = first or time.monotonic() - start
        pieces.append(piece)
    return pieces, first, time.monotonic() - start


def _streams(pieces: list[str]) -> Finding:
    ok = len(pieces) > 1
    text = f"{len(pieces)} pieces" if ok else (
        "the reply comes in one piece: turn on streaming in the server or its proxy (buffering off)"
    )
    return Finding("streaming", ok, text)


def _fast(first_s: float, total_s: float, budget_s: float) -> Finding:
    text = f"first token after {first_s:.1f} s, a sentence in {total_s:.1f} s"
    if total_s <= budget_s:
        return Finding("speed", True, text)
    text += f"; that is over AAP_ANSWER_BUDGET_S ({budget_s:g} s): a faster server or model is needed"
    return Finding("speed", False, text)


def _speaks_french(reply: str) -> Finding:
    language = detect_language(reply[:500], "fr")
    ok = language == "fr" and "mairie" in reply.lower()
    text = "answers in French" if ok else (
        f"asked in French, the model wrote: {reply[:80]!r}. Choose a model that follows French"
    )
    return Finding("French", ok, text)


def _cites(reply: str) -> Finding:
    ok = "[2]" in reply
    text = "cites the right passage" if ok else (
        "the model does not cite passages as asked; its sentences will mostly be dropped. "
        "Choose a larger instruct model"
    )
    return Finding("citations", ok, text)


def _context(model: ChatModel, settings: Settings) -> Finding:
    room = model.context_tokens - model.max_tokens - 200
    filler = _FILLER * max(1, room * 3 // len(_FILLER))
    question = f"Le mot de passe est {_WORD}.\n{filler}\nQuel est le mot de passe ? Réponds par ce mot."
    try:
        pieces, _, _ = _ask(model, [("human", question)])
    except ModelUnavailableError as error:
        return Finding(
            "context", False, f"{model.context_tokens} tokens do not pass ({_advice(error)}). "
            "Lower AAP_LLM_CONTEXT_TOKENS, or give the server a longer context",
        )  # fmt: skip
    if _WORD in "".join(pieces).upper():
        return Finding("context", True, f"reads {model.context_tokens} tokens")
    return Finding(
        "context", False, f"the start of a prompt of {model.context_tokens} tokens is lost: the server "
        "cuts it. Lower AAP_LLM_CONTEXT_TOKENS, or give the server a longer context",
    )  # fmt: skip


def _advice(error: ModelUnavailableError) -> str:
    text = str(error)
    cause = error.__cause__
    status = getattr(cause, "status_code", None)
    if status in (401, 403):
        return "the key is refused: check AAP_LLM_API_KEY or AAP_LLM_API_KEY_FILE"
    if status == 404:
        return "no such model or path: check AAP_LLM_MODEL, and that the address ends in /v1"
    if status == 429:
        return "too many requests: wait, or ask for a higher quota"
    if "Connection" in text:
        return "nothing answers there: start the server or correct AAP_LLM_BASE_URL"
    if error.outcome == "timeout":
        return f"no complete reply within {_PATIENCE_S:g} s"
    return text
