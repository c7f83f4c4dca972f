"""Names of reasons as people read them: French first, English second."""

from __future__ import annotations

from assistant.desk.reasons import reasons

_OWN = {
    "not_in_sources": {"fr": "le règlement ne répond pas à tout", "en": "the regulation does not answer everything"},
    "waiting": {"fr": "a déjà écrit et attend une réponse", "en": "wrote before and waits for an answer"},
    "deadline": {"fr": "clôture proche", "en": "the deadline is near"},
    "corrected": {"fr": "comme un message que vous avez corrigé", "en": "like a mail that you corrected"},
    "person": {"fr": "semble attendre une personne", "en": "seems to call for a person"},
    "unclear": {"fr": "demande à lire", "en": "to be read by a person"},
}


def reason_label(id_: str, language: str | None = None) -> str:
    """The label of a reason; in both languages when none is given."""
    labels = _OWN.get(id_) or reasons()[id_].label
    return labels[language] if language in labels else f"{labels['fr']} / {labels['en']}"
