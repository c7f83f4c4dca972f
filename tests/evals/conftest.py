"""A small regulation, and answers made by hand from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.types import Answer, Citation, Document, Handoff

TEXT = """IV. Calendrier

Date d'ouverture de l'appel à projets\t10 janvier 2024
Date de clôture de l'appel à projets\t13 mars 2024

Le comité de sélection se réunira dans les trois semaines suivant la clôture.

V. Contacts

Morgane MILLON, chargée de mission
morgane.millon@diplomatie.gouv.fr
01 43 17 62 71

- Etudes de faisabilité ;
- Services publics numériques.

Près de 3 millions de personnes, soit 37 % de la population, pour 1 500 € au plus (p.38).
"""

Cite = Callable[..., Citation]
Reply = Callable[..., Answer]


@pytest.fixture(scope="session")
def regulation() -> Document:
    return Document("reglement", "Règlement", "regulation", "fr", None, TEXT)


@pytest.fixture(scope="session")
def cite() -> Cite:
    """A true citation of a passage; keywords falsify its fields."""

    def make(passage: str, index: int = 1, **changes: Any) -> Citation:
        start = TEXT.index(passage)
        fields = {
            "index": index,
            "quote": passage,
            "document": "reglement",
            "title": "Règlement",
            "heading": "IV. Calendrier",
            "start": start,
            "end": start + len(passage),
            "url": "",
        }
        return Citation(**{**fields, **changes})

    return make


@pytest.fixture(scope="session")
def reply() -> Reply:
    def make(text: str, *citations: Citation, **changes: Any) -> Answer:
        fields: dict[str, Any] = {
            "id": "a",
            "question": "Quand ?",
            "language": "fr",
            "call": "essai-2024",
            "status": "answered",
            "text": text,
            "citations": citations,
            "confidence": 0.9,
        }
        return Answer(**{**fields, **changes})

    return make


@pytest.fixture(scope="session")
def handoff() -> Handoff:
    return Handoff(name="Référente", email="referente@exemple.gouv.fr", reason="Pas de réponse.")
