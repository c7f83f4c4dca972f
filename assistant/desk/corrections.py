"""An officer's corrections of triage, followed for the next mails that are like the corrected one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, cast, get_args

import numpy as np
from sqlalchemy import select

from assistant.desk.audit import log
from assistant.desk.decisions import CORRECTED
from assistant.desk.parse import Mail
from assistant.desk.rows import AUTOMATED, DRAFTED, NOTHING, PERSON
from assistant.desk.store import Store
from assistant.desk.tables import Correction, StoredMail
from assistant.desk.types import Category, Triaged, Urgency
from assistant.errors import ConfigurationError

STATES = (PERSON, DRAFTED, NOTHING, AUTOMATED)
CATEGORIES: tuple[str, ...] = get_args(Category)
URGENCIES: tuple[str, ...] = get_args(Urgency)
# Mails are alike from this cosine of whitened vectors on. Among the evaluation's mails, two that are
# not of one kind reach 0.64, and two notes of thanks 0.69.
ALIKE = 0.72
_ESSENCE = 800


@dataclass(frozen=True, slots=True)
class Example:
    """A corrected mail that a new one is like."""

    mail: int
    state: str
    category: str
    urgency: str
    reasons: frozenset[str]
    cosine: float


def essence(mail: Mail) -> str:
    """What of a mail tells what kind of mail it is."""
    return f"{mail.subject}\n{mail.written.text}\n{mail.forwarded}".strip()[:_ESSENCE] or "-"


def correct(
    store: Store, mail: StoredMail, who: str, vector: np.ndarray, *, version: int, state: str, category: str,
    urgency: str,
) -> None:  # fmt: skip
    """Keep a correction and change the mail itself, in one transaction. Raises MailTakenError, and
    ConfigurationError for values that there are not."""
    if state not in STATES or category not in CATEGORIES or urgency not in URGENCIES:
        raise ConfigurationError("There is no such state, category or urgency.")
    store.correct(mail.id, who, Correction(
        mail=mail.id, state=state, category=category, urgency=urgency, vector=vector.astype(np.float32).tobytes(),
        who=who, at=datetime.now(UTC), withdrawn=False,
    ), version=version)  # fmt: skip


def corrections(store: Store, call: str, *, all_: bool = False) -> list[Correction]:
    """Corrections that are followed, or all of them, newest first."""
    query = select(Correction).where(Correction.call == call)
    if not all_:
        query = query.where(Correction.withdrawn.is_(False))
    with store.session() as session:
        return list(session.scalars(query.order_by(Correction.id.desc())))


def set_correction(store: Store, who: str, id_: int, *, withdrawn: bool) -> None:
    """Stop following a correction, or follow it again."""
    with store.session() as session:
        row = session.get(Correction, id_)
        if row is not None:
            row.withdrawn = withdrawn
            log(session, who, "correction withdrawn" if withdrawn else "correction restored", row.mail, {}, {})


def nearest(rows: Sequence[Correction], vector: np.ndarray) -> Example | None:
    """The corrected mail that a mail of this ``vector`` is most like, None when it is like none."""
    rows = [row for row in rows if len(row.vector) == vector.nbytes]  # made by another model: not comparable
    if not rows:
        return None
    cosines = np.stack([np.frombuffer(row.vector, dtype=np.float32) for row in rows]) @ vector
    best = int(np.argmax(cosines))
    if cosines[best] < ALIKE:
        return None
    row = rows[best]
    return Example(row.mail, row.state, row.category, row.urgency, frozenset(row.reasons), float(cosines[best]))


def corrected(triaged: Triaged, example: Example) -> Triaged:
    """The triage of a mail as its example was corrected.

    A correction never hides a reason for a person that the corrected mail did not have.
    """
    new = tuple(reason for reason in triaged.human_reasons if reason not in example.reasons)
    if new and example.state != PERSON:
        return triaged
    changed = replace(
        triaged, example=example.mail, category=cast(Category, example.category),
        urgency=cast(Literal["low", "normal", "high"], example.urgency),
    )  # fmt: skip
    if example.state == PERSON:
        return replace(changed, needs_reply=True, automated="", human_reasons=triaged.human_reasons or (CORRECTED,))
    if example.state == DRAFTED:
        return replace(changed, needs_reply=True, automated="", human_reasons=())
    return replace(
        changed, needs_reply=False, human_reasons=(), automated=CORRECTED if example.state == AUTOMATED else ""
    )  # fmt: skip
