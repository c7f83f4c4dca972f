"""Where the linked resources are many, what changed stands beside them and they stay where they are."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.embedding import Embedder
from assistant.errors import IndexMissingError
from assistant.index.comparison import compare
from assistant.index.versions import LINKED, Versions, linked_folders
from assistant.settings import Settings
from ingest import begin_part
from ingest.build import ingest
from ingest.removal import tidy
from tests.ingest.corner import FAQ
from tests.ingest.test_incremental import PHASES, SENTENCES, told, write

ASKED = "Quel est le taux de subvention ?"
RATE = "Le taux de subvention est de {} % des dépenses de la commune."
Library = Mapping[str, tuple[str, str]]


@pytest.fixture
def segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of more than eight vectors are large, and all of their documents may change."""
    monkeypatch.setattr(begin_part, "COPIED", 8)
    monkeypatch.setattr(begin_part, "CHANGED", 1.0)


def library(**texts: str) -> dict[str, tuple[str, str]]:
    return {id_: ("linked", text) for id_, text in texts.items()}


def served(own: Settings, embedder: Embedder) -> dict[str, Any]:
    """All that answering may see of the documents of the current version."""
    with closing(Assistant(own, embedder)) as assistant:
        index = assistant.index("essai")
        catalogs = [index.catalog, *(linked.catalog for linked in index.linked)]
        return {
            "documents": sorted(map(repr, index.documents.values())),
            "units": {id_: index.units_of(id_) for id_ in index.documents},
            "sources": {id_: known for c in catalogs for id_, known in c.sources().items()},
            "dates": sorted(repr(f) for c in catalogs for f in c.facts_of("date")),
            "contacts": sorted(repr(unit) for c in catalogs for unit in c.contacts),
            "holds": [index.holds(sentence) for sentence in SENTENCES],
            # Which of two documents that say the same is quoted is left open.
            "answers": [assistant.ask("Quand siège le jury ?").text, "40" in assistant.ask(ASKED).text],
        }


texts = st.lists(st.sampled_from((*SENTENCES, RATE)), min_size=1, max_size=3).map("\n\n".join)
libraries = st.dictionaries(st.sampled_from(("guide", "annexe", "atlas", "plan")), texts, min_size=1)


@pytest.mark.usefixtures("segments")
@hypothesis_settings(
    max_examples=4, deadline=None, phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(libraries, min_size=3, max_size=5))
@example(  # continued, copied, put back, merged, nothing left beside it
    [
        {"guide": "\n\n".join(SENTENCES), "atlas": RATE},
        {"guide": "\n\n".join(SENTENCES), "atlas": SENTENCES[0]},
        {"guide": "\n\n".join(SENTENCES), "atlas": RATE, "plan": SENTENCES[2]},
        {"guide": SENTENCES[1], "atlas": RATE, "annexe": "\n\n".join(SENTENCES)},
        {"atlas": RATE},
    ]
)
def test_edits_end_where_a_new_build_does(
    settings: Settings, embedder: Embedder, prototypes: Path, steps: list[dict[str, str]]
) -> None:
    with TemporaryDirectory() as name:
        root = Path(name)
        folder = root / "corpus" / "essai"
        folder.mkdir(parents=True)
        (folder / "faq.toml").write_text(FAQ, encoding="utf-8")
        places = {"corpus_dir": root / "corpus", "call": "essai"}
        ways = [settings.model_copy(update=places | {"data_dir": root / way}) for way in ("step", "new")]
        for own in ways:
            own.data_dir.mkdir()
            (own.data_dir / "prototypes").symlink_to(settings.data_dir / "prototypes")
        for step in steps:
            write(folder, library(**step), "juin")
            stepwise = ingest(ways[0], "essai", embedder)
            assert stepwise.embedded + stepwise.kept == ingest(ways[0], "essai", embedder).kept
        fresh = ingest(ways[1], "essai", embedder)
        if stepwise.changed:
            assert told(stepwise) == told(fresh)
        assert served(ways[0], embedder) == served(ways[1], embedder)


@pytest.mark.usefixtures("segments")
def test_what_is_continued_stays_where_it_is_for_as_long_as_it_counts(
    corner: Settings, embedder: Embedder
) -> None:
    folder, kept = corner.corpus_dir / "essai", Versions(corner.data_dir, "essai")

    def build(month: str = "juin", **texts: str) -> Path:
        write(folder, library(**texts), month)
        return kept.path(ingest(corner, "essai", embedder).version)

    def answer() -> str:
        with closing(Assistant(corner, embedder)) as assistant:
            return assistant.ask(ASKED).text

    long = "\n\n".join(SENTENCES[:4])
    first = build(guide=long, atlas=RATE.format(45))
    assert "45" in answer()
    before = (first / LINKED / "catalog.sqlite").read_bytes()
    second = build(guide=long, atlas=RATE.format(55))
    assert linked_folders(second) == [(second / LINKED, frozenset()), (first / LINKED, {"atlas"})]
    assert "55" in answer() and "45" not in answer()
    assert [c.document for c in compare(first, second).changes] == ["atlas"]
    third = build("juillet", guide=long)
    assert linked_folders(third)[1] == (first / LINKED, {"atlas"})
    assert "45" not in answer() and "55" not in answer()
    assert (first / LINKED / "catalog.sqlite").read_bytes() == before
    assert tidy(kept, None, 1) == [second]
    kept.use(1)
    assert "45" in answer()
    kept.use(3)
    beside = build(guide=SENTENCES[0], plan=long, annexe=long)
    assert linked_folders(beside)[-1][0] == first / LINKED
    merged = build(guide=SENTENCES[1], plan=long, annexe=long)
    assert linked_folders(merged) == [(merged / LINKED, frozenset())]
    assert sorted(path.name for path in tidy(kept, None, 1)) == ["0001", "0003", "0004"]


@pytest.mark.usefixtures("segments")
def test_a_part_that_is_gone_is_built_anew(corner: Settings, embedder: Embedder) -> None:
    folder, kept = corner.corpus_dir / "essai", Versions(corner.data_dir, "essai")
    long = "\n\n".join(SENTENCES[:4])
    for rate in (45, 55):
        write(folder, library(guide=long, atlas=RATE.format(rate)), "juin")
        current = kept.path(ingest(corner, "essai", embedder).version)
    assert linked_folders(current)[1][0] == kept.path(1) / LINKED
    shutil.rmtree(kept.path(1))
    with pytest.raises(IndexMissingError, match="aap ingest"):
        linked_folders(current)
    assert ingest(corner, "essai", embedder).changed
    with closing(Assistant(corner, embedder)) as assistant:
        assert "55" in assistant.ask(ASKED).text
        assert list(assistant.index("essai").documents) == ["reglement", "guide", "atlas"]


@pytest.mark.usefixtures("segments")
def test_a_server_keeps_the_large_part_too(corner: Settings, embedder: Embedder, chroma_url: str) -> None:
    own = corner.model_copy(update={"chroma_url": chroma_url})
    folder = own.corpus_dir / "essai"
    long = "\n\n".join(SENTENCES[:4])
    write(folder, library(guide=long, atlas=RATE.format(45)), "juin")
    ingest(own, "essai", embedder)
    for rate in (55, 65):
        write(folder, library(guide=long, atlas=RATE.format(rate)), "juin")
        report = ingest(own, "essai", embedder)
        assert report.embedded <= 4
        with closing(Assistant(own, embedder)) as assistant:
            assert str(rate) in assistant.ask(ASKED).text
        folders = linked_folders(Versions(own.data_dir, "essai").path(report.version))
        assert [path.parent.name for path, _ in folders] == [f"{report.version:04}", "0001"]
