"""The desk on the real assistant, and mails to give it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.desk.store import Store
from assistant.desk.triage import Desk
from assistant.desk.users import add_user
from assistant.settings import Settings
from tests.desk.at_desk import PASSWORD
from tests.web.helpers import build_site


@pytest.fixture(scope="session")
def desk(assistant: Assistant) -> Desk:
    """The mail desk of the first call."""
    return Desk(assistant)


@pytest.fixture
def letter() -> Callable[..., bytes]:
    """Builds a plain mail: body, subject, further headers."""

    def build(body: str, subject: str = "AAP", sender: str = "Ana Silva <ana@exemple.fr>", **headers: str) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, "aap@exemple.fr", subject
        message["Message-ID"] = headers.pop("message_id", "<1@exemple.fr>")
        message["Date"] = "Mon, 5 Feb 2024 10:00:00 +0100"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        return message.as_bytes()

    return build


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a desk and a corpus of this test's own."""
    shutil.copytree(settings.corpus_dir, tmp_path / "corpus")
    return settings.model_copy(update={"data_dir": tmp_path, "corpus_dir": tmp_path / "corpus"})


@pytest.fixture
def own(assistant: Assistant, settings: Settings, tmp_path: Path) -> Settings:
    """A built call of this test's own."""
    assert assistant.ready()
    for name, source in (("data", settings.data_dir), ("corpus", settings.corpus_dir)):
        shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("*.lock", "desk.sqlite*", "web.sqlite*"))
    return settings.model_copy(update={"data_dir": tmp_path / "data", "corpus_dir": tmp_path / "corpus"})


@pytest.fixture
def at_desk(place: Settings) -> Iterator[Store]:
    """The store of the desk that ``client`` serves, with the officers anne and zoe."""
    made = Store(f"sqlite:///{place.data_dir}/desk.sqlite")
    add_user(made, "anne", PASSWORD)
    add_user(made, "zoe", PASSWORD)
    yield made
    made.close()


@pytest.fixture
def client(assistant: Assistant, place: Settings, at_desk: Store) -> TestClient:
    """Talks to the desk; nobody is logged in."""
    return TestClient(build_site(assistant, place), raise_server_exceptions=False, follow_redirects=False)
