"""The command line: ``aap ask``, ``aap ingest``, ``aap serve``, ``aap eval``, ``aap doctor``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.commands.call import app as call_app
from assistant.commands.corpus import app as corpus_app
from assistant.commands.mail import mail_app, users_app
from assistant.commands.terminal import clear_errors as _clear_errors
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.answering.assistant import Explanation
    from assistant.types import Answer

app = typer.Typer(
    help="Answers from a call's regulation, with exact quotes.", no_args_is_help=True,
    pretty_exceptions_enable=False,
)  # fmt: skip
app.add_typer(call_app, name="call")
app.add_typer(corpus_app, name="corpus")
app.add_typer(mail_app, name="mail")
app.add_typer(users_app, name="users")
_out = Console(highlight=False, soft_wrap=False)
_err = Console(stderr=True, highlight=False)

CallOption = Annotated[str | None, typer.Option("--call", help="Which call; default AAP_CALL.")]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in any language.")],
    json: Annotated[bool, typer.Option("--json", help="Print the Answer as JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each stage did.")] = False,
    call: CallOption = None,
) -> None:
    """Answer one question."""
    from assistant.answering.assistant import Assistant

    with _clear_errors():
        assistant = Assistant.open(_settings())
        answer, steps = assistant.explain(question, call=call)
    if json:
        sys.stdout.write(answer.model_dump_json(indent=2) + "\n")
    else:
        _show(answer)
    if explain:
        _explain(steps)


@app.command()
def ingest(
    call: CallOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All calls of the corpus.")] = False,
) -> None:
    """Read a call's folder and build the next version of its index."""
    from assistant.call import list_calls
    from assistant.embedding import EMBEDDED, load_embedder
    from ingest.build import ingest as build
    from ingest.embedded_model import prepare_embedded_model
    from ingest.prototypes import build_prototypes

    with _clear_errors():
        settings = _settings()
        if settings.embedder == EMBEDDED:
            prepare_embedded_model(settings.cache_dir, progress=_say)
        embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
        prepared = build_prototypes(settings.data_dir, embedder, _bar("standard questions"))
        if prepared:
            _say(f"{prepared} standard questions embedded.")
        calls = list_calls(settings.corpus_dir) if everything else [call or settings.call]
        for name in calls:
            report = build(
                settings, name, embedder, lambda shelf, n, all_: _bar(shelf)(n, all_),
                lambda: _say("Another process is building this index: waiting for it to end."),
            )  # fmt: skip
            verb = "built" if report.changed else "is up to date"
            _say(
                f"{name}: version {report.version} {verb}: {report.documents} document(s), "
                f"{report.units} units, {report.facts} facts, {report.questions} known questions; "
                f"{report.embedded} embedded, {report.kept} kept, {report.removed} removed."
            )
            for entry in report.expired_faq:
                _say(f"  FAQ entry '{entry}' expired: its quote is no longer in the sources.")
            for skipped in report.skipped:
                _say(f"  skipped {skipped}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; default AAP_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default AAP_PORT.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; default AAP_WORKERS.")] = None,
) -> None:
    """Serve the chat, the API and the documents; with several processes all but the chat."""
    import socket

    from assistant.answering.assistant import Assistant
    from assistant.web.app import create_app
    from assistant.web.serving import serve_many, serve_one

    if workers is not None:
        os.environ["AAP_WORKERS"] = str(workers)  # the processes read their settings themselves
    with _clear_errors():
        settings = _settings()
        address = (host or settings.host, port or settings.port)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                _err.print(
                    f"[bold]aap:[/bold] {address[0]}:{address[1]} can't be used ({error.strerror}). "
                    f"Stop what listens there, or choose another port: AAP_PORT=8001."
                )
                raise typer.Exit(1) from error
        web = create_app(Assistant.open(settings), settings) if settings.workers == 1 else None
    base = f"http://{address[0]}:{address[1]}"
    _say(f"Chat       {base}/" if web else f"Questions  {base}/ask   (the chat needs one process)")
    _say(f"API        {base}/api/v1/answers   (documentation: {base}/docs)")
    _say(f"Widget     {base}/widget/demo")
    _say("Stop with Ctrl+C.")
    if web:
        serve_one(web, settings, *address)
    else:
        serve_many(settings, *address)


bench = typer.Typer(help="Measure how fast the product is.", no_args_is_help=True)
app.add_typer(bench, name="bench")


@bench.callback()
def _bench() -> None:
    """Measure how fast the product is."""


@bench.command("http")
def bench_over_http(
    clients: Annotated[str, typer.Option(help="Numbers of clients.")] = "1,10,50,200",
    seconds: Annotated[float, typer.Option(help="Seconds for each.")] = 10.0,
    workers: Annotated[str, typer.Option(help="Numbers of processes.")] = "1,2",
    distinct: Annotated[bool, typer.Option(help="Never the same question twice.")] = True,
    out: Annotated[Path | None, typer.Option(help="Write one JSON line a row.")] = None,
) -> None:
    """Ask a server of its own over loopback with 1, 10, 50 and 200 clients at a time."""
    import json
    from dataclasses import asdict

    from evals.bench.http import bench_http, read_questions

    with _clear_errors():
        settings = _settings()
    path = settings.corpus_dir.parent / "evals" / "questions" / f"{settings.call}.yaml"
    questions = read_questions(path)
    _say("processes  clients  answers/s  p50 ms  p95 ms  p99 ms  refused  errors  memory MB")
    counts = [int(part) for part in clients.split(",")]
    for number in (int(part) for part in workers.split(",")):
        for row in bench_http(questions, counts, seconds, workers=number, distinct=distinct):
            _say(
                f"{row.workers:9}  {row.clients:7}  {row.per_second:9.1f}  {row.p50:6.0f}  "
                f"{row.p95:6.0f}  {row.p99:6.0f}  {row.refused:7}  {row.errors:6}  "
                f"{row.memory_mb:9.0f}"
            )
            if out is not None:
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")


@bench.command("mails")
def bench_of_mails(
    count: Annotated[int, typer.Option(min=1, help="How many mails.")] = 1_000,
    workers: Annotated[int, typer.Option(min=1, help="How many at a time.")] = 2,
) -> None:
    """Triage and draft mails made from those of the evaluation: as they come, then all different."""
    from assistant.answering.assistant import Assistant
    from assistant.desk.triage import Desk
    from evals.mails.bench import bench_mails
    from evals.mails.cases import load_mails

    with _clear_errors():
        settings = _settings()
        assistant = Assistant.open(settings)
        folder = settings.corpus_dir.parent / "evals" / "mails" / settings.call
        cases = [case for path in sorted(folder.glob("*.yaml")) for case in load_mails(path)]
    _say("mails  questions  drafts  different  seconds  mails/s  p50 ms  p95 ms")
    for distinct in (False, True):
        row = bench_mails(Desk(assistant), cases, count, distinct=distinct, workers=workers)
        _say(
            f"{row.mails:5}  {row.questions:9}  {row.drafts:6}  {'all' if distinct else 'some':>9}  "
            f"{row.seconds:7.1f}  {row.per_second:7.1f}  {row.p50:6.0f}  {row.p95:6.0f}"
        )


@bench.command("ingest")
def bench_ingestion(
    documents: Annotated[str, typer.Option(help="Numbers of documents; 1000 takes hours.")] = "10,100",
    passages: Annotated[int, typer.Option(min=1, help="Passages in each document.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the generator of documents.")] = 1,
    vanilla: Annotated[bool, typer.Option(help="Measure LangChain with torch too.")] = True,
    out: Annotated[Path | None, typer.Option(help="Write one JSON line a row.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write a plot (SVG).")] = None,
) -> None:
    """Ingest made-up calls of growing size and ask them questions."""
    import json
    from dataclasses import asdict

    from evals.bench.ingest import bench_ingest
    from evals.bench.ingest import plot as draw

    _say("way      documents  chunks  chunks/s  chars/s  peak MB  index MB  update s  p50 ms  p95 ms")
    rows = []
    for row in bench_ingest([int(n) for n in documents.split(",")], passages, seed=seed, vanilla=vanilla):
        rows.append(row)
        _say(
            f"{row.way:7}  {row.documents:9}  {row.chunks:6}  {row.chunks_per_s:8.1f}  "
            f"{row.characters_per_s:7.0f}  {row.peak_mb:7.0f}  {row.index_mb:8.1f}  "
            f"{row.update_s:8.2f}  {row.p50:6.1f}  {row.p95:6.1f}"
        )
        if out is not None:
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
    if plot is not None:
        plot.write_text(draw(rows), encoding="utf-8")


@app.command("eval")
def evaluate(
    questions: Annotated[list[Path] | None, typer.Option("--questions", help="YAML file(s).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write one JSON line per item.")] = None,
    split: Annotated[str | None, typer.Option(help="Only this split: dev or test.")] = None,
    failures: Annotated[int, typer.Option(help="How many failures to list.")] = 10,
    summary: Annotated[Path | None, typer.Option("--summary", help="Write the figures as JSON.")] = None,
    baseline: Annotated[bool, typer.Option("--baseline", help="Measure vanilla retrieval too.")] = False,
    call: CallOption = None,
    mails: Annotated[bool, typer.Option("--mails", help="Score the mail desk instead.")] = False,
    judge: Annotated[bool, typer.Option("--judge", help="Let the chat model judge the answers too.")] = False,
    without_faq: Annotated[bool, typer.Option("--without-faq", help="Measure the call without its FAQ too.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as one page.")] = None,
    store: Annotated[bool, typer.Option("--store", help="Keep the headline, to compare later runs with.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Fail when worse than the stored run.")] = False,
    stored: Annotated[Path | None, typer.Option("--stored", help="The stored run; default evals/baseline.json.")] = None,
) -> None:
    """Run questions through the assistant, and score those that have gold answers."""
    from evals.command import run_command
    from evals.mails.command import run_mail_command
    from evals.stored import STORED

    with _clear_errors():
        settings = _settings()
        if mails:
            paths = questions or sorted((settings.corpus_dir.parent / "evals" / "mails" / (call or settings.call)).glob("*.yaml"))
            run_mail_command(settings, paths, console=_out, split=split, failures=failures, call=call or settings.call)
            return
        files = questions or sorted((settings.corpus_dir.parent / "evals" / "questions").glob(f"{call or settings.call}*.yaml"))
        report = run_command(
            settings, files, console=_out, out=out, split=split, failures=failures,
            summary_path=summary, with_baseline=baseline, call=call or settings.call, judged=judge,
            without_faq=without_faq, html=html, keep=store, gate=gate, stored_path=stored or STORED,
        )  # fmt: skip
    if report.get("gate"):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Check the installation, the corpus, the model and the index; say what to do."""
    from assistant.doctor import examine
    from assistant.model_check import examine_model

    with _clear_errors():
        findings = [*examine(_settings()), *examine_model(_settings())]
    for finding in findings:
        mark = "[green]ok[/green]" if finding.ok else "[red]no[/red]"
        _out.print(f"{mark}  {finding.name:<12} {escape(finding.text)}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _settings() -> Settings:
    return load_settings()


def _say(text: str) -> None:
    _out.print(escape(text), soft_wrap=True)


def _bar(name: str):  # type: ignore[no-untyped-def]
    """A progress callback (done, all) that rewrites one line of a terminal, or prints few."""

    def show(done: int, total: int) -> None:
        if _err.is_terminal:
            _err.print(f"  embedding {name}: {done}/{total}", end="\r" if done < total else "\n")
        elif done >= total:
            _err.print(f"  embedding {name}: {total}")

    return show


def _show(answer: Answer) -> None:
    _out.print(escape(answer.text), soft_wrap=True)
    if answer.citations:
        _out.print()
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        _out.print(f"[bold]\\[{citation.index}][/bold] « {escape(quote)} »", soft_wrap=True)
        _out.print(f"    [dim]{escape(citation.heading)} – {escape(citation.title)}[/dim]", soft_wrap=True)
    if answer.handoff and answer.abstained:
        person = answer.handoff
        contact = ", ".join(part for part in (person.name, person.email, person.phone) if part)
        _out.print(f"[dim]→ {escape(contact)}[/dim]", soft_wrap=True)
    _out.print(
        f"[dim]{answer.status}, {answer.mode}, confidence {answer.confidence:.2f}, "
        f"{answer.timings_ms.total:.0f} ms[/dim]"
    )


def _explain(steps: list[Explanation]) -> None:
    from assistant.answering.generate import describe

    for step in steps:
        question = step.question
        _out.rule("explain")
        _out.print(escape(f"question   {question.search_text!r} ({question.language})"))
        _out.print(escape(f"asked      {question.asked} {sorted(question.kinds)}"))
        terms = ", ".join(f"{t.word}{'' if t.known else '?'}={t.weight:.1f}" for t in question.terms)
        _out.print(escape(f"terms      {terms}"))
        near = ", ".join(f"{m.id} {m.cosine:.3f}" for m in step.retrieval.matches[:4])
        _out.print(escape(f"nearest    {near}"))
        _out.print(escape(f"decision   {step.decision}"))
        features = ", ".join(f"{k}={v:.2f}" for k, v in step.reading.features.items() if v)
        _out.print(escape(f"answer     p={step.reading.probability:.3f} {features}"), soft_wrap=True)
        for line in describe(step.generation):
            _out.print(escape(line), soft_wrap=True)
        for candidate in step.reading.candidates[:5]:
            shown = ", ".join(f"{k}={v:.2f}" for k, v in candidate.features.items() if v)
            _out.print(
                escape(
                    f"{candidate.score:7.2f}  {candidate.unit.kind:9} {candidate.unit.id} "
                    f"{candidate.parts[0].start}-{candidate.parts[-1].end}"
                )
            )
            _out.print(escape(f"         {shown}"), style="dim", soft_wrap=True)


if __name__ == "__main__":
    app()
