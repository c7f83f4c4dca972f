"""Measure how calls without a FAQ are answered, on many of them (evals/written/*.txt).

    python -m evals.written_calls [FILE …] [--questions N]

Each file, in the format of evals/training, becomes a call in a temporary folder, is ingested as it
would be, and is asked its questions. Told apart are: the right passage is quoted, another one is, nothing is;
and of the questions that no passage answers, those that are left unanswered. Without a FILE, it is the
third of the calls that nothing is learned from; one of them takes a minute or two.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.embedding import Embedder, load_embedder
from assistant.settings import PROJECT, Settings, load_settings
from evals.cases import Case
from evals.runner import Record, run
from evals.training_data import TrainingCall, read_training_call
from ingest.build import ingest
from ingest.prototypes import build_prototypes

FOLDER = PROJECT / "evals" / "written"
_CALL = """id = {id}
title = {title}
authority = "Service instructeur"

[handoff]
name = "Service instructeur"
email = "contact@service.example"

[[documents]]
id = "reglement"
path = "reglement.md"
title = {title}
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Numbers of questions: of ``answerable`` ones those of which a right passage is quoted
    (``right``) and those that are wrongly ``abstained`` from; of ``open`` ones those that are
    ``left_open``; and all answers with a date or contact that no quote holds (``wrong``)."""

    answerable: int = 0
    right: int = 0
    abstained: int = 0
    open: int = 0
    left_open: int = 0
    wrong: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __str__(self) -> str:
        answerable, open_ = max(self.answerable, 1), max(self.open, 1)
        return (
            f"right passage {self.right / answerable:.1%} of {self.answerable}  wrongly abstained "
            f"{self.abstained / answerable:.1%}  left open {self.left_open / open_:.1%} of {self.open}  "
            f"wrong date or contact {self.wrong}"
        )


def measured() -> list[Path]:
    """The written calls that nothing is learned from: every third one."""
    return sorted(FOLDER.glob("*.txt"))[2::3]


def learned_from() -> list[Path]:
    """The others, from which evals.train_reader learns when a question is answered."""
    kept = set(measured())
    return [path for path in sorted(FOLDER.glob("*.txt")) if path not in kept]


def write_folder(path: Path, corpus: Path) -> TrainingCall:
    """Write the call of a file as a folder of ``corpus``: call.toml, and its passages as a regulation."""
    call, id_ = read_training_call(path), path.stem
    title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    folder = corpus / id_
    folder.mkdir(parents=True)
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in (("id", id_), ("title", title))}
    (folder / "call.toml").write_text(_CALL.format(**quoted), encoding="utf-8")
    lines, above = [f"# {title}"], ""
    for heading, text in call.passages.values():
        if heading != above:
            lines.append(f"## {heading}")
            above = heading
        lines.append(text)
    (folder / "reglement.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return call


def cases_of(call: TrainingCall, id_: str) -> list[Case]:
    """Its questions, with all of the passages that answer them as their quotes."""
    asked = [
        Case(id=f"{id_}-{n}", question=text, expect="answer", quotes=[call.passages[p][1] for p in sorted(right)])
        for n, (text, right) in enumerate(call.questions, start=1)
    ]
    left = [
        Case(id=f"{id_}-open-{n}", question=text, expect="abstain")
        for n, text in enumerate(call.unanswered, start=1)
    ]
    return asked + left


def outcome_of(records: list[Record]) -> Outcome:
    """Count what became of the questions."""
    told = [r for r in records if r.case.expect == "answer"]
    left = [r for r in records if r.case.expect == "abstain"]
    return Outcome(
        len(told), sum((r.scores.evidence_share or 0) > 0 for r in told),
        sum(bool(r.scores.abstained) for r in told),
        len(left), sum(bool(r.scores.abstained) for r in left),
        sum(bool(r.scores.wrong_contact_or_date) for r in records),
    )  # fmt: skip


def measure(path: Path, settings: Settings, embedder: Embedder, count: int | None = None) -> Outcome:
    """Ingest and ask one call, its folder and index made below those of ``settings``; of its questions
    ``count``, always the same ones, or all."""
    call, id_ = write_folder(path, settings.corpus_dir), path.stem
    build_prototypes(settings.data_dir, embedder)
    ingest(settings, id_, embedder)
    cases = cases_of(call, id_)
    if count is not None and count < len(cases):
        cases = random.Random(1).sample(cases, count)
    with closing(Assistant(settings.model_copy(update={"call": id_}), embedder)) as assistant:
        return outcome_of(run(assistant, cases, id_))


def main() -> None:
    """Measure the files that are named, or those that nothing is learned from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--questions", type=int, help="so many of each call, drawn once for all")
    arguments = parser.parse_args()
    settings = load_settings()
    embedder = load_embedder(settings.embedder, settings.cache_dir)
    total = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        work = {"corpus_dir": Path(folder) / "corpus", "data_dir": Path(folder) / "data"}
        for path in arguments.files or measured():
            outcome = measure(path, settings.model_copy(update=work), embedder, arguments.questions)
            sys.stdout.write(f"{path.stem:36} {outcome}\n")
            sys.stdout.flush()
            total += outcome
    sys.stdout.write(f"{'all':36} {total}\n")


if __name__ == "__main__":
    main()
