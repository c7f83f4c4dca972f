"""The officer's mailbox over IMAP. Reading changes nothing in it; drafts are appended, never sent."""

from __future__ import annotations

import shlex
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Literal

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError
from pydantic import BaseModel, ConfigDict, SecretStr

from assistant.errors import AssistantError, ConfigurationError
from assistant.settings import Settings

BATCH = 20
MAX_BYTES = 60_000_000
RETRIES = 5
_LOST = (OSError, EOFError, IMAPClientAbortError, ssl.SSLError, socket.timeout)


class MailboxError(AssistantError):
    """The mailbox can't be reached or refuses; the message says what to check."""


class MailboxSettings(BaseModel):
    """Where the mailbox is. A token command's output is used as an XOAUTH2 access token."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int | None = None
    user: str
    password: SecretStr | None = None
    token_command: str | None = None
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: str | None = None
    folder: str = "INBOX"
    timeout_s: float = 30.0

    @property
    def name(self) -> str:
        """Identifies the folder of this account in the store."""
        return f"{self.user}@{self.host}/{self.folder}"[:300]


def mailbox_of(settings: Settings) -> MailboxSettings | None:
    """The mailbox that the settings name, None when they name none."""
    if not settings.imap_host or not settings.imap_user:
        return None
    return MailboxSettings(
        host=settings.imap_host, port=settings.imap_port, user=settings.imap_user,
        password=settings.imap_password, token_command=settings.imap_token_command,
        security=settings.imap_security, folder=settings.imap_folder,
        ca_file=str(settings.imap_ca_file) if settings.imap_ca_file else None,
    )  # fmt: skip


@contextmanager
def connected(settings: MailboxSettings) -> Iterator[IMAPClient]:
    """A session with the mailbox. Raises MailboxError when the login is refused."""
    context = ssl.create_default_context(cafile=settings.ca_file)
    port = settings.port or (993 if settings.security == "tls" else 143)
    client = IMAPClient(
        settings.host, port, ssl=settings.security == "tls",
        ssl_context=context if settings.security == "tls" else None, timeout=settings.timeout_s,
    )  # fmt: skip
    try:
        if settings.security == "starttls":
            try:
                client.starttls(ssl_context=context)
            except CapabilityError as error:
                raise MailboxError(f"{settings.host} does not offer STARTTLS: set AAP_IMAP_SECURITY=tls.") from error
        try:
            _login(client, settings)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise MailboxError(
                f"{settings.host} refuses the login of {settings.user}: check AAP_IMAP_USER and the password or token."
            ) from error
        yield client
    finally:
        with suppress(Exception):
            client.logout()


def _login(client: IMAPClient, settings: MailboxSettings) -> None:
    if settings.token_command:
        client.oauth2_login(settings.user, _token(settings.token_command))
    elif settings.password is not None:
        client.login(settings.user, settings.password.get_secret_value())
    else:
        raise ConfigurationError("Set AAP_IMAP_PASSWORD or AAP_IMAP_TOKEN_COMMAND.")


def _token(command: str) -> str:
    """What the officer's own command prints; it runs without a shell."""
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=60, check=True)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ConfigurationError("AAP_IMAP_TOKEN_COMMAND failed: run it by hand.") from error
    if not done.stdout.strip():
        raise ConfigurationError("AAP_IMAP_TOKEN_COMMAND printed nothing: run it by hand.")
    return done.stdout.strip()


def read_new(
    settings: MailboxSettings,
    position: Callable[[], tuple[int, int] | None],
    keep: Callable[[int, int, bytes], None],
    *,
    pause_s: float = 2.0,
) -> int:
    """Give every mail after ``position`` (UIDVALIDITY, last UID) to ``keep``; how many there were.

    ``keep`` stores the mail and the new position together, so that a killed or cut run resumes
    where it was: no mail is lost or doubled. A cut connection is opened again, RETRIES times
    without progress. Raises MailboxError then.
    """
    total = failures = 0
    while True:
        before = total
        try:
            with connected(settings) as client:
                for uidvalidity, uid, raw in _fetch(client, settings.folder, position):
                    keep(uidvalidity, uid, raw)
                    total += 1
                return total
        except _LOST as error:
            failures = 0 if total > before else failures + 1
            if failures >= RETRIES:
                raise MailboxError(
                    f"The connection to {settings.host} fails ({type(error).__name__}: {error}). "
                    "What was read is kept; run the command again."
                ) from error
            time.sleep(pause_s)
        except IMAPClientError as error:
            raise MailboxError(f"{settings.host}, folder '{settings.folder}': {error}.") from error


def _fetch(
    client: IMAPClient, folder: str, position: Callable[[], tuple[int, int] | None]
) -> Iterator[tuple[int, int, bytes]]:
    selected = client.select_folder(folder, readonly=True)
    uidvalidity = int(selected[b"UIDVALIDITY"])
    known = position()
    last = known[1] if known and known[0] == uidvalidity else 0
    uids = sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)
    for start in range(0, len(uids), BATCH):
        sizes = client.fetch(uids[start : start + BATCH], ["RFC822.SIZE"])
        for uid in sorted(sizes):
            part = "BODY.PEEK[]" if sizes[uid][b"RFC822.SIZE"] <= MAX_BYTES else f"BODY.PEEK[]<0.{MAX_BYTES}>"
            got = client.fetch([uid], [part]).get(uid, {})
            raw = next((value for key, value in got.items() if key.startswith(b"BODY[")), None)
            if isinstance(raw, bytes):  # None: erased meanwhile
                yield uidvalidity, uid, raw


def wait_for_mail(settings: MailboxSettings, seconds: float) -> None:
    """Return when the server announces something (IDLE), or after ``seconds``."""
    try:
        with connected(settings) as client:
            if b"IDLE" not in client.capabilities():
                time.sleep(seconds)
                return
            client.select_folder(settings.folder, readonly=True)
            client.idle()
            client.idle_check(timeout=seconds)
            client.idle_done()
    except (*_LOST, IMAPClientError):
        time.sleep(min(seconds, 30.0))


def append_draft(settings: MailboxSettings, message: bytes, folder: str | None = None) -> str:
    """Put a reply into the mailbox's Drafts; the folder's name."""
    try:
        with connected(settings) as client:
            found: Any = folder or client.find_special_folder(b"\\Drafts")
            if not found:
                raise MailboxError("The mailbox has no Drafts folder: set AAP_IMAP_DRAFTS.")
            client.append(found, message, flags=(b"\\Draft", b"\\Seen"), msg_time=datetime.now().astimezone())
            return str(found)
    except (*_LOST, IMAPClientError) as error:
        raise MailboxError(f"The draft can't be put into the mailbox ({error}). It is kept here.") from error
