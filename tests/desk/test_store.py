"""What the desk keeps, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assistant.desk.database import open_database
from assistant.desk.decisions import Decision, MailTakenError
from assistant.desk.retention import export, purge
from assistant.desk.rows import DONE, DRAFTED, PERSON, REJECTED
from assistant.desk.store import Store
from assistant.desk.triage import Desk
from assistant.errors import ConfigurationError
from tests.desk.servers import postgresql

Letter = Callable[..., bytes]


@pytest.fixture(scope="module")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/desk.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    made = Store(url)
    yield made
    if request.param == "postgresql":
        with made.engine.begin() as connection:
            connection.execute(text("TRUNCATE mails, mailboxes, users, wordings, corrections"))
    made.close()


def _add(store: Store, desk: Desk, raw: bytes) -> int | None:
    return store.add(raw, desk.triage(raw), call=desk.call.id, source="test")


def test_a_mail_is_kept_once_with_its_triage(store: Store, desk: Desk, letter: Letter) -> None:
    raw = letter("Quelle est la date de clôture ?\x00")
    id_ = _add(store, desk, raw)
    assert id_ is not None and _add(store, desk, raw) is None
    kept = store.mail(id_)
    assert kept.state == DRAFTED and kept.raw == raw and "13 mars 2024" in kept.draft
    assert kept.triage["citations"][0]["quote"]
    assert store.counts(desk.call.id) == {DRAFTED: 1}


def test_the_second_officer_sees_that_a_mail_is_taken(store: Store, desk: Desk, letter: Letter) -> None:
    id_ = _add(store, desk, letter("Où en est notre dossier ?"))
    assert id_ is not None
    seen = store.mail(id_)
    assert seen.state == PERSON
    store.decide(id_, "anne", Decision("approved", state=DONE, draft="Bonjour"), version=seen.version)
    with pytest.raises(MailTakenError, match="anne"):
        store.decide(id_, "benoit", Decision("rejected", state=REJECTED), version=seen.version)
    kept = store.mail(id_)
    assert (kept.state, kept.officer, kept.draft) == (DONE, "anne", "Bonjour")
    assert [(entry.who, entry.what) for entry in store.audit(id_)] == [("desk", "received"), ("anne", "approved")]


def test_the_audit_log_can_not_be_rewritten(store: Store, desk: Desk, letter: Letter) -> None:
    _add(store, desk, letter("Quelle est la date ?", message_id="<audit@x>"))
    for statement in ("DELETE FROM audit", "UPDATE audit SET who = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
            connection.execute(text(statement))


def test_export_and_erasure_of_one_address(store: Store, desk: Desk, letter: Letter) -> None:
    _add(store, desk, letter("Quelle est la date ?", sender="Ana <ana@exemple.fr>"))
    _add(store, desk, letter("Quelle est la date ?", sender="Léo <leo@exemple.fr>"))
    assert [row["sender"] for row in export(store, "ANA@exemple.fr")] == ["ana@exemple.fr"]
    gone = purge(store, "anne", sender="ana@exemple.fr")
    assert (gone.mails, gone.senders) == (1, {"ana@exemple.fr": 1})
    assert [row["sender"] for row in export(store)] == ["leo@exemple.fr"]
    assert "ana@exemple.fr" not in str([(e.before, e.after) for e in store.audit()])
    assert purge(store, "anne", older_than_days=1).mails == 0
    assert purge(store, "anne", older_than_days=0).mails == 1
    with pytest.raises(ConfigurationError):
        purge(store, "anne")


def test_search_finds_words_of_mails(store: Store, desk: Desk, letter: Letter) -> None:
    _add(store, desk, letter("Quelle est la date de clôture ?", subject="Calendrier"))
    assert [row.subject for row in store.mails(desk.call.id, search="calendrier")] == ["Calendrier"]
    assert store.mails(desk.call.id, states=[DONE]) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_the_first_version_is_brought_up_to_date(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/old.sqlite"
    if kind == "postgresql":
        there = request.getfixturevalue("postgresql_url")
        with psycopg.connect(there, autocommit=True) as connection:
            connection.execute("CREATE DATABASE old")
        url = there.replace("/postgres", "/old")
    engine = open_database(url, "0001")
    triage = '{"human_reasons": [], "urgent_reasons": [], "urgency": "high", "category": "calendar", "replies": []}'
    with engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO mails (call, source, fingerprint, message_id, thread, sender, sender_name, subject, text, raw, "
            "received, stored, state, triage, draft, officer, note, version) VALUES ('c', 's', 'f', 'm', 't', 'a@x', "
            "'A', 'S', 'T', 'R', '2024-02-05 10:00:00', '2024-02-05 10:00:00', 'drafted', :triage, 'D', '', '', 1)"
        ), {"triage": triage})  # fmt: skip
    engine.dispose()
    store = Store(url)
    (kept,) = store.mails("c", urgent=True)
    assert (kept.assignee, kept.until, kept.answered, kept.previous) == ("", None, None, [])
    assert store.decide(kept.id, "anne", Decision("approved", state=DONE), version=1).answered is not None
    assert store.undo(kept.id, "anne", version=2).state == DRAFTED
    store.close()


_DECISIONS = st.builds(
    Decision, st.sampled_from(["saved", "approved", "rejected", "snoozed", "asked"]),
    state=st.sampled_from([None, DONE, REJECTED, PERSON, "snoozed"]), draft=st.none() | st.text(max_size=20),
    note=st.none() | st.text(max_size=20), assignee=st.sampled_from([None, "anne", "zoe"]),
    until=st.sampled_from([None, datetime(2030, 1, 1, 8, tzinfo=UTC)]),
)  # fmt: skip


@given(st.lists(_DECISIONS, max_size=8))
@settings(max_examples=15, deadline=None)
def test_undoing_every_decision_gives_the_mail_as_it_came(
    tmp_path_factory: pytest.TempPathFactory, desk: Desk, decisions: list[Decision]
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('undo')}/desk.sqlite")
    raw = b"From: Ana <ana@exemple.fr>\n\nMerci !"
    id_ = _add(store, desk, raw)
    assert id_ is not None

    def seen() -> tuple[object, ...]:
        mail = store.mail(id_)
        return mail.state, mail.draft, mail.note, mail.assignee, mail.officer, mail.until, mail.answered, mail.triage

    states = [seen()]
    for decision in decisions:
        store.decide(id_, "anne", decision, version=store.mail(id_).version)
        states.append(seen())
    for state in reversed(states[:-1]):
        store.undo(id_, "zoe", version=store.mail(id_).version)
        assert seen()[:5] + seen()[7:] == state[:5] + state[7:]
    assert [entry.what for entry in store.audit(id_)].count("undone") == len(decisions)
    store.close()
