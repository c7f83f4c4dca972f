"""TLS, STARTTLS, tokens and IDLE with a real Dovecot; sending with a real SMTP server."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from assistant.desk.mailbox import MailboxError, MailboxSettings, connected, wait_for_mail
from assistant.desk.sending import SendingError, SmtpSettings, send, smtp_of
from assistant.desk.store import Store
from assistant.desk.sync import sync_mailbox
from assistant.desk.triage import Desk
from assistant.errors import ConfigurationError
from assistant.settings import Settings
from tests.desk.at_desk import Received
from tests.desk.servers import (
    Certificate,
    Imap,
    dovecot,
    free_port,
    make_certificate,
    token_service,
)

Letter = Callable[..., bytes]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def imap(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[Imap]:
    with (
        token_service({"good-token": "tokens"}) as url,
        dovecot(tmp_path_factory.mktemp("dovecot"), certificate=certificate, token_info=url) as imap,
    ):
        yield imap


@pytest.fixture
def box(imap: Imap, certificate: Certificate, request: pytest.FixtureRequest) -> MailboxSettings:
    """An account of this test's own, over TLS."""
    user = "".join(c for c in request.node.name if c.isalnum())
    return MailboxSettings(
        host="127.0.0.1", port=imap.tls_port, user=user, password=SecretStr("secret"), security="tls",
        ca_file=str(certificate.file), timeout_s=10,
    )  # fmt: skip


def _deliver(box: MailboxSettings, raw: bytes) -> None:
    with connected(box) as client:
        client.append("INBOX", raw)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_is_read_over_tls(
    box: MailboxSettings, imap: Imap, desk: Desk, letter: Letter, tmp_path: Path, security: str
) -> None:
    port = imap.tls_port if security == "tls" else imap.port
    box = box.model_copy(update={"security": security, "port": port})
    _deliver(box, letter("Merci beaucoup."))
    store = Store(f"sqlite:///{tmp_path}/desk.sqlite")
    assert sync_mailbox(desk, store, box) == 1
    store.close()
    with pytest.raises(ssl.SSLError), connected(box.model_copy(update={"ca_file": None})):
        pass


def test_a_server_without_tls_is_refused_when_tls_is_asked(box: MailboxSettings, tmp_path: Path) -> None:
    with dovecot(tmp_path / "plain") as plain:
        for security in ("tls", "starttls"):
            settings = box.model_copy(update={"security": security, "port": plain.port})
            with pytest.raises((ssl.SSLError, MailboxError)), connected(settings):
                pass


def test_a_token_of_a_command_logs_in(box: MailboxSettings) -> None:
    box = box.model_copy(update={"user": "tokens", "password": None})
    with connected(box.model_copy(update={"token_command": "printf good-token"})) as client:
        assert client.folder_exists("INBOX")
    with pytest.raises(MailboxError, match="token"), connected(box.model_copy(update={"token_command": "printf bad"})):
        pass
    for command in ("false", "true", "/no/such/program"):
        with pytest.raises(ConfigurationError, match="AAP_IMAP_TOKEN_COMMAND"):
            with connected(box.model_copy(update={"token_command": command})):
                pass


def test_idle_tells_of_new_mail(box: MailboxSettings, letter: Letter) -> None:
    _deliver(box, letter("Un"))
    waiting = threading.Thread(target=wait_for_mail, args=(box, 60.0))
    waiting.start()
    end = time.monotonic() + 50
    while waiting.is_alive() and time.monotonic() < end:  # it may not be in IDLE yet
        _deliver(box, letter("Deux"))
        waiting.join(1.0)
    assert not waiting.is_alive()


@pytest.fixture
def smtp(certificate: Certificate) -> Iterator[tuple[SmtpSettings, Received]]:
    """A server that wants STARTTLS and the login anne/secret."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.file, certificate.key)
    received = Received()

    def check(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == b"secret", handled=False)

    controller = Controller(
        received, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        authenticator=check, auth_required=True,
    )  # fmt: skip
    controller.start()
    yield SmtpSettings(
        host="127.0.0.1", port=controller.port, user="anne", password=SecretStr("secret"), ca_file=str(certificate.file)
    ), received
    controller.stop()


def test_a_reply_is_sent_over_starttls(smtp: tuple[SmtpSettings, Received], letter: Letter) -> None:
    settings, received = smtp
    send(settings, letter("Réponse : été"))
    (envelope,) = received.envelopes
    assert envelope.rcpt_tos == ["aap@exemple.fr"] and isinstance(envelope.content, bytes)
    assert message_from_bytes(envelope.content, policy=default).get_content().strip() == "Réponse : été"
    with pytest.raises(SendingError, match="AAP_SMTP"):
        send(settings.model_copy(update={"password": SecretStr("wrong")}), letter("x"))
    with pytest.raises(SendingError, match="AAP_SMTP"):
        send(settings.model_copy(update={"port": free_port()}), letter("x"))
    with pytest.raises(SendingError, match="SSL"):
        send(settings.model_copy(update={"ca_file": None}), letter("x"))
    with pytest.raises(SendingError, match="no address"):
        send(settings, b"Subject: x\r\n\r\nx")
    assert len(received.envelopes) == 1


def test_sending_is_off_unless_it_is_turned_on(settings: Settings) -> None:
    there = settings.model_copy(update={"smtp_host": "smtp.example.org"})
    assert smtp_of(there) is None
    on = smtp_of(there.model_copy(update={"smtp_send": True}))
    assert on is not None and on.port == 587
    with pytest.raises(ConfigurationError, match="AAP_SMTP_HOST"):
        smtp_of(settings.model_copy(update={"smtp_send": True}))
