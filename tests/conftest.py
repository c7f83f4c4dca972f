"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.embedded_model import prepare_embedded_model


@pytest.fixture(scope="session")
def embedded_folder() -> Path:
    """The prepared embedded model, in AAP_CACHE_DIR or the user's cache: built once, then kept."""
    return prepare_embedded_model()


@pytest.fixture(scope="session")
def texts_in_six_languages() -> list[str]:
    """204 sentences in French, English, Spanish, German, Portuguese and Arabic, 34 of each."""
    path = Path(__file__).parent / "ingest" / "texts_six_languages.txt"
    return path.read_text(encoding="utf-8").splitlines()
