"""Fetching over TLS: the certificate has to be trusted and to be of the name that was asked for."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.sources import read_states
from tests.desk.servers import Certificate, make_certificate
from tests.fetch.conftest import list_sources
from tests.fetch.server import PAGE, Site, serve
from tests.fetch.test_fetch import fetch


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secure(certificate: Certificate) -> Iterator[Site]:
    """The server behind TLS, with a certificate of 127.0.0.1."""
    server, site = serve()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    site.base = site.base.replace("http:", "https:")
    site.put("/guide", PAGE)
    yield site
    site.stop.set()
    server.shutdown()
    server.server_close()


def test_a_page_behind_a_trusted_certificate_is_fetched(
    secure: Site, certificate: Certificate, folders: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    secure.redirect("/old", "/guide", 302)
    list_sources(folders, guide=f"{secure.base}/guide", old=f"{secure.base}/old")
    states = fetch(folders)
    assert states["guide"].state == states["old"].state == "fetched"
    assert states["old"].address == f"{secure.base}/guide"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    secure: Site, folders: Settings, tmp_path: Path
) -> None:
    list_sources(folders, guide=f"{secure.base}/guide")
    state = fetch(folders)["guide"]
    assert state.state == "refused"
    assert "certificate" in state.detail.lower()
    assert not list((tmp_path / "data").rglob("*.html"))


def test_a_certificate_of_another_name_is_not_trusted(
    secure: Site, certificate: Certificate, folders: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    list_sources(folders, guide=f"{secure.base.replace('127.0.0.1', 'localhost')}/guide")
    state = fetch(folders)["guide"]
    assert state.state == "refused"
    assert "certificate" in state.detail.lower()
    assert read_states(folders.data_dir, "essai")["guide"].state == "refused"
