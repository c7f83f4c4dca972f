"""A second call beside the first: from twenty pages of PDF or from a DOCX, and never mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from assistant.answering.assistant import Assistant
from assistant.call import load_call
from assistant.embedding import Embedder
from assistant.settings import Settings
from assistant.sources import SourceState, write_states
from ingest.build import ingest
from ingest.check_call import check_call
from ingest.new_call import new_call
from tests.ingest.regulation_pdf import regulation
from tests.ingest.test_office import cell, docx, p

ORCHARDS, WORKSHOPS = "vergers-2026", "ateliers-2027"
DOCX = (
    p("Appel à projets « Ateliers partagés »", "Titre")
    + p("Objet", "Titre1") + p("L'appel soutient les ateliers de réparation ouverts à tous.")
    + p("Calendrier", "Titre1") + "<w:tbl>"
    + "<w:tr>" + cell("Étape") + cell("Date") + "</w:tr>"
    + "<w:tr>" + cell("Ouverture de l'appel à projets") + cell("5 janvier 2027") + "</w:tr>"
    + "<w:tr>" + cell("Date limite de dépôt, première session") + cell("12 mars 2027") + "</w:tr>"
    + "<w:tr>" + cell("Date limite de dépôt, seconde session") + cell("17 septembre 2027") + "</w:tr></w:tbl>"
    + p("Contact", "Titre1") + p("Paul RENAUD, paul.renaud@ateliers.example, 01 70 00 10 30")
)  # fmt: skip


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, embedder: Embedder, prototypes: Path
) -> Iterator[tuple[Settings, Assistant]]:
    """Two calls made by ``aap call new`` and served at once."""
    root = tmp_path_factory.mktemp("two")
    (root / "r.pdf").write_bytes(regulation(6))
    (root / "r.docx").write_bytes(docx(DOCX))
    new_call(root / "corpus", ORCHARDS, root / "r.pdf")
    new_call(root / "corpus", WORKSHOPS, root / "r.docx")
    _name(root / "corpus", ORCHARDS, "Vergers communaux")
    _name(root / "corpus", WORKSHOPS, "Ateliers partagés")
    (root / "data").mkdir()
    (root / "data" / "prototypes").symlink_to(prototypes)
    own = settings.model_copy(
        update={"corpus_dir": root / "corpus", "data_dir": root / "data", "call": ORCHARDS}
    )
    for call in (ORCHARDS, WORKSHOPS):
        assert ingest(own, call, embedder).skipped == ()
    assistant = Assistant(own, embedder)
    yield own, assistant
    assistant.close()


def _name(corpus: Path, call: str, title: str) -> None:
    path = corpus / call / "call.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    named = [f'title = "{title}"' if line.startswith("title = ") else line for line in lines[:4]]
    path.write_text("\n".join([*named, *lines[4:]]) + "\n", encoding="utf-8")


def test_twenty_pages_and_two_deadlines(both: tuple[Settings, Assistant], tmp_path: Path) -> None:
    assert len(pypdfium2.PdfDocument(regulation(6))) == 20
    answer = both[1].ask("Quelle est la date limite de dépôt des dossiers ?", call=ORCHARDS)
    assert "19 juin 2026" in answer.text and "16 octobre 2026" in answer.text
    assert all(citation.page for citation in answer.citations)


def test_a_docx_gives_its_dates_and_its_contact(both: tuple[Settings, Assistant]) -> None:
    own, assistant = both
    call = load_call(own.corpus_dir, WORKSHOPS)
    assert (call.handoff.name, call.handoff.email) == ("Paul RENAUD", "paul.renaud@ateliers.example")
    text = (own.corpus_dir / WORKSHOPS / "call.toml").read_text(encoding="utf-8")
    assert "2027-03-12" in text and "2027-09-17" in text
    assert not [finding.text for finding in check_call(own.corpus_dir, WORKSHOPS) if finding.grave]
    answer = assistant.ask("Quelle est la date limite de dépôt de la première session ?", call=WORKSHOPS)
    assert "12 mars 2027" in answer.text and "2026" not in answer.text


@pytest.mark.parametrize(
    ("asked", "question", "other"),
    [
        (ORCHARDS, "Quelle est la date limite de l'appel à projets Ateliers partagés ?", WORKSHOPS),
        (ORCHARDS, "When does the call “Ateliers partagés” close?", WORKSHOPS),
        (WORKSHOPS, "Qui contacter pour l'appel « Vergers communaux » ?", ORCHARDS),
        (WORKSHOPS, "C'est quoi les dates de vergers-2026 ?", ORCHARDS),
        (WORKSHOPS, "quelle est la date limite de l'appel vergers communaux", ORCHARDS),
        (ORCHARDS, "When is the deadline of the call for projects ateliers partagés?", WORKSHOPS),
    ],
)
def test_another_call_is_pointed_to(
    both: tuple[Settings, Assistant], asked: str, question: str, other: str
) -> None:
    answer = both[1].ask(question, call=asked)
    title = both[1].calls[other].title
    assert answer.status == "out_of_scope" and not answer.citations
    assert title in answer.text and f"/?call={other}" in answer.text
    assert "juin" not in answer.text and "mars" not in answer.text


@pytest.mark.parametrize(
    "question", ["Les vergers sont-ils pris en charge ?", "Nous avons des ateliers, partagés avec une école.", "Quelles dépenses sont admises ?"]
)  # fmt: skip
def test_its_own_words_are_not_another_call(both: tuple[Settings, Assistant], question: str) -> None:
    assert "/?call=" not in both[1].ask(question, call=ORCHARDS).text


def test_check_reports_what_fetching_found(both: tuple[Settings, Assistant], tmp_path: Path) -> None:
    own, _ = both
    listed = "".join(
        f'[[source]]\nid = "{id_}"\ntitle = "T"\nurl = "https://{id_}.example/"\n' for id_ in ("gone", "there", "far")
    )
    (own.corpus_dir / ORCHARDS / "sources.toml").write_text(listed, encoding="utf-8")
    states = {
        "gone": SourceState(state="dead", detail="status 404", listed="https://gone.example/"),
        "there": SourceState(state="fetched", listed="https://there.example/"),
        "far": SourceState(state="moved", detail="now at https://x.example/", listed="https://far.example/"),
    }
    write_states(tmp_path, ORCHARDS, states)
    found = [f.text for f in check_call(own.corpus_dir, ORCHARDS, tmp_path) if f.text.startswith("sources")]
    assert found == [
        "sources.toml, gone: a dead link (status 404).",
        "sources.toml, far: the link has moved (now at https://x.example/).",
    ]
