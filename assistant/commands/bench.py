"""``aap bench``: how fast the product is, over HTTP, on mails, while it ingests."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.commands.terminal import clear_errors, say
from assistant.settings import load_settings

app = typer.Typer(help="Measure how fast the product is.", no_args_is_help=True)


@app.command("http")
def bench_over_http(
    clients: Annotated[str, typer.Option(help="Numbers of clients.")] = "1,10,50,200",
    seconds: Annotated[float, typer.Option(help="Seconds for each.")] = 10.0,
    workers: Annotated[str, typer.Option(help="Numbers of processes.")] = "1,2",
    distinct: Annotated[bool, typer.Option(help="Never the same question twice.")] = True,
    out: Annotated[Path | None, typer.Option(help="Write one JSON line a row.")] = None,
) -> None:
    """Ask a server of its own over loopback with 1, 10, 50 and 200 clients at a time."""
    from evals.bench.http import bench_http, read_questions

    with clear_errors():
        settings = load_settings()
    path = settings.corpus_dir.parent / "evals" / "questions" / f"{settings.call}.yaml"
    questions = read_questions(path)
    say("processes  clients  answers/s  p50 ms  p95 ms  p99 ms  refused  errors  memory MB")
    counts = [int(part) for part in clients.split(",")]
    for number in (int(part) for part in workers.split(",")):
        for row in bench_http(questions, counts, seconds, workers=number, distinct=distinct):
            say(
                f"{row.workers:9}  {row.clients:7}  {row.per_second:9.1f}  {row.p50:6.0f}  "
                f"{row.p95:6.0f}  {row.p99:6.0f}  {row.refused:7}  {row.errors:6}  "
                f"{row.memory_mb:9.0f}"
            )
            _append(out, asdict(row))


@app.command("mails")
def bench_of_mails(
    count: Annotated[int, typer.Option(min=1, help="How many mails.")] = 1_000,
    workers: Annotated[int, typer.Option(min=1, help="How many at a time.")] = 2,
) -> None:
    """Triage and draft mails made from those of the evaluation: as they come, then all different."""
    from assistant.answering.assistant import Assistant
    from assistant.desk.triage import Desk
    from evals.mails.bench import bench_mails
    from evals.mails.cases import load_mails

    with clear_errors():
        settings = load_settings()
        assistant = Assistant.open(settings)
        folder = settings.corpus_dir.parent / "evals" / "mails" / settings.call
        cases = [case for path in sorted(folder.glob("*.yaml")) for case in load_mails(path)]
    say("mails  questions  drafts  different  seconds  mails/s  p50 ms  p95 ms")
    for distinct in (False, True):
        row = bench_mails(Desk(assistant), cases, count, distinct=distinct, workers=workers)
        say(
            f"{row.mails:5}  {row.questions:9}  {row.drafts:6}  {'all' if distinct else 'some':>9}  "
            f"{row.seconds:7.1f}  {row.per_second:7.1f}  {row.p50:6.0f}  {row.p95:6.0f}"
        )


@app.command("ingest")
def bench_ingestion(
    documents: Annotated[str, typer.Option(help="Numbers of documents.")] = "10,100",
    passages: Annotated[int, typer.Option(min=1, help="Passages in each document.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the generator of documents.")] = 1,
    vanilla_up_to: Annotated[int, typer.Option(help="Documents up to which LangChain with torch is measured too; 0: never.")] = 100,
    out: Annotated[Path | None, typer.Option(help="Write one JSON line a row.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write a plot (SVG).")] = None,
) -> None:
    """Ingest made-up calls of growing size and ask them questions."""
    from evals.bench.ingest import bench_ingest
    from evals.bench.ingest import plot as draw

    say("way      documents  chunks  chunks/s  chars/s  peak MB  index MB  update s  p50 ms  p95 ms")
    rows = []
    sizes = [int(n) for n in documents.split(",")]
    for row in bench_ingest(sizes, passages, seed=seed, vanilla_up_to=vanilla_up_to):
        rows.append(row)
        say(
            f"{row.way:7}  {row.documents:9}  {row.chunks:6}  {row.chunks_per_s:8.1f}  "
            f"{row.characters_per_s:7.0f}  {row.peak_mb:7.0f}  {row.index_mb:8.1f}  "
            f"{row.update_s:8.2f}  {row.p50:6.1f}  {row.p95:6.1f}"
        )
        _append(out, asdict(row))
    if plot is not None:
        plot.write_text(draw(rows), encoding="utf-8")


def _append(out: Path | None, row: dict[str, Any]) -> None:
    if out is not None:
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
