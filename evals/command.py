"""``aap eval``: run the cases, print the tables, write the files, hold the gate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from assistant.answering.assistant import Assistant
from assistant.chat_model import open_chat_model
from assistant.embedding import load_embedder
from assistant.errors import ConfigurationError, CorpusError
from assistant.settings import Settings
from evals.baseline import VanillaBaseline
from evals.cases import Case, load_cases
from evals.judge import figures, judge
from evals.page import page
from evals.report import print_report, summary
from evals.runner import Record, Respondent, replace_file, run, write_out
from evals.stored import STORED, StoredRun, load_stored, shortfalls, store
from evals.without_faq import assistant_without_faq


def run_command(
    settings: Settings,
    files: Sequence[Path],
    *,
    console: Console,
    out: Path | None,
    split: str | None,
    failures: int,
    summary_path: Path | None,
    with_baseline: bool,
    call: str,
    judged: bool = False,
    without_faq: bool = False,
    html: Path | None = None,
    stored_path: Path = STORED,
    keep: bool = False,
    gate: bool = False,
) -> dict[str, Any]:
    """Run the questions of ``files`` and report; the summary is returned too.

    With ``gate``, its "gate" lists what is worse than the run stored at ``stored_path``; with
    ``keep``, this run is stored there. Raises CorpusError when a file is malformed or the split
    is empty, ConfigurationError when a judgement is asked for and no model is set, or when the
    stored run can't be compared with.
    """
    if keep and gate:
        raise ConfigurationError("--store and --gate exclude each other: hold the gate, then store.")
    model = open_chat_model(settings) if judged else None
    if judged and model is None:
        raise ConfigurationError("--judge needs a chat model: set AAP_LLM_MODEL and AAP_LLM_BASE_URL.")
    stored = load_stored(stored_path) if gate or stored_path.exists() and not keep else None
    cases = load_cases(files)
    if split:
        cases = [case for case in cases if case.split == split]
        if not cases:
            raise CorpusError(f"No question has the split '{split}'.")
    beside: dict[str, dict[str, Any]] = {}
    with closing(Assistant.open(settings)) as assistant:
        records = _run(assistant, cases, call, console)
        facts = {**assistant.ready(), "files": [file.name for file in files], "split": split or "all"}
        report = summary(records, {**facts, "call": call})
        if without_faq:
            with assistant_without_faq(settings, call) as bare:
                beside["Without FAQ"] = summary(_run(bare, cases, call, console))
            report["without_faq"] = beside["Without FAQ"]["headline"]
        if with_baseline:
            beside["Baseline"] = summary(run(_vanilla(assistant, settings, call), cases, call))
            report["baseline"] = beside["Baseline"]["headline"]
    if out:
        write_out(records, out)
    compared = stored if stored and stored.fits(report) else None
    if report["scored"]:
        print_report(report, console, failures=failures, beside=beside, stored=compared)
    else:
        console.print(f"{len(records)} questions run.")
    if model:
        shares = figures(judge(model, records))
        report["judge"] = {name: figure.as_dict() for name, figure in shares.items()}
        said = ", ".join(
            f"{name} {'-' if f.value is None else f'{f.value:.1%}'} ({f.n})" for name, f in shares.items()
        )
        console.print(f"Judged by {model.name}: {said}", markup=False, soft_wrap=True)
    if html:
        replace_file(html, page(report, records, beside, compared))
    if gate and stored:
        report["gate"] = _hold(report, stored, console)
    if keep:
        store(report, stored_path)
    if summary_path:
        replace_file(summary_path, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return report


def _run(
    respondent: Respondent, cases: Sequence[Case], call: str, console: Console
) -> list[Record]:
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("questions", total=len(cases))
        return run(respondent, cases, call, lambda done, _: bar.update(task, completed=done))


def _vanilla(assistant: Assistant, settings: Settings, call: str) -> VanillaBaseline:
    embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
    documents = [assistant.document(call, s.id) for s in assistant.calls[call].documents]
    return VanillaBaseline(documents, embedder)


def _hold(report: dict[str, Any], stored: StoredRun, console: Console) -> list[str]:
    found = shortfalls(report, stored)
    lines = [f"Gate: {len(found)} worse than stored", *(f"  {line}" for line in found)]
    console.print("\n".join(lines) if found else "Gate: passed", markup=False, soft_wrap=True)
    return found
