"""What a new call is taken to be called, and who is taken to issue it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from reportlab.platypus import Paragraph

from assistant.call import load_call
from ingest.new_call import new_call
from tests.ingest.regulation_pdf import BODY, H1, TITLE, make_pdf
from tests.ingest.test_guessed_contact import TITLE as CALL
from tests.ingest.test_office import W, docx, p

TEXT = "\n\nLes dossiers sont examinés en juin.\n"


def guessed(tmp_path: Path, name: str, data: bytes) -> tuple[str, str]:
    source = tmp_path / name
    source.write_bytes(data)
    new_call(tmp_path / "corpus", "essai", source)
    call = load_call(tmp_path / "corpus", "essai")
    return call.title, call.authority


@pytest.mark.parametrize(
    ("text", "title", "authority"),
    [
        ("# RÉPUBLIQUE FRANÇAISE\n\n## Préfecture de la Drôme – Direction des territoires\n\n# Cahier des charges de l'AAP « Haies » – 3e édition",
         "Haies", "Préfecture de la Drôme"),
        ("# RÉPUBLIQUE FRANÇAISE Liberté – Égalité – Fraternité Fonds des haies\n\nVille de Port-Lavande",
         "Fonds des haies", "Ville de Port-Lavande"),
        ("# AGENCE NATIONALE POUR LES HAIES (ANH)\n\n# Fonds des haies", "Fonds des haies", "AGENCE NATIONALE POUR LES HAIES"),
        ("# Fonds des haies\n\nLa date de déclaration en préfecture fait foi.\n\nLe département du Vivarais lance ce fonds.",
         "Fonds des haies", "Le département du Vivarais"),
        ("# Fonds des haies\n\nPréfecture fait foi\n\nLa région est vaste.", "Fonds des haies", "À compléter"),
        ("# RÉPUBLIQUE FRANÇAISE\n\n## 1. Objet", "essai", "À compléter"),
    ],
)  # fmt: skip
def test_title_and_authority(tmp_path: Path, text: str, title: str, authority: str) -> None:
    assert guessed(tmp_path, "r.md", (text + TEXT).encode()) == (title, authority)


def test_the_authority_of_a_page_header_in_word(tmp_path: Path) -> None:
    path = tmp_path / "r.docx"
    path.write_bytes(docx(p("Fonds des haies", "Titre") + p("Les dossiers sont examinés en juin.")))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/header1.xml", f'<w:hdr {W}>{p("Région Val-de-Brume – Direction des haies")}</w:hdr>')
    assert guessed(tmp_path, "r.docx", path.read_bytes()) == ("Fonds des haies", "Région Val-de-Brume")


def test_the_authority_of_a_page_header_in_pdf(tmp_path: Path) -> None:
    def head(canvas: object, _document: object) -> None:
        canvas.drawString(70, 800, "Région Val-de-Brume – Direction des haies")  # type: ignore[attr-defined]

    parts = [Paragraph("Fonds des haies", TITLE), Paragraph("Article 1 – Objet", H1), *[Paragraph(TEXT * 30, BODY) for _ in range(4)]]
    assert guessed(tmp_path, "r.pdf", make_pdf(parts, on_page=head)) == ("Fonds des haies", "Région Val-de-Brume")


@pytest.mark.parametrize(
    ("text", "name", "email", "phone"),
    [
        ("Décision transmise par Paul Roy (paul@a.example).\n\nEn cas de litige : mediateur@b.example, 01 00 00 00 00.\n\n"
         "Dossiers à haies@a.example avant le 2 avril 2027.\n\nRenseignements : Service des haies, Mme Nadia Cherif, 03 44 00 00 00",
         "Nadia Cherif", "haies@a.example", "03 44 00 00 00"),
        ("Décision transmise par Paul Roy (paul@a.example).\n\nContact : Léa Bonnet, lea@a.example", "Léa Bonnet", "lea@a.example", None),
        ("Contact : haies [at] a.example – Tél : 04 75 00 00 10", "La Région Haute-Plaine", "haies@a.example", "04 75 00 00 10"),
        ("Votre interlocutrice : Mme Léa Bonnet (lea.bonnet @ a.example)", "Léa Bonnet", "lea.bonnet@a.example", None),
        ("Contact : Léa Bonnet, lea(arobase)a[point]example", "Léa Bonnet", "lea@a.example", None),
    ],
)  # fmt: skip
def test_the_contact_that_offers_information(
    tmp_path: Path, text: str, name: str, email: str, phone: str | None
) -> None:
    guessed(tmp_path, "r.md", f"{CALL}{text}\n".encode())
    found = load_call(tmp_path / "corpus", "essai").handoff
    assert (found.name, found.email, found.phone) == (name, email, phone)
    assert "# à confirmer" in (tmp_path / "corpus" / "essai" / "call.toml").read_text(encoding="utf-8")
