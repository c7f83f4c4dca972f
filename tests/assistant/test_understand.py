"""Which questions a message holds."""

import pytest

from assistant.answering.understand import split_questions


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("deadline + mail du ministere svp", ["deadline ?", "mail du ministere svp ?"]),
        (
            "My mayor wants to know the closing date, plus the phone number of the person in charge.",
            ["My mayor wants to know the closing date ?", "the phone number of the person in charge ?"],
        ),
        ("Date de clôture et montant de la subvention ?", ["Date de clôture ?", "montant de la subvention ?"]),
        ("un site pour + d'infos ?", ["un site pour + d'infos ?"]),
        ("la taille du réseau (villes + acteurs) ?", ["la taille du réseau (villes + acteurs) ?"]),
        ("Le taux et le plafond de la subvention ?", ["Le taux et le plafond de la subvention ?"]),
        (
            "Nous avons un budget de 30 000 euros et voulons savoir la date de clôture.",
            ["Nous avons un budget de 30 000 euros et voulons savoir la date de clôture."],
        ),
    ],
)
def test_things_of_different_kinds_are_different_questions(message: str, parts: list[str]) -> None:
    assert split_questions(message) == parts
