"""Reading a real mailbox (Dovecot), also over a line that is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from pydantic import SecretStr

from assistant.desk.mailbox import MailboxError, MailboxSettings, append_draft, connected
from assistant.desk.store import Store
from assistant.desk.sync import sync_mailbox
from assistant.desk.triage import Desk
from tests.desk.servers import CutLine, dovecot

Letter = Callable[..., bytes]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with dovecot(tmp_path_factory.mktemp("dovecot")) as imap:
        yield imap.port


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/desk.sqlite")
    yield made
    made.close()


@pytest.fixture
def box(port: int, request: pytest.FixtureRequest) -> MailboxSettings:
    """An account of this test's own."""
    user = "".join(c for c in request.node.name if c.isalnum())
    return MailboxSettings(host="127.0.0.1", port=port, user=user, password=SecretStr("secret"), security="none", timeout_s=10)


def _deliver(box: MailboxSettings, mails: list[bytes]) -> None:
    with connected(box) as client:
        for raw in mails:
            client.append("INBOX", raw)


def _letters(letter: Letter, count: int, first: int = 0) -> list[bytes]:
    return [letter("Merci beaucoup.\n" + "x" * 3_000, message_id=f"<{n}@x>") for n in range(first, first + count)]


def _kept(store: Store, desk: Desk) -> list[str]:
    return sorted(mail.message_id for mail in store.mails(desk.call.id, limit=1_000))


def test_sync_reads_each_mail_once_and_changes_nothing(box: MailboxSettings, store: Store, desk: Desk, letter: Letter) -> None:
    _deliver(box, _letters(letter, 3))
    assert sync_mailbox(desk, store, box) == 3
    assert sync_mailbox(desk, store, box) == 0
    _deliver(box, _letters(letter, 2, first=3))
    assert sync_mailbox(desk, store, box) == 2
    with connected(box) as client:
        client.select_folder("INBOX", readonly=True)
        assert all(b"\\Seen" not in found[b"FLAGS"] for found in client.fetch(client.search(), ["FLAGS"]).values())


def test_a_cut_connection_loses_and_doubles_nothing(box: MailboxSettings, store: Store, desk: Desk, letter: Letter) -> None:
    _deliver(box, _letters(letter, 12))
    line = CutLine(box.port or 0, limit=15_000, cuts=3)
    try:
        cut = box.model_copy(update={"port": line.port})
        assert sync_mailbox(desk, store, cut, pause_s=0.05) == 12
        assert line.left < 0, "the line was never cut"
    finally:
        line.close()
    assert _kept(store, desk) == sorted(f"<{n}@x>" for n in range(12))


def test_a_line_that_is_always_cut_says_so_and_keeps_what_was_read(
    box: MailboxSettings, store: Store, desk: Desk, letter: Letter
) -> None:
    _deliver(box, _letters(letter, 4))
    line = CutLine(box.port or 0, limit=200, cuts=1_000)
    try:
        with pytest.raises(MailboxError, match="run the command again"):
            sync_mailbox(desk, store, box.model_copy(update={"port": line.port}), pause_s=0.01)
    finally:
        line.close()
    assert sync_mailbox(desk, store, box) == 4


def test_a_new_uidvalidity_starts_again_without_doubles(box: MailboxSettings, store: Store, desk: Desk, letter: Letter) -> None:
    _deliver(box, _letters(letter, 3))
    assert sync_mailbox(desk, store, box) == 3
    store.advance(box.name, 1, 999_999)
    _deliver(box, _letters(letter, 1, first=3))
    assert sync_mailbox(desk, store, box) == 1
    assert len(_kept(store, desk)) == 4


def test_a_draft_is_appended_to_drafts(box: MailboxSettings, letter: Letter) -> None:
    assert append_draft(box, letter("Réponse")) == "Drafts"
    client = IMAPClient("127.0.0.1", port=box.port, ssl=False)
    client.login(box.user, "secret")
    client.select_folder("Drafts", readonly=True)
    (found,) = client.fetch(client.search(), ["FLAGS"]).values()
    client.logout()
    assert b"\\Draft" in found[b"FLAGS"]


def test_a_refused_login_says_what_to_check(box: MailboxSettings) -> None:
    with pytest.raises(MailboxError, match="AAP_IMAP_USER"), connected(box.model_copy(update={"password": SecretStr("no")})):
        pass
