"""Numbered versions of a call's index: built aside, switched in one step.

    data_dir/index/<call>/
      current              the number in use, replaced atomically
      write.lock           held by whoever builds
      versions/0001/       catalog.sqlite, intents.npz, vectors/ (or, when a Chroma server keeps
                           them, collections: their name there)
      versions/0001/linked the same of the linked resources, where there are any
      versions/.staging/   the version that is being built

Where the linked resources are many, ``linked`` holds only what changed since an older version, and
its file continues.json names that version and the documents of it that no longer count: what one
changed document costs must not grow with all the others.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import IndexBusyError, IndexMissingError

KEEP = 3
# The folder, within a version's, of the index of its linked resources.
LINKED = "linked"
_CONTINUES = "continues.json"


@dataclass(frozen=True, slots=True)
class Continued:
    """The version whose linked resources another continues, and the ids of those documents of it that
    were changed or taken out since."""

    version: int
    without: frozenset[str]

    def write(self, linked: Path) -> None:
        """Note it down in the folder of the part that continues it."""
        said = {"version": self.version, "without": sorted(self.without)}
        (linked / _CONTINUES).write_text(json.dumps(said), encoding="utf-8")


def continued(version: Path) -> Continued | None:
    """What the linked resources of the version in this folder continue, if anything."""
    path = version / LINKED / _CONTINUES
    if not path.exists():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    return Continued(int(said["version"]), frozenset(said["without"]))


def linked_folders(version: Path) -> list[tuple[Path, frozenset[str]]]:
    """Where the linked resources of the version in this folder stand, the newest first: folders, each
    with the ids of the documents in it that do not count. Raises IndexMissingError when the version that
    it continues is gone."""
    own, older = version / LINKED, continued(version)
    found = [(own, frozenset[str]())] if (own / "catalog.sqlite").exists() else []
    if older is not None:
        folder = _folder(version.parent, older.version)
        if not (folder / LINKED / "catalog.sqlite").exists():
            raise IndexMissingError(f"{folder}, whose linked resources {version} continues, is gone. Run 'aap ingest'.")
        found.append((folder / LINKED, older.without))
    return found


class Versions:
    """The versions of one call below ``data_dir``."""

    def __init__(self, data_dir: Path, call: str) -> None:
        self.call = call
        self.root = data_dir / "index" / call
        self._folder = self.root / "versions"

    def current(self) -> int | None:
        """The number in use, or None when nothing was built yet."""
        try:
            return int((self.root / "current").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def path(self, number: int) -> Path:
        """The folder of version ``number``."""
        return _folder(self._folder, number)

    def current_path(self) -> Path:
        """The folder in use. Raises IndexMissingError when there is none."""
        number = self.current()
        if number is None or not (self.path(number) / "catalog.sqlite").exists():
            raise IndexMissingError(
                f"There is no index for the call '{self.call}' yet. Run 'aap ingest --call {self.call}'."
            )
        return self.path(number)

    @contextmanager
    def writing(
        self, timeout_s: float, waiting: Callable[[], None] | None = None
    ) -> Iterator[None]:
        """Hold the write lock; ``waiting`` is called once if another process holds it.

        Raises IndexBusyError when that lasts longer than ``timeout_s``.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / "write.lock")
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if waiting:
                    waiting()
                lock.acquire(timeout=timeout_s)
        except Timeout as error:
            raise IndexBusyError(
                f"Another process is building the index of '{self.call}'. Wait until it ends, "
                f"then run 'aap ingest' again."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def obsolete(self, keep: int = KEEP) -> list[Path]:
        """Folders that nobody needs: what a killed builder left, all versions but the ``keep``
        newest, the current one, and those whose linked resources one of these continues.

        Only for whoever holds the write lock.
        """
        numbers = sorted(self.numbers())
        kept = {*numbers[-keep:], self.current()}
        kept |= {older.version for n in kept if n is not None and (older := continued(self.path(n)))}
        staging = [path for path in (self._folder / ".staging",) if path.exists()]
        return staging + [self.path(number) for number in numbers if number not in kept]

    def staging(self) -> Path:
        """An empty folder to build in (call it with the write lock held)."""
        path = self._folder / ".staging"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def publish(self, staging: Path) -> int:
        """Give ``staging`` the next number and make it the current version."""
        number = max(self.numbers(), default=0) + 1
        os.replace(staging, self.path(number))
        self.use(number)
        return number

    def existing(self, number: int) -> Path:
        """The folder of a version that is kept. Raises IndexMissingError when it is not."""
        if not (self.path(number) / "catalog.sqlite").exists():
            kept = ", ".join(map(str, sorted(self.numbers()))) or "none"
            raise IndexMissingError(f"There is no version {number} of '{self.call}' (kept: {kept}).")
        return self.path(number)

    def use(self, number: int) -> None:
        """Make ``number`` the current version. Raises IndexMissingError when it is not kept."""
        self.existing(number)
        pointer = self.root / "current.new"
        with pointer.open("w", encoding="ascii") as file:
            file.write(str(number))
            file.flush()
            os.fsync(file.fileno())
        os.replace(pointer, self.root / "current")

    def numbers(self) -> list[int]:
        """Numbers of all versions on disk."""
        return [int(path.name) for path in self._folder.glob("[0-9]" * 4)]


def _folder(versions: Path, number: int) -> Path:
    return versions / f"{number:04}"
