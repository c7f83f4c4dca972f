"""``aap bench mails``: how many mails a second the desk triages and drafts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from assistant.desk.triage import Desk
from evals.mails.cases import MailCase, render


@dataclass(frozen=True, slots=True)
class Throughput:
    """``questions`` were found in ``mails``, ``drafts`` written; latencies of one mail in ms."""

    mails: int
    distinct: bool
    workers: int
    seconds: float
    questions: int
    drafts: int
    p50: float
    p95: float

    @property
    def per_second(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds


def bench_mails(desk: Desk, cases: Sequence[MailCase], count: int, *, distinct: bool, workers: int) -> Throughput:
    """Triage ``count`` mails made from ``cases``. ``distinct`` numbers every question, so that no
    answer is found in the desk's memory of what was asked before."""
    raws = list(_mails(cases, count, distinct))
    spent = np.zeros(count)

    def triage(number: int) -> tuple[int, bool]:
        start = time.perf_counter()
        found = desk.triage(raws[number])
        spent[number] = time.perf_counter() - start
        return len(found.questions), bool(found.draft)

    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        done = list(pool.map(triage, range(count)))
    seconds = time.perf_counter() - start
    p50, p95 = np.percentile(spent, [50, 95]) * 1e3
    return Throughput(
        count, distinct, workers, round(seconds, 2), sum(q for q, _ in done), sum(d for _, d in done),
        round(float(p50), 1), round(float(p95), 1),
    )  # fmt: skip


def _mails(cases: Sequence[MailCase], count: int, distinct: bool) -> Iterator[bytes]:
    for number in range(count):
        case = cases[number % len(cases)]
        body = case.body.replace("?", f"({number}) ?") if distinct else case.body
        yield render(case.model_copy(update={"body": body, "subject": f"{case.subject} {number}"}))
