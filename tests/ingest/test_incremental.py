"""A version that continues the one before says the same as one that is built from nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.answering.index import INTENTS, CallIndex
from assistant.embedding import Embedder
from assistant.index.catalog import Catalog
from assistant.index.vectors import SHELVES, open_vectors
from assistant.index.versions import LINKED, Versions
from assistant.settings import Settings
from ingest.build import Report, ingest
from tests.ingest.corner import CALL, FAQ, TEXT

# Sentences that share stems and spellings, hold facts, and one that cannot be read as any text.
SENTENCES = (
    "La commune dépose son dossier avant le 3 mai 2025.",
    "Les communes déposent leurs dossiers à la mairie.",
    "Un observatoire est une structure qui rassemble 12 villes.",
    "Contact : Jeanne Exemple, jeanne@exemple.example.",
    "Le taux de subvention est de 40 %.",
)
# A smaller example would take minutes to find: every step builds an index.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
BROKEN = b"\xff\xfe\xff"
# Figures are computed in batches, and round as these are long.
TOLERANCES = {"lexical": 1e-9, "topics": 1e-2, "vectors": 1e-5, "weights": 1e-2}
IDS = ("guide", "annexe", "atlas")
texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map("\n\n".join)
kinds = st.sampled_from(["regulation", "linked"])
# What stands beside the regulation: documents by id, each with its kind and text, or broken.
libraries = st.dictionaries(
    st.sampled_from(IDS), st.tuples(kinds, st.one_of(texts, st.just(""))), max_size=3
)


def write(folder: Path, library: Mapping[str, tuple[str, str]], month: str) -> None:
    tables = [CALL]
    (folder / "reglement.md").write_text(TEXT.replace("juin", month), encoding="utf-8")
    for id_, (kind, text) in library.items():
        path = folder / f"{id_}.md"
        path.write_bytes(f"# Le titre\n\n{text}\n".encode() if text else BROKEN)
        tables.append(
            f'[[documents]]\nid = "{id_}"\npath = "{id_}.md"\ntitle = "{id_}"\nkind = "{kind}"\n'
        )
    (folder / "call.toml").write_text("".join(tables), encoding="utf-8")


def told(report: Report) -> dict[str, Any]:
    """What a report says of the version, not of how it came about."""
    how = ("version", "embedded", "kept", "removed")
    return {key: value for key, value in asdict(report).items() if key not in how}


def snapshot(own: Settings) -> dict[str, Any]:
    """All that the current version holds, apart from numbers of rows."""
    root = Versions(own.data_dir, own.call).current_path()
    found: dict[str, Any] = {}
    for part in ("", LINKED):
        path = root / part
        if not (path / "catalog.sqlite").exists():
            continue
        with closing(CallIndex(path, 1, Catalog(path / "catalog.sqlite"), open_vectors(path, own.call, None))) as index:
            catalog, topics = index.catalog, index.passage_topics
            units = {id_: catalog.all_units(id_) for id_ in catalog.documents}
            names = [unit.id for of in units.values() for unit in of]
            rows = {
                f"{id_}#{view}": row
                for id_, views in index.view_rows([u for of in units.values() for u in of]).items()
                for view, row in views.items()
            }
            asked = {name: float(n + 1) for n, name in enumerate(topics.names)}
            matches = topics.match(asked)
            questions = list(catalog.all_questions())
            vectors = {
                shelf: index.vectors.vectors(shelf, sorted(index.vectors.ids(shelf))) for shelf in SHELVES
            }
            counts = catalog.counts()
            assert counts["views"] + counts["questions"] == sum(map(len, vectors.values()))
            assert set(index.view_ids(range(len(topics.numbers)))) == vectors["passages"].keys()
            assert {q.id for q in questions} == vectors["questions"].keys()
            found[part] = {
                "documents": list(catalog.documents.items()),
                "units": units,
                "facts": {name: catalog.facts(name) for name in names},
                "contacts": catalog.contacts,
                "mails": catalog.facts_of("email"),
                "questions": sorted(map(repr, questions)),
                "validated": list(catalog.validated_questions()),
                "vocabulary": catalog.vocabulary,
                "leaves": catalog.leaf_count,
                "lexical": {
                    (word, id_): score
                    for word in catalog.vocabulary for id_, score in catalog.lexical([word], 1_000)
                },
                "topics": {view: matches[row] for view, row in rows.items()},
                "words": {
                    view: words.tobytes()
                    for view, words in zip(rows, index.view_words(rows.values()), strict=True)
                },
                "vectors": vectors["passages"] | vectors["questions"],
                "sources": catalog.sources(),
                "meta": {k: catalog.meta.get(k) for k in ("call", "space", "open", "validated", "expired", "fingerprint")},
            }  # fmt: skip
    if (root / INTENTS).exists():
        with np.load(root / INTENTS, allow_pickle=False) as stored:
            found[INTENTS] = {
                "classes": [stored["kinds"].tolist(), stored["ids"].tolist()],
                "weights": {name: stored[name] for name in ("weights", "bias", "spelling", "idf")},
            }
    return found


def differ(key: str, one: Any, other: Any) -> bool:
    if key not in TOLERANCES:
        return bool(one != other)
    near = TOLERANCES[key]
    return one.keys() != other.keys() or not all(
        np.allclose(one[name], other[name], atol=near, rtol=near) for name in one
    )


@hypothesis_settings(max_examples=2, deadline=None, phases=PHASES)
@given(
    st.lists(st.tuples(libraries, st.sampled_from(["juin", "juillet"]), st.booleans()), min_size=2, max_size=3)
)
@example(
    [
        ({"guide": ("linked", SENTENCES[0]), "annexe": ("regulation", SENTENCES[1]), "atlas": ("linked", SENTENCES[3])}, "juin", True),
        ({"atlas": ("regulation", f"{SENTENCES[3]}\n\n{SENTENCES[4]}"), "guide": ("linked", f"{SENTENCES[2]}\n\n{SENTENCES[0]}")}, "juillet", True),
    ]
)
def test_edits_additions_and_removals_end_where_a_new_build_does(
    settings: Settings, embedder: Embedder, prototypes: Path, steps: list[tuple[dict[str, tuple[str, str]], str, bool]]
) -> None:
    with TemporaryDirectory() as name:
        root = Path(name)
        folder = root / "corpus" / "essai"
        folder.mkdir(parents=True)
        places = {"corpus_dir": root / "corpus", "call": "essai"}
        ways = [
            settings.model_copy(update=places | {"data_dir": root / way}) for way in ("step", "new")
        ]
        for own in ways:
            own.data_dir.mkdir()
            (own.data_dir / "prototypes").symlink_to(settings.data_dir / "prototypes")
        for library, month, faq in steps:
            write(folder, library, month)
            (folder / "faq.toml").unlink(missing_ok=True)
            if faq:
                (folder / "faq.toml").write_text(FAQ, encoding="utf-8")
            stepwise = ingest(ways[0], "essai", embedder)
        fresh = ingest(ways[1], "essai", embedder)
        if stepwise.changed:
            assert told(stepwise) == told(fresh)
        stepped, new = (snapshot(own) for own in ways)
        assert stepped.keys() == new.keys()
        for part in new:
            assert [k for k in new[part] if differ(k, new[part][k], stepped[part][k])] == [], (part, steps)


def test_what_did_not_change_is_not_even_read(corner: Settings, embedder: Embedder) -> None:
    folder = corner.corpus_dir / "essai"
    write(folder, {"guide": ("linked", SENTENCES[0]), "atlas": ("linked", SENTENCES[1])}, "juin")
    first = ingest(corner, "essai", embedder)
    write(folder, {"guide": ("linked", SENTENCES[0]), "atlas": ("linked", SENTENCES[2])}, "juin")
    seen: list[str] = []
    edited = ingest(corner, "essai", embedder, lambda shelf, done, total: seen.append(f"{shelf} {total}"))
    assert (edited.documents, edited.expired_faq) == (first.documents, first.expired_faq)
    assert edited.kept + edited.removed == first.embedded
    assert 0 < edited.embedded <= 3
    assert seen == ["passages 1", "questions 1"]


def test_a_copy_that_is_gone_is_made_anew(corner: Settings, embedder: Embedder) -> None:
    first = ingest(corner, "essai", embedder)
    path = Versions(corner.data_dir, "essai").current_path()
    shutil.rmtree(path / "vectors")
    again = ingest(corner, "essai", embedder)
    assert (again.changed, again.embedded) == (True, first.embedded)
