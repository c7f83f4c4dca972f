"""The category of a mail: by its reason, by what its questions were recognised as, else by its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from assistant.desk.parse import Mail
from assistant.desk.reasons import reasons
from assistant.desk.types import Category
from assistant.words import fold

# Groups of the standard questions (catalogue.toml).
_GROUPS: dict[str, Category] = {
    "funding": "funding", "eligibility": "eligibility", "scope": "scope", "calendar": "calendar",
    "procedure": "procedure", "technical": "technical", "selection": "procedure",
    "obligations": "procedure", "contact": "contact", "partner": "partner",
}  # fmt: skip
_WORDS: tuple[tuple[Category, str], ...] = (
    ("technical", r"\b(?:plateforme|bug|erreur|message d'erreur|lien mort|connexion|mot de passe|telecharg\w+|upload|fichier|pdf|format|portail|site ne|platform|password|error|login)\b"),
    ("calendar", r"\b(?:date|dates|calendrier|delai|delais|echeance|cloture|ouverture|quand|jusqu'a|deadline|closing|when|comite de selection|plazo|fecha|cuando|report)\b"),
    ("funding", r"\b(?:montant|subvention|financ\w+|cofinanc\w+|budget|taux|depenses?|euros?|plafond|cout|couts|salaires?|grant|funding|amount|money|costs?|importe|financiacion)\b"),
    ("contact", r"\b(?:contact\w*|interlocut\w+|a qui|telephone|adresse mail|coordonnees|scac|ambassade|joindre|whom?|reach|phone|contactar|quien)\b"),
    ("eligibility", r"\b(?:eligib\w+|candidater|postuler|peut-on|pouvons-nous|qui peut|association|entreprise|commune|collectivite|apply|applicant|elegible)\b"),
    ("procedure", r"\b(?:dossier|deposer|depot|formulaire|pieces?|document|deliberation|lettre|candidature|jury|selection|criteres?|submit|application|form|formulario|solicitud)\b"),
    ("partner", r"\b(?:partenaires?|partenariat|partner\w*|socios?)\b"),
    ("scope", r"\b(?:thematique|theme|champs?|action|actions|projets?|inclusi\w+|numerique|scope|topic|tema|exemples?)\b"),
)  # fmt: skip


def category_of(mail: Mail, text: str, groups: Sequence[str], human: Sequence[str]) -> Category:
    """The category of a mail of which ``text`` counts, whose questions belong to ``groups`` of standard questions
    ("" for none) and which needs a person for the reasons ``human``."""
    for id_ in human:
        named = reasons()[id_].category if id_ in reasons() else ""
        if named and id_ in ("extension", "press", "legal", "personal_data"):
            return named  # type: ignore[return-value]
    found = Counter(_GROUPS[group] for group in groups if group in _GROUPS)
    if found:
        return found.most_common(1)[0][0]
    folded = fold(f"{mail.subject}\n{text[:3_000]}".replace("’", "'"))
    hits = [(len(pattern.findall(folded)), -n, name) for n, (name, pattern) in enumerate(_patterns())]
    best = max(hits)
    return best[2] if best[0] else "other"


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Category, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in _WORDS)
