"""A web server, and a call whose sources stand on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings
from tests.fetch.server import Site, serve
from tests.ingest.corner import CALL, TEXT


@pytest.fixture
def site() -> Iterator[Site]:
    """The server, empty."""
    server, site = serve()
    yield site
    site.stop.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def folders(tmp_path: Path) -> Settings:
    """Settings with the made-up call 'essai' in folders of its own."""
    folder = tmp_path / "corpus" / "essai"
    folder.mkdir(parents=True)
    (folder / "call.toml").write_text(CALL, encoding="utf-8")
    (folder / "reglement.md").write_text(TEXT, encoding="utf-8")
    return load_settings().model_copy(
        update={
            "corpus_dir": tmp_path / "corpus",
            "data_dir": tmp_path / "data",
            "call": "essai",
            "fetch_loopback": True,
        }
    )


def list_sources(settings: Settings, **urls: str) -> None:
    """Write sources.toml: an address for every id."""
    tables = [
        f'[[source]]\nid = "{id_}"\ntitle = "Titre de {id_}"\nurl = "{url}"\n'
        + (f'kind = "{"pdf" if url.endswith(".pdf") else "html"}"\n')
        for id_, url in urls.items()
    ]
    path = settings.corpus_dir / "essai" / "sources.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
