"""An answer that lists a table: its rows, and never the row that names its columns."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.answering.tables import labelled
from assistant.embedding import Embedder
from assistant.settings import Settings
from ingest.build import ingest
from tests.ingest.test_office import cell, docx, p

ROWS = [
    ("Ouverture des candidatures", "4 janvier 2027", "en ligne"),
    ("Clôture des candidatures", "12 mars 2027", "en ligne"),
    ("Annonce des lauréats", "1er juin 2027", "en mairie"),
]
COLUMNS = ("Étape", "Date", "Lieu")
LEAD = "Le calendrier est le suivant :"


def word(columns: int) -> bytes:
    rows = "".join(f"<w:tr>{''.join(map(cell, row[:columns]))}</w:tr>" for row in [COLUMNS, *ROWS])
    return docx(p("Vergers", "Titre") + p("Calendrier", "Titre1") + p(LEAD) + f"<w:tbl>{rows}</w:tbl>")


def markdown(columns: int) -> bytes:
    rows = [COLUMNS[:columns], ("-",) * columns, *(row[:columns] for row in ROWS)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"# Vergers\n\n## Calendrier\n\n{LEAD}\n\n{table}\n".encode()


@pytest.mark.parametrize("suffix", ["docx", "md"])
@pytest.mark.parametrize("columns", [2, 3])
def test_the_header_is_no_item(
    corner: Settings, embedder: Embedder, suffix: str, columns: int
) -> None:
    folder = corner.corpus_dir / "essai"
    (folder / "reglement.md").unlink()
    (folder / "faq.toml").unlink()
    (folder / f"reglement.{suffix}").write_bytes({"docx": word, "md": markdown}[suffix](columns))
    toml = (folder / "call.toml").read_text(encoding="utf-8")
    (folder / "call.toml").write_text(toml.replace("reglement.md", f"reglement.{suffix}"), encoding="utf-8")
    ingest(corner, "essai", embedder)
    with closing(Assistant(corner, embedder)) as assistant:
        answer = assistant.ask("Quel est le calendrier ?")
    lines = [line.removesuffix(" [1]") for line in answer.text.splitlines()]
    named = " : Date : {} ; Lieu : {}" if columns == 3 else " : {}"
    assert lines == [f"- {label}{named.format(date, place)}" for label, date, place in ROWS]
    assert [citation.quote.split("\n")[0] for citation in answer.citations] == [LEAD]


def test_a_validated_quote_may_go_on_from_a_sentence_to_a_table(corner: Settings, embedder: Embedder) -> None:
    folder = corner.corpus_dir / "essai"
    (folder / "reglement.md").write_bytes(markdown(2))
    rows = "\n".join("\t".join(row[:2]) for row in [COLUMNS, *ROWS])
    question = "Pourriez-vous me donner tout le calendrier ?"
    (folder / "faq.toml").write_text(
        f'[[entry]]\nid = "calendrier"\nquestions = ["{question}"]\nquote = """\n{LEAD}\n\n{rows}"""\n',
        encoding="utf-8",
    )
    assert ingest(corner, "essai", embedder).expired_faq == ()
    with closing(Assistant(corner, embedder)) as assistant:
        answer = assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert all(f"- {label} : {day}" in answer.text for label, day, _ in ROWS), answer.text
    assert "- \n" not in answer.text


@given(st.lists(st.text(max_size=20), max_size=5))
def test_every_cell_that_says_something_is_told(cells: list[str]) -> None:
    told = labelled(cells)
    assert all(cell.strip() in told for cell in cells)
