"""A made-up regulation as PDF, laid out as ministries do: cover, contents, articles, bullets,
ruled tables over two pages, boxes, footnotes, running headers and footers, annexes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    ListFlowable,
    ListItem,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14, alignment=TA_JUSTIFY, spaceAfter=6)  # fmt: skip
TITLE = ParagraphStyle("title", parent=BODY, fontName="Times-Bold", fontSize=20, leading=24, alignment=TA_CENTER)  # fmt: skip
H1 = ParagraphStyle("h1", parent=BODY, fontName="Times-Bold", fontSize=13, leading=16, spaceBefore=12)  # fmt: skip
H2 = ParagraphStyle("h2", parent=BODY, fontName="Times-Bold", spaceBefore=8)
CELL = ParagraphStyle("cell", parent=BODY, alignment=0, spaceAfter=0)
HEAD = ParagraphStyle("head", parent=CELL, fontName="Times-Bold")
LEAF = ParagraphStyle("leaf", parent=BODY, fontSize=9, leading=11)

ARTICLES = [
    ("Objet", "Le présent règlement fixe les conditions d'attribution des aides aux vergers communaux."),
    ("Candidats admis", "Peuvent déposer un dossier les communes et leurs groupements de moins de 30 000 habitants."),
    ("Dépenses admises", "Les plants, les clôtures et la formation des bénévoles sont pris en charge à 60 %."),
    ("Calendrier", "Deux sessions sont ouvertes ; les dates figurent dans le tableau ci-dessous."),
    ("Instruction", "Le comité examine les dossiers complets dans un délai de quarante-cinq jours."),
    ("Versement", "L'aide est versée en deux fois, après signature de la convention."),
    ("Contacts", "Toute question est adressée au bureau des territoires."),
]  # fmt: skip
FILLER = (
    "Cette disposition s'applique à l'ensemble des bénéficiaires, sans préjudice des règles "
    "particulières que la convention peut fixer pour tenir compte de la situation locale, et "
    "notamment de l'altitude, de la nature des sols ou de la disponibilité de l'eau. "
)
CALENDAR = [
    ["Étape", "Première session", "Seconde session"],
    ["Ouverture du dépôt", "4 mai 2026", "7 septembre 2026"],
    ["Date limite de dépôt des dossiers complets, pièces comprises", "19 juin 2026 à 12 h 00", "16 octobre 2026 à 17 h 00"],
    ["Réunion du comité", "8 juillet 2026", "10 novembre 2026"],
]  # fmt: skip
AMOUNTS = [["Commune", "Plafond"]] + [[f"Tranche {n}", f"{n * 1_500} €"] for n in range(1, 41)]
NOTE = "Au sens de l'arrêté du 3 mars 2021 relatif aux vergers conservatoires."


def ruled(rows: list[list[str]], widths: list[float]) -> Table:
    """A table with all its rules; the first row is bold and repeats on every page."""
    cells = [[Paragraph(text, HEAD if i == 0 else CELL) for text in row] for i, row in enumerate(rows)]  # fmt: skip
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")])  # fmt: skip
    return Table(cells, colWidths=[w * cm for w in widths], style=style, repeatRows=1)


def bullets(items: list[str], style: ParagraphStyle = BODY) -> ListFlowable:
    """A list with round bullets."""
    return ListFlowable(
        [ListItem(Paragraph(text, style)) for text in items], bulletType="bullet", start="•"
    )


class FootnoteMark(Flowable):
    """Asks the page for a footnote."""

    def __init__(self, label: str, text: str) -> None:
        super().__init__()
        self.note = (label, text)
        self.width = self.height = 0

    def draw(self) -> None:
        """Nothing is drawn here: the page's foot is."""
        canvas: Any = self.canv
        canvas.notes = [*getattr(canvas, "notes", []), self.note]


def story(paragraphs: int = 3) -> list[Flowable]:
    """The whole regulation, with so many paragraphs in each sub-article."""
    parts: list[Flowable] = [
        Spacer(1, 4 * cm),
        Paragraph("RÈGLEMENT DE L'APPEL À PROJETS<br/>« VERGERS COMMUNAUX »", TITLE),
        Paragraph("Édition 2026", TITLE),
        PageBreak(),
        Paragraph("Sommaire", H1),
    ]
    for number, (title, _) in enumerate(ARTICLES, 1):
        parts.append(Paragraph(f"Article {number} – {title} {'.' * 60} {number + 2}", BODY))
    parts.append(PageBreak())
    for number, (title, text) in enumerate(ARTICLES, 1):
        parts.append(Paragraph(f"Article {number} – {title}", H1))
        if number == 1:
            parts.append(Paragraph(text + ' Les vergers conservatoires<super size="7">1</super> y sont assimilés.', BODY))  # fmt: skip
            parts.append(FootnoteMark("1", NOTE))
        else:
            parts.append(Paragraph(text, BODY))
        for sub in (1, 2):
            parts.append(Paragraph(f"{number}.{sub} Précisions", H2))
            parts += [Paragraph(FILLER * 3 + f"Alinéa {number}.{sub}.{n}.", BODY) for n in range(paragraphs)]
        if title == "Candidats admis":
            parts.append(Paragraph("Le dossier comprend :", BODY))
            parts.append(bullets([
                "la délibération du conseil municipal ;",
                "le plan du terrain, à l'échelle du millième, sur lequel figurent les arbres conservés, "
                "les arbres à planter et les points d'eau ;",
                "un budget prévisionnel.",
            ]))  # fmt: skip
        if title == "Calendrier":
            parts.append(ruled(CALENDAR, [6, 5, 5]))
        if title == "Versement":
            parts.append(Spacer(1, 6))
            box = [[Paragraph("<b>Attention</b> : aucune plantation ne peut commencer avant la notification.", BODY)]]  # fmt: skip
            parts.append(Table(box, colWidths=[15 * cm], style=[("BOX", (0, 0), (-1, -1), 1, colors.black)]))  # fmt: skip
        if title == "Contacts":
            parts.append(Paragraph("Jeanne AUBRIET, cheffe de bureau<br/>jeanne.aubriet@vergers.example<br/>01 70 00 10 20", BODY))  # fmt: skip
    parts += [PageBreak(), Paragraph("Annexe 1 – Plafonds par commune", H1), ruled(AMOUNTS, [8, 5])]
    parts += [Paragraph("Annexe 2 – Pièces", H1), Paragraph(FILLER, BODY)]
    return parts


def furniture(canvas: Canvas, _document: object) -> None:
    """The running header and footer, and the page's footnotes."""
    if canvas.getPageNumber() == 1:
        return
    canvas.setFont("Times-Italic", 9)
    canvas.drawString(2.5 * cm, 28.2 * cm, "Ministère des campagnes – Vergers communaux")
    canvas.drawCentredString(10.5 * cm, 1.2 * cm, f"Page {canvas.getPageNumber()} / 18")


def foot(canvas: Canvas, _document: object) -> None:
    """Footnotes stand under a short rule."""
    notes: list[tuple[str, str]] = getattr(canvas, "notes", [])
    for label, text in notes:
        canvas.line(2.5 * cm, 2.9 * cm, 7 * cm, 2.9 * cm)
        canvas.setFont("Times-Roman", 6)
        canvas.drawString(2.5 * cm, 2.55 * cm, label)
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(2.65 * cm, 2.4 * cm, text)
    canvas.notes = []  # type: ignore[attr-defined]


def make_pdf(parts: list[Flowable], *, columns: int = 1, on_page: Callable[..., None] = furniture, **options: Any) -> bytes:  # fmt: skip
    """A PDF of flowables on A4, in one or two columns."""
    buffer = BytesIO()
    width = (16 - 0.8 * (columns - 1)) / columns
    frames = [
        Frame((2.5 + n * (width + 0.8)) * cm, 3.1 * cm, width * cm, 24.6 * cm, 0, 0, 0, 0)
        for n in range(columns)
    ]
    document = BaseDocTemplate(buffer, pagesize=A4, **options)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=on_page, onPageEnd=foot))
    document.build(parts)
    return buffer.getvalue()


def regulation(paragraphs: int = 3) -> bytes:
    """The regulation as PDF: 13 pages, or more with more ``paragraphs``."""
    return make_pdf(story(paragraphs))
