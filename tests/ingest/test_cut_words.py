"""Words and addresses that are longer than the width of their cell."""

from __future__ import annotations

import pytest
from reportlab.lib.units import cm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Paragraph

from ingest.readers.pdf.read import read_pdf
from tests.ingest.regulation_pdf import BODY, CELL, make_pdf, ruled

PADDING = 12  # points on both sides of a cell


def rows(cells: list[list[str]], widths: list[float], *before: str) -> list[list[str]]:
    """The cells of a ruled table with columns of ``widths`` cm, below paragraphs."""
    parts: list[Flowable] = [Paragraph(text, BODY) for text in before]
    read = read_pdf(make_pdf([*parts, ruled(cells, widths)]))
    return [
        read.text[b.span.start : b.span.end].split("\t") for b in read.blocks if b.kind in ("row", "header")
    ]  # fmt: skip


@pytest.mark.parametrize("width", [2.3, 2.7, 3.1, 3.5])
def test_an_address_that_its_cell_cuts_is_whole(width: float) -> None:
    mails = ["aicha.benali@valdebrume.example", "jl.legoff@valdebrume.example"]
    sites = ["https://aides.valdebrume.example/vergers2027", "https://aides.valdebrume.example/2027/plans"]
    cells = [["Contact", "Courriel", "Site"], ["Nord", mails[0], sites[0]], ["Sud", mails[1], sites[1]]]
    found = rows(cells, [5, width, width], "Écrire à accueil@valdebrume.example.")
    assert [row[1] for row in found[1:]] == mails
    assert [row[2] for row in found[1:]] == sites


def test_a_word_that_its_cell_cuts_is_whole_where_that_is_sure() -> None:
    cells = [["Axe", "Aide"], ["Approvisionnement local", "10 %"], ["Investissement durable", "20 %"]]
    said = "L'approvisionnement et l'investissement sont aidés."
    for width in (1.9, 2.2, 2.5, 2.8):
        found = [row[0] for row in rows(cells, [width, 4], said)[1:]]
        assert found == ["Approvisionnement local", "Investissement durable"]
    cut = stringWidth("Approvisionneme", CELL.fontName, CELL.fontSize) + PADDING + 1
    assert rows(cells, [cut / cm, 4])[1][0] == "Approvisionnement local"  # "nt" is no word


def test_words_that_fill_a_cell_stay_apart() -> None:
    cells = [["Aide", "Taux"], ["Investissement durable", "10 %"], ["Fonctionnement courant", "20 %"]]
    for first in ("Investissement", "Fonctionnement"):
        width = stringWidth(first, CELL.fontName, CELL.fontSize) + PADDING + 1
        found = [row[0] for row in rows(cells, [width / cm, 4])[1:]]
        assert [first + " durable", first + " courant"][first[0] == "F"] in found


def test_a_word_after_an_address_that_fills_its_cell_stays_apart() -> None:
    mail, site = "jl.legoff@valdebrume.example", "https://aides.valdebrume.example"
    cells = [["Nom", "Adresse"], ["Nord", f"{mail} ou courrier"], ["Sud", f"{site} ou courrier"]]
    for address in (mail, site):
        width = stringWidth(address, CELL.fontName, CELL.fontSize) + PADDING + 1
        assert f"{address} ou courrier" in [row[1] for row in rows(cells, [4, width / cm])[1:]]
