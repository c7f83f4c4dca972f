"""A real Dovecot, a real PostgreSQL and a line that can be cut, for the tests of the desk."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest


def needed(*candidates: str) -> str:
    """The path of a program. Without it the test fails, or is skipped when PARTIAL=1."""
    for name in candidates:
        found = shutil.which(name) or (name if Path(name).exists() else None)
        if found:
            return found
    if os.environ.get("PARTIAL") == "1":
        pytest.skip(f"{candidates[0]} is not installed and PARTIAL=1")
    pytest.fail(f"{candidates[0]} is missing: install it with the system packages of 'make test'")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail("the server did not start")


@dataclass(frozen=True)
class Imap:
    """Ports of a Dovecot: STARTTLS is offered on ``port`` when there is a certificate."""

    port: int
    tls_port: int


@contextmanager
def dovecot(folder: Path, *, certificate: Certificate | None = None, token_info: str = "") -> Iterator[Imap]:
    """An IMAP server where every account has the password "secret". With a ``certificate`` it speaks
    TLS; with ``token_info`` (a URL that a token is put behind) it takes XOAUTH2 tokens."""
    program = needed("dovecot", "/usr/sbin/dovecot")
    imap = Imap(free_port(), free_port() if certificate else 0)
    mail = folder / "mail"
    mail.mkdir(parents=True)
    root = os.geteuid() == 0
    owner = "www-data" if root else str(os.geteuid())
    if root:
        shutil.chown(mail, "www-data", "www-data")
        for parent in [folder, *folder.parents]:
            if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
                parent.chmod(0o755)
    own = "" if root else f"default_internal_user = {owner}\ndefault_login_user = {owner}\ndefault_internal_group = {os.getegid()}\n"
    tls = "ssl = no\n"
    if certificate:
        tls = f"ssl = yes\nssl_cert = <{certificate.file}\nssl_key = <{certificate.key}\n"
    tokens = ""
    if token_info:
        (folder / "oauth2.conf").write_text(f"tokeninfo_url = {token_info}\nusername_attribute = email\nactive_attribute = active\n")
        tokens = (
            "auth_mechanisms = plain xoauth2\n"
            f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {folder}/oauth2.conf\n}}\n"
        )
    config = folder / "dovecot.conf"
    config.write_text(
        f"""base_dir = {folder}/run
log_path = {folder}/log
{tls}disable_plaintext_auth = no
protocols = imap
listen = 127.0.0.1
first_valid_uid = 1
mail_uid = {owner}
mail_gid = {owner if root else os.getegid()}
mail_location = maildir:{mail}/%u
{own}{tokens}passdb {{
  driver = static
  mechanisms = plain
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner if root else os.getegid()} home={mail}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap.port}
  }}
  inet_listener imaps {{
    port = {imap.tls_port}
    ssl = {"yes" if certificate else "no"}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
}}
""",
        encoding="utf-8",
    )
    process = subprocess.Popen([program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(imap.port, process)
        yield imap
    finally:
        process.terminate()
        process.wait(timeout=20)


@dataclass(frozen=True)
class Certificate:
    """A certificate of 127.0.0.1 that vouches for itself."""

    file: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """By openssl, valid for two days."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        [needed("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made.key), "-out", str(made.file)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return made


@contextmanager
def token_service(tokens: dict[str, str]) -> Iterator[str]:
    """An OAuth2 provider that knows ``tokens`` (token to account); the URL to put a token behind."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            account = tokens.get(parse_qs(urlsplit(self.path).query).get("access_token", [""])[0])
            body = json.dumps({"email": account, "active": "true"} if account else {"error": "invalid_token"}).encode()
            self.send_response(200 if account else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tokeninfo?access_token="
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of a new PostgreSQL database."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    needed(str(versions[0] / "initdb") if versions else "initdb")
    tools = versions[0]
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    data = folder / "pg"
    data.mkdir(parents=True)
    if as_user:
        shutil.chown(data, "postgres", "postgres")
        for parent in data.parents:
            if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
                parent.chmod(0o755)
    port = free_port()
    subprocess.run(
        [*as_user, str(tools / "initdb"), "-D", str(data / "db"), "-U", "desk", "-A", "trust", "-E", "UTF8"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=data,
    )  # fmt: skip
    process = subprocess.Popen(
        [*as_user, str(tools / "postgres"), "-D", str(data / "db"), "-p", str(port), "-k", str(data), "-h", "127.0.0.1", "-F"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=data,
    )  # fmt: skip
    try:
        _wait(port, process)
        for _ in range(100):  # it listens before it takes connections
            import psycopg

            with suppress(psycopg.OperationalError):
                psycopg.connect(f"postgresql://desk@127.0.0.1:{port}/postgres").close()
                break
            time.sleep(0.1)
        yield f"postgresql://desk@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*as_user, str(tools / "pg_ctl"), "-D", str(data / "db"), "-m", "immediate", "stop"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=data)  # fmt: skip
        process.wait(timeout=20)


class CutLine:
    """A TCP relay to ``port`` that drops each of the first ``cuts`` connections after ``limit`` bytes."""

    def __init__(self, port: int, limit: int, cuts: int) -> None:
        self._target, self._limit, self.left = port, limit, cuts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            budget = self._limit if self.left > 0 else 1 << 40
            self.left -= 1
            threading.Thread(target=self._pump, args=(client, server, 1 << 40), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, budget), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, budget: int) -> None:
        with suppress(OSError):
            while data := source.recv(4_096):
                sink.sendall(data[:budget])
                budget -= len(data)
                if budget <= 0:
                    break
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
