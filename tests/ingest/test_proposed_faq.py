"""What a new call's facts propose for its FAQ."""

from __future__ import annotations

from pathlib import Path

import tomlkit

from ingest.new_call import new_call

TEXT = """# Appel à projets « Vergers »

## 1. Aides

| Dépense | Taux d'aide | Plafond | Solo |
| --- | --- | --- | --- |
| Plantations | 60 % | 5 000 € | 300 € |

| Étape | Date |
| --- | --- |
| Clôture | 19 juin 2026 |

## 2. CONTACTS

Pour les questions générales : Mme Jeanne Aubriet, jeanne@pays.example, 01 70 00 10 20

Assistance du portail : aide@pays.example

aline.roy@pays.example, Aline Roy
"""


def proposed(tmp_path: Path, text: str) -> list[str]:
    source = tmp_path / "r.md"
    source.write_text(text, encoding="utf-8")
    folder = new_call(tmp_path / "corpus", "essai", source).folder
    lines = (folder / "faq.toml").read_text(encoding="utf-8").splitlines()
    toml = "\n".join(line.removeprefix("# ") for line in lines if line.startswith(("# [[", "# id", "# questions", "# quote")))
    return [entry["questions"][0] for entry in tomlkit.parse(toml)["entry"]]  # type: ignore[union-attr,index]


def test_every_proposal_is_a_question_that_says_nothing_twice(tmp_path: Path) -> None:
    assert proposed(tmp_path, TEXT) == [
        "Plantations : quel taux d'aide ?",
        "Plantations : quel plafond ?",
        "Plantations, Solo : combien ?",
        "Clôture : quelle date ?",
        "Qui contacter pour les questions générales ?",
        "Quelle est l'adresse mail de Mme Jeanne Aubriet ?",
        "À quelle adresse mail écrire pour les questions générales ?",
        "Quel est le numéro de téléphone de Mme Jeanne Aubriet ?",
        "Quel numéro de téléphone appeler pour les questions générales ?",
        "Qui contacter au sujet de « Assistance du portail » ?",
        "À quelle adresse mail écrire au sujet de « Assistance du portail » ?",
        "Qui contacter ?",
        "Quelle est l'adresse mail d'Aline Roy ?",
        "À quelle adresse mail écrire ?",
    ]


def test_a_contact_that_nothing_announces_is_asked_for_by_its_name(tmp_path: Path) -> None:
    text = "# Vergers\n\nDécision transmise par Paul Roy (paul@pays.example).\n\nRenseignements : accueil@pays.example\n"
    source = tmp_path / "quotes"
    source.mkdir()
    assert proposed(source, text) == [
        "Quelle est l'adresse mail de Paul Roy ?", "Qui contacter ?", "À quelle adresse mail écrire ?",
    ]  # fmt: skip
