"""The desk in figures: mails a day, topics, share answered from the sources, time to answer, and
the questions that the regulation does not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select

from assistant.desk.rows import AUTOMATED, DONE, NOTHING
from assistant.desk.store import Store
from assistant.desk.tables import StoredMail
from assistant.words import fold, stems


@dataclass(frozen=True, slots=True)
class Figures:
    """``days`` and ``topics`` count people's mails; ``questions`` counts them by what became of them
    (answered, missing …); ``hours`` from arrival to approval (median, None before the first);
    ``unanswered`` are questions with how often they were asked, in their first wording, and the
    category."""

    mails: int
    automated: int
    days: dict[str, int]
    topics: dict[str, int]
    states: dict[str, int]
    questions: dict[str, int]
    answered: int
    hours: float | None
    unanswered: tuple[tuple[str, int, str], ...]

    @property
    def share(self) -> float | None:
        """Share of the questions within the call that the sources answer, 0..1."""
        asked = self.questions.get("answered", 0) + self.questions.get("missing", 0)
        return self.questions.get("answered", 0) / asked if asked else None


def figures(store: Store, call: str, timezone: str) -> Figures:
    """Over everything that the desk keeps of a call; days are those of ``timezone``."""
    zone = ZoneInfo(timezone)
    query = (
        select(StoredMail.state, StoredMail.received, StoredMail.stored, StoredMail.answered, StoredMail.triage)
        .where(StoredMail.call == call)
        .order_by(StoredMail.received)
    )
    days: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    states: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    missing: dict[frozenset[str], list[str]] = {}
    waits: list[float] = []
    categories: dict[frozenset[str], str] = {}
    total = 0
    with store.session() as session:
        for state, received, stored, answered, triage in session.execute(query):
            total += 1
            states[state] += 1
            if state == AUTOMATED:
                continue
            days[_aware(received).astimezone(zone).date().isoformat()] += 1
            if state != NOTHING:
                topics[triage["category"]] += 1
            for reply in triage["replies"]:
                kinds[reply["kind"]] += 1
                if reply["kind"] == "missing":
                    key = frozenset(stems(reply["question"])) or frozenset([fold(reply["question"])])
                    missing.setdefault(key, []).append(reply["question"])
                    categories.setdefault(key, triage["category"])
            if state == DONE and answered is not None:
                waits.append((_aware(answered) - _aware(min(received, stored))).total_seconds() / 3600)
    open_ = [(asked[0], len(asked), categories[key]) for key, asked in missing.items()]
    return Figures(
        total, states[AUTOMATED], dict(sorted(days.items())), dict(topics.most_common()), dict(states),
        dict(kinds), len(waits), round(median(waits), 1) if waits else None,
        tuple(sorted(open_, key=lambda row: (-row[1], row[0]))),
    )  # fmt: skip


def rows(found: Figures) -> Iterator[Sequence[str | int | float]]:
    """The figures as lines of a table: figure, of what, value."""
    yield "mails", "", found.mails
    yield "automated", "", found.automated
    yield "replies", "", found.answered
    yield "share_answered", "", "" if found.share is None else round(found.share, 4)
    yield "hours_to_reply", "", "" if found.hours is None else found.hours
    for name, counts in (("day", found.days), ("topic", found.topics), ("state", found.states), ("questions", found.questions)):
        for key, count in counts.items():
            yield name, key, count
    for question, count, _ in found.unanswered:
        yield "unanswered", question, count


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
