"""The report of ``aap eval --mails``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.answering.assistant import Assistant
from assistant.desk.triage import Desk
from assistant.errors import CorpusError
from assistant.settings import Settings
from evals.mails.cases import load_mails
from evals.mails.score import MailScore, figures, run_mails


def run_mail_command(
    settings: Settings, paths: Sequence[Path], *, console: Console, split: str | None, failures: int, call: str
) -> dict[str, tuple[int, int]]:
    """Score the mails of ``paths`` and print the figures; they are returned too."""
    cases = [case for path in paths for case in load_mails(path) if split is None or case.split == split]
    if not cases:
        raise CorpusError(f"No mail has the split '{split}'.")
    scores, seconds = run_mails(Desk(Assistant.open(settings), call), cases)
    found = figures(scores)
    table = Table(title=f"{len(cases)} mails, {len(cases) / seconds:.0f} a second")
    table.add_column("figure")
    table.add_column("share", justify="right")
    table.add_column("N", justify="right")
    for name, (part, whole) in found.items():
        table.add_row(name, f"{part / whole:.1%}" if whole else "–", f"{part}/{whole}")
    console.print(table)
    for line in [line for score in scores for line in _wrong(score)][:failures]:
        console.print(escape(line), soft_wrap=True)
    return found


def _wrong(score: MailScore) -> list[str]:
    case, got, gold = score.case, score.triaged, score.case.gold
    out = []
    if bool(got.automated) != gold.automated:
        out.append(f"automated: {got.automated or 'no'}")
    if got.needs_reply != (gold.reply and not gold.automated):
        out.append(f"needs_reply: {got.needs_reply}")
    if gold.human is not None and got.needs_human != gold.human:
        out.append(f"needs_human: {got.needs_human} {list(got.human_reasons)}")
    out += [f"question not found: {question!r} among {list(got.questions)}" for question in score.missing_questions]
    if score.extra_questions and gold.questions:
        out.append(f"questions made up: {list(got.questions)}")
    out += [f"fact missing: {fact!r} {[(r.kind, r.question) for r in got.replies]}" for fact in score.missing_facts]
    out += [f"wrong value: {value}" for value in score.wrong]
    if gold.language and got.language != gold.language:
        out.append(f"language: {got.language}")
    if gold.category and got.category != gold.category:
        out.append(f"category: {got.category}")
    return [f"{case.id}  {line}" for line in out]
