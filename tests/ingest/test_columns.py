"""Text in two columns: where the columns end, and what stands below them."""

from __future__ import annotations

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from ingest.readers.pdf.read import read_pdf
from ingest.structure import Structure

LEFT, RIGHT = 60, 310
OPENING = ["Le règlement fixe les aides aux vergers communaux et les conditions dans lesquelles elles sont versées", "aux communes."]  # fmt: skip
FIRST = [
    "Les dépenses de plantation sont admises dans", "la limite du plafond, et celles de formation",
    "des bénévoles le sont aussi, sauf les frais de", "bouche. Elles sont payées à compter du",
]  # fmt: skip
SECOND = [
    "premier jour du mois qui suit la décision. Le", "maire produit les factures acquittées, avec le",
    "plan du terrain, les photographies des arbres", "et le rapport de la première année.",
]  # fmt: skip
CLOSING = ["Le dossier est déposé en mairie, en un seul exemplaire, avec la délibération du conseil municipal et le", "budget."]  # fmt: skip
WHOLE = " ".join([*FIRST, *SECOND])


def draw(columns: list[tuple[list[str], list[str]]], below: list[str]) -> Structure:
    """A page with ``columns`` below an opening; what begins with "# " is a bold heading with a space
    above it. ``below`` stands under the columns."""
    buffer = BytesIO()
    canvas = Canvas(buffer)

    def write(lines: list[str], x: int, y: float) -> float:
        for line in lines:
            heading = line.startswith("# ")
            canvas.setFont("Helvetica-Bold" if heading else "Helvetica", 10)
            y -= 24 if heading else 13
            canvas.drawString(x, y, line.removeprefix("# "))
        return y

    y = write(["# Article 1 – Objet", *OPENING, "# Article 2 – Aides"], LEFT, 780)
    for left, right in columns:
        y = min(write(left, LEFT, y - 8), write(right, RIGHT, y - 11))
    write(below, LEFT, y)
    canvas.save()
    return read_pdf(buffer.getvalue())


def under(structure: Structure) -> dict[str, str]:
    """The text of each section, without its heading, in order."""
    return {
        structure.text[s.heading.start : s.heading.end]:
        " ".join(structure.text[s.heading.end : s.span.end].split()) for s in structure.sections
    }  # fmt: skip


def test_a_short_heading_below_two_columns_ends_them() -> None:
    read = under(draw([(FIRST, SECOND)], ["# Article 3 – Dépôt", *CLOSING]))
    assert list(read) == ["Article 1 – Objet", "Article 2 – Aides", "Article 3 – Dépôt"]
    assert read["Article 2 – Aides"] == WHOLE
    assert read["Article 3 – Dépôt"] == " ".join(CLOSING)


def test_a_short_line_below_that_heading_stays_with_it() -> None:
    below = ["# Article 3 – Dépôt", "Le dossier est déposé en mairie.", "# Article 4 – Pièces", *CLOSING]
    read = under(draw([(FIRST, SECOND)], below))
    assert read["Article 2 – Aides"] == WHOLE
    assert read["Article 3 – Dépôt"] == "Le dossier est déposé en mairie."
    assert read["Article 4 – Pièces"] == " ".join(CLOSING)


def test_a_heading_within_the_longer_column_stays_in_it() -> None:
    longer = [*FIRST, *SECOND, "# Article 3 – Dépôt", *FIRST]
    for below in ([], CLOSING):
        read = under(draw([(longer, SECOND)], below))
        assert read["Article 2 – Aides"] == WHOLE
        assert read["Article 3 – Dépôt"].startswith(WHOLE)
