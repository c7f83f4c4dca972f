"""A second call from its PDF alone: its folder, its check, its index, its answers by page."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.call import load_call
from assistant.embedding import Embedder
from assistant.errors import CorpusError, IndexMissingError
from assistant.index.comparison import compare, gone_quotes
from assistant.index.versions import Versions
from assistant.settings import Settings
from ingest.build import ingest, tidy
from ingest.check_call import check_call
from ingest.faq import load_faq
from ingest.new_call import find_acronyms, new_call
from tests.ingest.regulation_pdf import regulation

PAGE_OF_CONTACT = 11


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("received") / "Reglement.PDF"
    path.write_bytes(regulation())
    return path


def test_the_folder_holds_what_the_regulation_says(tmp_path: Path, pdf: Path) -> None:
    made = new_call(tmp_path, "vergers-2026", pdf)
    call = load_call(tmp_path, "vergers-2026")
    assert "VERGERS COMMUNAUX" in call.title
    assert (call.handoff.name, call.handoff.email) == ("Jeanne AUBRIET", "jeanne.aubriet@vergers.example")
    assert call.documents[0].path == "reglement.pdf" and made.sections == 23
    text = (made.folder / "call.toml").read_text(encoding="utf-8")
    assert "2026-06-19" in text and "2026-10-16" in text and text.count("# à confirmer") == 6
    assert load_faq(made.folder / "faq.toml") == []  # proposals are comments until confirmed
    assert "# [[entry]]" in (made.folder / "faq.toml").read_text(encoding="utf-8")
    assert [f.text for f in check_call(tmp_path, "vergers-2026")] == [
        "call.toml: 6 line(s) still marked « à confirmer »."
    ]


def test_nothing_is_written_when_it_can_not_be(tmp_path: Path, pdf: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    for id_, source, message in (
        ("Verger", pdf, "no id"), ("../x", pdf, "no id"), ("ok", broken, "broken"),
        ("ok", tmp_path / "none.pdf", "missing"),
    ):  # fmt: skip
        with pytest.raises(CorpusError, match=message):
            new_call(tmp_path, id_, source)
    assert [path.name for path in tmp_path.iterdir()] == ["broken.pdf"]
    new_call(tmp_path, "ok", pdf)
    with pytest.raises(CorpusError, match="exists already"):
        new_call(tmp_path, "ok", pdf)


def test_check_finds_contradictions(tmp_path: Path) -> None:
    text = (
        "# Essai\n\n## Dates\n\n| Étape | Date |\n| - | - |\n| Ouverture | 3 mai 2026 |\n"
        "| Clôture | 2 avril 2026 |\n| Jury | 1er juin 2026 |\n| Jury | 2 juin 2026 |\n\n"
        "Jean Dupont, 01 70 00 10 20\n"
    )
    source = tmp_path / "essai.md"
    source.write_text(text, encoding="utf-8")
    new_call(tmp_path, "essai", source)
    found = " ".join(f.text for f in check_call(tmp_path, "essai"))
    assert "two dates for « Jury »: 2026-06-01, 2026-06-02" in found
    assert "the deadline 2026-04-02 is before the opening 2026-05-03" in found
    assert "a contact without a mail address: Jean Dupont" in found
    assert "handoff.email is still to be filled in" in found


def test_acronyms_are_spelled_out_by_their_initials() -> None:
    text = "La direction régionale des affaires culturelles (DRAC) et le comité (AAP) décident."
    assert find_acronyms(text) == {"DRAC": "direction régionale des affaires culturelles"}


def test_it_is_served_from_another_corpus_folder(
    tmp_path: Path, pdf: Path, settings: Settings, embedder: Embedder, prototypes: Path
) -> None:
    new_call(tmp_path / "corpus", "vergers-2026", pdf)
    here = Settings(
        corpus_dir=tmp_path / "corpus", data_dir=settings.data_dir, cache_dir=settings.cache_dir
    )  # AAP_CALL is not set: the only call there is the default
    report = ingest(here, "vergers-2026", embedder)
    assert report.skipped == ()
    assistant = Assistant(here, embedder)
    answer = assistant.ask("Qui contacter ?")
    assert answer.call == "vergers-2026" and "jeanne.aubriet@vergers.example" in answer.text
    assert {citation.page for citation in answer.citations} == {PAGE_OF_CONTACT}
    assistant.close()


def test_versions_tell_what_one_edited_date_touches(
    tmp_path: Path, settings: Settings, embedder: Embedder
) -> None:
    source = tmp_path / "r.md"
    text = "# Essai\n\n## I. Dates\n\nLa clôture est fixée au 3 mai 2026.\n\nLe jury siège en juin.\n\nContact : a@b.example\n"
    source.write_text(text, encoding="utf-8")
    folder = new_call(tmp_path / "corpus", "deux-dates", source).folder
    faq = '[[entry]]\nid = "{}"\nquestions = ["{} ?"]\nquote = "{}"\n'
    (folder / "faq.toml").write_text(
        faq.format("cloture", "Quand", "La clôture est fixée au 3 mai 2026.")
        + faq.format("jury", "Quel jury", "Le jury siège en juin."), encoding="utf-8",
    )  # fmt: skip
    here = settings.model_copy(update={"corpus_dir": tmp_path / "corpus", "call": "deux-dates"})
    first = ingest(here, "deux-dates", embedder).version
    (folder / "reglement.md").write_text(text.replace("3 mai", "4 mai"), encoding="utf-8")
    second = ingest(here, "deux-dates", embedder).version
    kept = Versions(here.data_dir, "deux-dates")
    before, after = kept.existing(first), kept.existing(second)
    found = compare(before, after)
    assert [(c.kind, c.heading, c.before, c.after) for c in found.changes] == [
        ("changed", "I. Dates", "La clôture est fixée au 3 mai 2026.", "La clôture est fixée au 4 mai 2026.")
    ]  # fmt: skip
    assert found.expired_faq == ("cloture",)
    gold = ["La clôture est fixée au 3 mai 2026.", "Le jury siège en juin."]
    assert gone_quotes(gold, before, after) == gold[:1]
    kept.use(first)
    assert kept.current() == first
    assert tidy(kept, None, 1) == [] and kept.current() == first
    kept.use(second)
    assert tidy(kept, None, 1) == [kept.path(first)]
    with pytest.raises(IndexMissingError, match="no version 99"):
        kept.use(99)
