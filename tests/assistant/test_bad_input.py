"""Whatever is asked, the answer is an answer or one clear sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assistant.answering.assistant import MAX_CHARS, Assistant
from assistant.errors import QuestionError
from assistant.settings import PROJECT, Settings
from assistant.types import ABSTENTIONS, Turn

# Georgian, Amharic, Khmer, Klingon, and no language: nothing here has a word list or a detector.
UNKNOWN_LANGUAGES = [
    "ბოლო ვადა როდის არის?",
    "የማመልከቻ ማብቂያ ቀን መቼ ነው?",
    "តើកាលបរិច្ឆេទផុតកំណត់នៅពេលណា?",
    "nuqDaq 'oH puchpa''e'",
    "asdf qsdf zxcv 1234",
]
CONTROLS = "".join(map(chr, [*range(32), 127, *range(0x80, 0xA0), 0x200B, 0x202E, 0xFEFF]))


def check(assistant: Assistant, question: str, history: tuple[Turn, ...] = ()) -> None:
    """It is answered with exact quotes, or abstained from, or refused with a sentence."""
    try:
        answer = assistant.ask(question, history)
    except QuestionError as error:
        assert len(str(error)) > 20
        return
    assert answer.text.strip()
    assert answer.citations or answer.status in ABSTENTIONS
    for citation in answer.citations:
        text = assistant.document(answer.call, citation.document).text
        assert text[citation.start : citation.end] == citation.quote
    answer.model_dump_json()


@examples(max_examples=80, deadline=None)
@given(
    st.text(max_size=200)
    | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "Zs"]), max_size=40)
    | st.text("?!.,;:-–()[]{}<>«»'\"&/\\% €", max_size=60).map(lambda s: f"{s} date {s} limite {s}")
)
@example("\ud800 date limite ?")
@example(CONTROLS)
@example(f"date{CONTROLS}limite ?")
@example("a" * MAX_CHARS)
@example("é" * MAX_CHARS)
@example("? " * (MAX_CHARS // 2))
@example("date limite ?\n" * (MAX_CHARS // 14))
@example("1" * MAX_CHARS)
def test_any_question(assistant: Assistant, question: str) -> None:
    check(assistant, question)


@pytest.mark.parametrize("question", UNKNOWN_LANGUAGES)
def test_unknown_languages(assistant: Assistant, question: str) -> None:
    check(assistant, question)


@examples(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(Turn, role=st.sampled_from(["user", "assistant"]), text=st.text(max_size=80)),
        max_size=6,
    )
)
def test_any_history(assistant: Assistant, turns: list[Turn]) -> None:
    check(assistant, "Et qui contacter ?", tuple(turns))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("", "Écrivez une question"), (" \n\t ", "Écrivez une question"), (CONTROLS, "Écrivez une"),
     ("mot " * 5_000, "trop long"), ("?!", "pas pu lire")],
)  # fmt: skip
def test_what_is_no_question(assistant: Assistant, question: str, sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        assistant.ask(question)


def aap(settings: Settings, *arguments: str | bytes, **changes: str) -> tuple[int, str]:
    """Exit code and all output of a command in a process of its own."""
    wanted = {f"AAP_{k.upper()}": str(v) for k, v in settings.model_dump().items() if v not in (None, ())}
    environment = {**os.environ, **wanted, **changes, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        env=environment, capture_output=True, timeout=120,
    )  # fmt: skip
    said = " ".join((done.stdout + done.stderr).decode("utf-8").split())
    assert "Traceback" not in said
    return done.returncode, said


@pytest.mark.slow
def test_in_a_terminal(assistant: Assistant, settings: Settings) -> None:
    code, said = aap(settings, "ask", "")
    assert code == 1 and "Écrivez une question" in said
    code, said = aap(settings, "ask", "mot " * 5_000)
    assert code == 1 and "trop long" in said
    code, said = aap(settings, "ask", b"date \xff\x01\x1b[31m limite ?", "--json")
    assert code == 0 and "\x1b" not in said
    code, said = aap(settings, "ask", UNKNOWN_LANGUAGES[0])
    assert code == 0
    code, said = aap(settings, "ask", "date limite ?", "--call", "nope")
    assert code == 1 and "There is no call 'nope'" in said


@pytest.mark.slow
def test_settings_that_cannot_work(settings: Settings) -> None:
    code, said = aap(settings, "ask", "date ?", AAP_PORT="huit mille")
    assert code == 1 and "AAP_PORT" in said
    code, said = aap(settings, "ask", "date ?", AAP_PROT="8000")
    assert code == 1 and "Unknown setting AAP_PROT" in said
    code, said = aap(settings, "ingest", AAP_DATA_DIR="/proc/nowhere")
    assert code == 1 and "/proc/nowhere" in said and "AAP_DATA_DIR" in said
    code, said = aap(settings, "ask", "date ?", AAP_DATA_DIR="/proc/nowhere")
    assert code == 1 and "aap ingest" in said
