"""The command line: ``aap ask``, ``aap ingest``, ``aap serve``, ``aap eval``, ``aap doctor``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.call import list_calls, require_call
from assistant.commands.bench import app as bench_app
from assistant.commands.building import build_call
from assistant.commands.call import app as call_app
from assistant.commands.call import propose_questions
from assistant.commands.corpus import app as corpus_app
from assistant.commands.mail import mail_app, users_app
from assistant.commands.terminal import clear_errors, complain, noting_errors, say
from assistant.errors import CorpusError
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.answering.finish import Explanation
    from assistant.types import Answer

app = typer.Typer(
    help="Answers from a call's regulation, with exact quotes.", no_args_is_help=True,
    pretty_exceptions_enable=False,
)  # fmt: skip
app.add_typer(bench_app, name="bench")
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

    with clear_errors():
        assistant = Assistant.open(load_settings())
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
    propose: Annotated[bool, typer.Option(
        help="Where a chat model is configured, let it propose questions for new passages."
    )] = True,
) -> None:
    """Read a call's folder and build the next version of its index."""
    from assistant.embedding import EMBEDDED, load_embedder
    from ingest.embedded_model import prepare_embedded_model
    from ingest.prototypes import build_prototypes

    failed: list[str] = []
    with clear_errors():
        settings = load_settings()
        calls = _calls(settings, call, everything=everything)
        if settings.embedder == EMBEDDED:
            prepare_embedded_model(settings.cache_dir, progress=say)
        embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
        prepared = build_prototypes(settings.data_dir, embedder, _bar("standard questions"))
        if prepared:
            say(f"{prepared} standard questions embedded.")
        for name in calls:
            with noting_errors(failed, name):
                build_call(settings, name, embedder, _embedding)
                if propose and settings.llm_model:
                    propose_questions(settings, name)
                    build_call(settings, name, embedder, _embedding)
    if everything and failed:
        complain(f"{len(failed)} of {len(calls)} call(s) not ingested: {', '.join(failed)}.")
    if failed:
        raise typer.Exit(1)


def _calls(settings: Settings, call: str | None, *, everything: bool) -> list[str]:
    if not everything:
        require_call(settings.corpus_dir, call or settings.call)
        return [call or settings.call]
    calls = list_calls(settings.corpus_dir)
    if not calls:
        raise CorpusError(f"There is no call in {settings.corpus_dir}: make one with 'aap call new'.")
    return calls


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; default AAP_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default AAP_PORT.", min=1, max=65_535)] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; default AAP_WORKERS.")] = None,
) -> None:
    """Serve the chat, the API and the documents; with several processes all but the chat."""
    import socket

    from assistant.answering.assistant import Assistant
    from assistant.web.app import create_app
    from assistant.web.serving import serve_many, serve_one
    from assistant.web.store import Store

    if workers is not None:
        os.environ["AAP_WORKERS"] = str(workers)  # the processes read their settings themselves
    with clear_errors():
        settings = load_settings()
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
        Store(settings).close()  # what is wrong with the database is said once, before any process starts
        web = create_app(Assistant.open(settings), settings) if settings.workers == 1 else None
    base = f"http://{address[0]}:{address[1]}"
    say(f"Chat       {base}/" if web else f"Questions  {base}/ask   (the chat needs one process)")
    say(f"API        {base}/api/v1/answers   (documentation: {base}/docs)")
    say(f"Widget     {base}/widget/demo")
    say("Stop with Ctrl+C.")
    if web:
        serve_one(web, settings, *address)
    else:
        serve_many(settings, *address)


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

    with clear_errors():
        settings = load_settings()
        if call is not None:
            require_call(settings.corpus_dir, call)
        if mails:
            paths = questions or sorted((settings.corpus_dir.parent / "evals" / "mails" / (call or settings.call)).glob("*.yaml"))
            run_mail_command(settings, paths, console=_out, split=split, failures=failures, call=call or settings.call)
            return
        own = settings.corpus_dir.parent / "evals" / "questions"
        files = questions or sorted(own.glob(f"{call or settings.call}*.yaml"))
        if not files:
            name = call or settings.call
            raise CorpusError(
                f"There are no questions for the call '{name}': {own / name}.yaml is missing. Write it, or name a file "
                f"with --questions (evals/README.md says what it holds)."
            )
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

    with clear_errors():
        findings = [*examine(load_settings()), *examine_model(load_settings())]
    for finding in findings:
        mark = "[green]ok[/green]" if finding.ok else "[red]no[/red]"
        _out.print(f"{mark}  {finding.name:<12} {escape(finding.text)}", soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _bar(name: str):  # type: ignore[no-untyped-def]
    """A progress callback (done, all) that rewrites one line of a terminal, or prints few."""

    def show(done: int, total: int) -> None:
        if _err.is_terminal:
            _err.print(f"  embedding {name}: {done}/{total}", end="\r" if done < total else "\n")
        elif done >= total:
            _err.print(f"  embedding {name}: {total}")

    return show


def _embedding(shelf: str, done: int, total: int) -> None:
    _bar(shelf)(done, total)


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
