"""The assistant on the same call without its FAQ: what a new call gets before anybody wrote one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.answering.assistant import Assistant
from assistant.embedding import load_embedder
from assistant.settings import Settings
from assistant.sources import sources_folder
from ingest.build import ingest


@contextmanager
def assistant_without_faq(settings: Settings, call: str) -> Iterator[Assistant]:
    """An assistant on a temporary index of ``call`` built without faq.toml; settings and index of
    the installation stay as they are."""
    with TemporaryDirectory(prefix="aap-without-faq-") as name:
        folder = Path(name)
        bare = settings.model_copy(
            update={
                "corpus_dir": folder / "corpus", "data_dir": folder / "data", "call": call,
                "chroma_url": None,
            }
        )  # fmt: skip
        shutil.copytree(settings.corpus_dir / call, bare.corpus_dir / call)
        (bare.corpus_dir / call / "faq.toml").unlink(missing_ok=True)
        # What does not hang on the FAQ is taken over: embedding it again takes a minute.
        for kept, copy in (
            (settings.data_dir / "prototypes", bare.data_dir / "prototypes"),
            (sources_folder(settings.data_dir, call), sources_folder(bare.data_dir, call)),
        ):
            if kept.is_dir():
                shutil.copytree(kept, copy)
        ingest(bare, call, load_embedder(bare.embedder, bare.cache_dir, threads=bare.threads))
        with closing(Assistant.open(bare)) as assistant:
            yield assistant
