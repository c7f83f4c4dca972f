"""What several test files share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.answering.assistant import Assistant
from assistant.clock import stopped_clock
from assistant.embedding import Embedder, load_embedder
from assistant.settings import Settings, load_settings
from ingest.build import ingest
from ingest.embedded_model import prepare_embedded_model
from ingest.prototypes import build_prototypes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What installs the project from nothing takes longest: with two processes it comes first, beside the rest."""
    items.sort(key=lambda item: "packaging" not in item.path.parts)


@pytest.fixture(scope="session")
def embedded_folder() -> Path:
    """The prepared embedded model, in AAP_CACHE_DIR or the user's cache: built once, then kept."""
    return prepare_embedded_model()


@pytest.fixture(scope="session")
def texts_in_six_languages() -> list[str]:
    """204 sentences in French, English, Spanish, German, Portuguese and Arabic, 34 of each."""
    path = Path(__file__).parent / "ingest" / "texts_six_languages.txt"
    return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a normal installation, with the index in a folder of the session."""
    return load_settings().model_copy(update={"data_dir": tmp_path_factory.mktemp("data")})


@pytest.fixture(scope="session")
def embedder(embedded_folder: Path, settings: Settings) -> Embedder:
    """The embedded model, as serving loads it."""
    return load_embedder(settings.embedder, settings.cache_dir, threads=settings.threads)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of a run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _alone(shared: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def prototypes(settings: Settings, embedder: Embedder, shared: Path) -> Path:
    """The standard questions, embedded once in a run: what an installation has as "prototypes"."""
    with _alone(shared):
        build_prototypes(shared, embedder)
    (settings.data_dir / "prototypes").symlink_to(shared / "prototypes")
    return shared / "prototypes"


@pytest.fixture(scope="session")
def assistant(
    settings: Settings, embedder: Embedder, shared: Path, prototypes: Path
) -> Iterator[Assistant]:
    """The real assistant on the real corpus, while the call is open (1 February 2024, noon)."""
    with _alone(shared):
        ingest(settings.model_copy(update={"data_dir": shared}), settings.call, embedder)
    shutil.copytree(shared / "index", settings.data_dir / "index", dirs_exist_ok=True)
    noon = datetime(2024, 2, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
    made = Assistant(settings, embedder, stopped_clock(noon))
    yield made
    made.close()
