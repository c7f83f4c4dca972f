"""PDF to structure: what a ministry's regulation looks like, and what goes wrong with files."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table

from assistant.errors import CorpusError
from ingest.readers.formats import read_source
from ingest.readers.pdf.read import read_pdf
from ingest.structure import Structure
from tests.ingest.regulation_pdf import (
    AMOUNTS,
    ARTICLES,
    BODY,
    CALENDAR,
    FILLER,
    H1,
    NOTE,
    bullets,
    make_pdf,
    regulation,
)


@pytest.fixture(scope="module")
def data() -> bytes:
    return regulation()


@pytest.fixture(scope="module")
def read(data: bytes) -> Structure:
    return read_pdf(data)


def texts(structure: Structure, kind: str) -> list[str]:
    return [structure.text[b.span.start : b.span.end] for b in structure.blocks if b.kind == kind]


def test_headings_and_their_levels(read: Structure) -> None:
    found = [(s.level, read.text[s.heading.start : s.heading.end]) for s in read.sections]
    wanted = []
    for number, (title, _) in enumerate(ARTICLES, 1):
        wanted.append((2, f"Article {number} – {title}"))
        wanted += [(3, f"{number}.{sub} Précisions") for sub in (1, 2)]
    assert found == [*wanted, (2, "Annexe 1 – Plafonds par commune"), (2, "Annexe 2 – Pièces")]
    assert texts(read, "title") == ["RÈGLEMENT DE L'APPEL À PROJETS « VERGERS COMMUNAUX » Édition 2026"]


def test_paragraphs_are_whole_across_lines_and_pages(read: Structure) -> None:
    paragraphs = texts(read, "paragraph")
    for number in range(1, len(ARTICLES) + 1):
        for sub in (1, 2):
            for n in range(3):
                assert FILLER * 3 + f"Alinéa {number}.{sub}.{n}." in paragraphs


def test_headers_footers_and_contents_are_dropped(read: Structure) -> None:
    assert "Ministère des campagnes" not in read.text
    assert not re.search(r"Page \d+|Sommaire|\.{4}", read.text)


def test_tables_are_rows_also_over_pages(read: Structure) -> None:
    rows = [row.split("\t") for row in texts(read, "row")]
    assert rows[:3] == CALENDAR[1:]
    assert rows[3:] == AMOUNTS[1:]
    assert [row.split("\t") for row in texts(read, "header")] == [CALENDAR[0], AMOUNTS[0]]
    groups = {b.group for b in read.blocks if b.kind in ("row", "header")}
    assert len(groups) == 2


def test_lists_boxes_and_contacts(read: Structure) -> None:
    items = [b for b in read.blocks if b.kind == "item"]
    assert len(items) == 3 and len({b.group for b in items}) == 1
    assert "les arbres à planter et les points d'eau ;" in texts(read, "item")[1]
    boxed = [read.text[b.span.start : b.span.end] for b in read.blocks if b.box is not None]
    assert boxed == ["Attention : aucune plantation ne peut commencer avant la notification."]
    assert texts(read, "contact") == [
        "Jeanne AUBRIET, cheffe de bureau\njeanne.aubriet@vergers.example\n01 70 00 10 20"
    ]


def test_a_footnote_is_tied_to_its_call(read: Structure) -> None:
    assert texts(read, "footnote") == [NOTE]
    (offset,) = read.note_calls.values()
    assert read.text[:offset].endswith("Les vergers conservatoires")
    assert read.text[offset:].startswith(" y sont assimilés.")


def test_every_block_knows_its_page(data: bytes, read: Structure) -> None:
    document = pypdfium2.PdfDocument(data)
    for block in read.blocks:
        page = max((mark for mark in read.pages if mark[0] <= block.span.start), default=None)
        assert page is not None
        first = re.sub(r"\W", "", read.text[block.span.start : min(block.span.start + 20, block.span.end)])
        printed = re.sub(r"\W", "", document[page[1] - 1].get_textpage().get_text_bounded())
        assert first in printed
    document.close()


def test_not_one_word_is_lost(data: bytes, read: Structure) -> None:
    document = pypdfium2.PdfDocument(data)
    printed = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    dropped = {"Ministère", "campagnes", "Vergers", "communaux", "Page", "Sommaire"}
    kept = set(re.findall(r"\w{4,}", re.sub(r"\W*[\r\n\ufffe]+", " ", read.text)))
    words = set(re.findall(r"[^\W\d_]{4,}", printed))
    lost = {word for word in words if word not in kept} - dropped
    assert not lost


def test_two_columns_are_read_one_after_the_other() -> None:
    long = "Les communes peuvent déposer un dossier commun lorsque leurs vergers se touchent. "
    parts = [Paragraph(f"Alinéa {n}. " + long * 4, BODY) for n in range(24)]
    structure = read_pdf(make_pdf(parts, columns=2))
    wanted = " ".join(f"Alinéa {n}. " + (long * 4).strip() for n in range(24))
    # A sentence that ends with its column may end a paragraph: no one can tell.
    assert " ".join(texts(structure, "paragraph")) == wanted


def lines_pdf(lines: list[str], leading: float = 14, font: str = "Helvetica") -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont(font, 11)
    for number, line in enumerate(lines):
        canvas.drawString(70, 760 - number * leading, line)
    canvas.save()
    return buffer.getvalue()


def test_hyphenation_is_undone_and_compounds_are_kept() -> None:
    structure = read_pdf(lines_pdf([
        "Les candidats déposent leur dossier avant la date limite, et la commis-",
        "sion l'examine avec le porte-parole des communes, qui est aussi le porte-",
        "parole des groupements et des syndicats mixtes du territoire concerné.",
    ]))  # fmt: skip
    assert "la commission l'examine" in structure.text
    assert "aussi le porte-parole des groupements" in structure.text


def test_tables_without_rules_and_merged_cells() -> None:
    rows = [["Étape", "Date"], ["Ouverture", "4 mai 2026"], ["Clôture", "19 juin 2026"]]
    plain = read_pdf(make_pdf([Paragraph("Calendrier", H1), Table(rows, colWidths=[200, 150])]))
    assert [row.split("\t") for row in texts(plain, "row")] == rows[1:]
    merged = [["Session", "Étape", "Date"], ["Première", "Ouverture", "4 mai 2026"], ["", "Clôture", "19 juin 2026"]]  # fmt: skip
    table = Table(merged, style=[("GRID", (0, 0), (-1, -1), 1, colors.black), ("SPAN", (0, 1), (0, 2))])  # fmt: skip
    spanned = read_pdf(make_pdf([table]))
    assert texts(spanned, "row") == ["Première\tOuverture\t4 mai 2026", "Première\tClôture\t19 juin 2026"]  # fmt: skip


def test_a_running_text_is_no_list_and_a_list_no_heading() -> None:
    long = "Le comité vérifie que le projet répond aux conditions fixées par le présent règlement "
    structure = read_pdf(make_pdf([
        Paragraph(long * 2 + "– sauf urgence – et au plus tard le", BODY),
        Paragraph("Les pièces suivantes sont demandées :", BODY),
        bullets(["un plan ;", "un devis."]),
        Paragraph("1. Premièrement, le dossier est instruit par le service compétent ;", BODY),
        Paragraph("2. Deuxièmement, il est transmis au comité.", BODY),
    ]))  # fmt: skip
    assert not structure.sections
    assert len(texts(structure, "item")) == 4


def test_a_thousand_pages(tmp_path: Path) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    for number in range(1_000):
        canvas.drawString(70, 700, f"Le dossier numéro {number} est examiné par le comité.")
        canvas.showPage()
    canvas.save()
    structure = read_pdf(buffer.getvalue())
    assert structure.pages[-1][1] == 1_000 and len(texts(structure, "paragraph")) == 1_000


def scan() -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), "white")), 0, 0, 595, 842)
    canvas.save()
    return buffer.getvalue()


def encrypted() -> bytes:
    return make_pdf([Paragraph("Texte", BODY)], encrypt="secret")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", scan, "scan without text"),
        ("a.pdf", encrypted, "encrypted"),
        ("a.pdf", lambda: b"%PDF-1.7\nnothing", "broken"),
        ("a.pdf", lambda: b"<!doctype html><html><body>404</body></html>", "is HTML"),
        ("a.pdf", lambda: b"hello", "broken or something else"),
        ("a.pdf", lambda: b"", "empty"),
        ("a.docx", lambda: lines_pdf(["Texte"]), "is PDF"),
        ("a.md", lambda: lines_pdf(["Texte"]), "is PDF"),
        ("a.xyz", lambda: b"x", "can't be read"),
        ("a.pdf", lambda: lines_pdf([]), "no text"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_clear_line(tmp_path: Path, name: str, content: object, message: str) -> None:  # fmt: skip
    path = tmp_path / name
    path.write_bytes(content())  # type: ignore[operator]
    with pytest.raises(CorpusError, match=message) as caught:
        read_source(path)
    assert "\n" not in str(caught.value)


def test_cut_files_never_crash(data: bytes) -> None:
    for part in range(1, 10):
        try:
            read_pdf(data[: len(data) * part // 10])
        except CorpusError as error:
            assert "\n" not in str(error)


def test_a_page_without_text_is_reported() -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(70, 700, "Le règlement tient sur cette page, et son annexe est une image.")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), "red")), 0, 0, 595, 842)
    canvas.save()
    assert read_pdf(buffer.getvalue()).warnings == ("page 2: an image without text, not read.",)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("Écrire à Mme Garrabos, cheffe du bureau des projets, à l'adresse solene.garra-", "bos@atpc.example.", "solene.garrabos@atpc.example"),
        ("Écrire au service des affaires publiques du ministère à l'adresse aa@affaires-", "publiques.example.", "aa@affaires-publiques.example"),
        ("Écrire au guichet des porteurs de projets du ministère : assistance@guichet.", "atpc.example.", "assistance@guichet.atpc.example"),
        ("Écrire au guichet des porteurs de projets du ministère, à l'adresse maud.", "tessier@atpc.example.", "maud.tessier@atpc.example"),
        ("Déposer le dossier complet sur la plateforme du ministère https://guichet.example/", "depot/2026 avant la date.", "https://guichet.example/depot/2026 avant"),
    ],
)  # fmt: skip
def test_an_address_cut_by_a_line_break_is_whole(first: str, second: str, wanted: str) -> None:
    assert wanted in read_pdf(lines_pdf([first, second])).text
