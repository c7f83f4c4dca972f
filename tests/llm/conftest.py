"""A scripted chat model for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.llm.scripted import Script, serving


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Script]]:
    with serving() as served:
        yield served


@pytest.fixture
def script(server: tuple[str, Script]) -> Script:
    server[1].requests.clear()
    return server[1]
