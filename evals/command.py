"""``aap eval``: run the cases, print the tables, write the lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from assistant.answering.assistant import Assistant
from assistant.chat_model import open_chat_model
from assistant.embedding import load_embedder
from assistant.errors import ConfigurationError, CorpusError
from assistant.settings import Settings
from evals.baseline import VanillaBaseline
from evals.cases import load_cases
from evals.judge import figures, judge
from evals.report import print_report, summary
from evals.runner import run, write_out


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
) -> dict[str, object]:
    """Run the questions of ``files`` and report; the summary is returned too.

    Raises CorpusError when a file is malformed or the split is empty, ConfigurationError when a
    judgement is asked for and no model is set.
    """
    model = open_chat_model(settings) if judged else None
    if judged and model is None:
        raise ConfigurationError("--judge needs a chat model: set AAP_LLM_MODEL and AAP_LLM_BASE_URL.")
    cases = load_cases(files)
    if split:
        cases = [case for case in cases if case.split == split]
        if not cases:
            raise CorpusError(f"No question has the split '{split}'.")
    assistant = Assistant.open(settings)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("questions", total=len(cases))
        records = run(
            assistant, cases, call, progress=lambda done, total: bar.update(task, completed=done)
        )
    if out:
        write_out(records, out)
    facts = {**assistant.ready(), "files": [file.name for file in files], "split": split or "all"}
    report = summary(records, facts)
    baseline = None
    if with_baseline:
        embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
        documents = [
            assistant.document(call, source.id) for source in assistant.calls[call].documents
        ]
        baseline = summary(run(VanillaBaseline(documents, embedder), cases, call))
        report["baseline"] = baseline["headline"]
    if any(case.scored for case in cases):
        print_report(report, console, failures=failures, baseline=baseline)
    else:
        console.print(f"{len(records)} questions run.")
    if model:
        shares = figures(judge(model, records))
        report["judge"] = {name: figure.as_dict() for name, figure in shares.items()}
        said = ", ".join(
            f"{name} {'-' if f.value is None else f'{f.value:.1%}'} ({f.n})" for name, f in shares.items()
        )
        console.print(f"Judged by {model.name}: {said}", markup=False, soft_wrap=True)
    if summary_path:
        summary_path.write_text(
            json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return report
