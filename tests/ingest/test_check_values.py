"""What ``aap call check`` says of values that can't be, or that contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.check_call import check_call
from ingest.findings import Finding
from ingest.new_call import new_call
from tests.ingest.test_office import docx, p

CONTACT = "\n\n## Contact\n\nMme Anne Roy, anne.roy@a.example, 01 70 00 10 20\n"


def findings(tmp_path: Path, text: str, name: str = "r.md") -> list[Finding]:
    source = tmp_path / name
    source.write_text(f"# Essai\n\n## Règles\n\n{text}{CONTACT}", encoding="utf-8")
    new_call(tmp_path / "corpus", "essai", source)
    return [f for f in check_call(tmp_path / "corpus", "essai") if not f.text.startswith("call.toml")]


@pytest.mark.parametrize(
    ("text", "said", "quote"),
    [
        ("Le jury siège le 30 février 2027.", "there is no day « 30 février 2027 »", "Le jury siège le 30 février 2027."),
        ("Le jury siège le 30/02/2027.", "there is no day « 30/02/2027 »", "siège le 30/02/2027"),
        ("Bilan rendu le 12/15/27.", "there is no day « 12/15/27 »", "Bilan rendu"),
        ("Le jury se réunit le lundi 31 avril.", "there is no day « 31 avril »", "le lundi 31 avril."),
        ("| Étape | Date |\n| - | - |\n| Bilan | 31.06.2027 |", "there is no day « 31.06.2027 »", "Bilan 31.06.2027"),
        ("Les lauréats sont annoncés le mardi 1er juin 2028.", "1er juin 2028 is a jeudi, not a mardi", "annoncés le mardi 1er juin 2028."),
        ("Réunion le 01/06/2028 (lundi).", "01/06/2028 is a jeudi, not a lundi", "Réunion le"),
        ("L'aide est comprise entre 5 000 € et 2 000 €.", "« 5 000 € et 2 000 € » runs backwards", "L'aide est comprise"),
        ("La durée va de 24 à 12 mois.", "« 24 à 12 mois » runs backwards", "La durée va"),
        ("Les actions ont lieu du 15 mai 2027 au 3 mars 2027.", "« 15 mai 2027 au 3 mars 2027 » runs backwards", "Les actions"),
        ("Le taux de subvention est de 120 %.", "a rate above 100 %", "Le taux de subvention est de 120 %."),
        ("| Taux | Part |\n| - | - |\n| Taux maximal de l'aide | 150 % |", "a rate above 100 %", "Taux maximal de l'aide 150 %"),
    ],
)  # fmt: skip
def test_a_value_that_can_not_be_is_told_with_its_passage(tmp_path: Path, text: str, said: str, quote: str) -> None:
    (found,) = findings(tmp_path, text)
    assert said in found.text
    assert quote in found.text.split("» :")[-1]
    line = 5 + text.count("\n")
    assert found.text.startswith(f"reglement.md, line {line}, under « Règles »: ")


@pytest.mark.parametrize(
    "text",
    [
        "Le 29 février 2028, le mardi 29 février 2028, le 31/12/2027 et le jeudi 1er juin 2028.",
        "Le n° 35 mars, le 04.75.31.02 ou https://x.example/30/02/2027, articles 30.02 et 1.31.2, 12 500 mars.",
        "L'aide passe de 5 000 € à 2 000 €. Le taux est réduit de 80 % à 50 %. De 500 € à 1 M€, de 2 à 5 millions d'euros.",
        "Les travaux durent du 15 décembre au 3 janvier 2028. Entre six mois et deux ans. Entre neuf et cinq mois avant la fin.",
        "L'aide est limitée aux revenus de 120 % du SMIC. Une hausse de 150 % des aides. Le taux est de 100 %.",
    ],
)
def test_what_may_be_is_not_told(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("La date limite de dépôt des dossiers est fixée au vendredi 28 mai 2027 à 12 h.", "La date limite est fixée au 11 juin 2027."),
        ("La date limite de dépôt est le 28 mai.", "Les candidatures sont closes le 11 juin 2027."),
        ("Clôture des candidatures : 28 mai 2027", "Les dossiers doivent être déposés en ligne au plus tard le 11 juin 2027."),
        ("On peut candidater en ligne jusqu'au 28 mai 2027.", "| Étape | Date |\n| - | - |\n| Clôture | 11 juin 2027 |"),
        ("Dépôt des dossiers : du 3 mars 2027 au 28 mai 2027.", "La clôture de l'appel à projets intervient le 11 juin 2027."),
    ],
)  # fmt: skip
def test_two_deadlines_in_different_places(tmp_path: Path, one: str, other: str) -> None:
    (found,) = findings(tmp_path, f"{one}\n\n## Fin\n\n{other}")
    assert found.grave and "two dates for the closing: " in found.text
    assert "05-28" in found.text and "2027-06-11" in found.text
    first, second = found.text.split("under « Règles »: ")[1], found.text.split("under « Fin »: ")[1]
    assert "28 mai" in first and "11 juin" in second


@pytest.mark.parametrize(
    "text",
    [
        "La date limite de dépôt est le 28 mai.\n\n## Fin\n\nLa date limite de dépôt est fixée au 28 mai 2027.",
        "La date limite de dépôt de la première session est le 28 mai 2027.\n\n## Suite\n\nPour la seconde, la date limite est le 1er octobre 2027.",
        "La date limite de dépôt est le 28 mai 2027.\n\n## Volet B\n\nLa date limite de dépôt est le 1er octobre 2027.",
        "La date limite de dépôt est le 28 mai 2027.\n\n## Bilan\n\nLa date limite de remise du bilan est le 1er octobre 2028.",
        "Deuxième vague – Ouverture : 7 juin 2027. Clôture : 24 septembre 2027.\n\nClôture : 19 mars 2027.",
        "Ouverture de l'appel : 11 janvier 2027.\n\nDépôt des dossiers complets : du 3 mai au 11 juin 2027.",
    ],
)  # fmt: skip
def test_dates_of_different_things_do_not_contradict(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, text) == []


def test_an_end_before_its_beginning_outside_tables(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "Les candidatures ouvrent le 15 avril 2027.\n\nLa clôture des candidatures intervient le 12 mars 2027.")
    assert found.grave and "the deadline 2027-03-12 is before the opening 2027-04-15" in found.text
    assert "line 7" in found.text and "« La clôture des candidatures intervient le 12 mars 2027. »" in found.text


def test_the_page_of_a_pdf_and_a_word_file_without_lines(tmp_path: Path) -> None:
    sheet = Canvas(str(tmp_path / "r.pdf"))
    for line in ("Le jury siège à Lyon.", "Le jury siège le 31 juin 2026."):
        sheet.drawString(72, 700, line)
        sheet.showPage()
    sheet.save()
    new_call(tmp_path / "corpus", "pages", tmp_path / "r.pdf")
    (found,) = [f for f in check_call(tmp_path / "corpus", "pages") if f.text.startswith("reglement")]
    assert found.text.startswith("reglement.pdf, page 2: there is no day « 31 juin 2026 »")
    (tmp_path / "r.docx").write_bytes(docx(p("Règlement", "Titre") + p("Dates", "Titre1") + p("Le jury siège le 31 juin 2026.")))
    new_call(tmp_path / "corpus", "mot", tmp_path / "r.docx")
    (found,) = [f for f in check_call(tmp_path / "corpus", "mot") if f.text.startswith("reglement")]
    assert found.text.startswith("reglement.docx, under « Article 1 – Dates »: there is no day « 31 juin 2026 »")
