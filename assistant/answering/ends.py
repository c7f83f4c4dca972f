"""Opening or closing: which end of a period a question asks for, and which one a passage states.

Embeddings hardly tell "until when" from "from when", above all across languages, and the one date
for the other is the worst answer there is. So words decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from assistant.answering.dates import CLOSING, OPENING
from assistant.answering.intents import Intent
from assistant.types import Span
from assistant.words import fold

if TYPE_CHECKING:
    from assistant.answering.index import CallIndex
    from assistant.answering.question import Question

End = Literal["opening", "closing"]

# Folded words of the languages we meet. "Open until when?" and "still open?" mean the end only.
_STILL = re.compile(
    r"\bjusqu|\b(?:toujours ouvert\w*|encore (?:ouvert\w*|temps)|still open|until|till|hasta|ate quando|"
    r"bis wann|noch offen|fino a)\b|حتى متى"
)
_UNTIL = re.compile(
    r"\b(?:dernier (?:jour|delai|moment)|derniere (?:limite|minute|date)|date limite|au plus tard|"
    r"clotures?|cloturer|se termine|prend fin|ferme|fermeture|echeance|deadline|ddl|"
    r"(?:la|de) fin|fini\w*|ends?|ende|fim|fin del?|too late|trop tard|latest|last day|last date|clos(?:e|es|ed|ing)|shuts?|cut-?off|due (?:date|by)|end date|"
    r"limite|bewerbungsende|cierra|cierre|ultimo dia|ultimo plazo|ate que|encerra\w*|prazo (?:final|limite)|"
    r"bis zu|frist\w*|einsendeschluss|bewerbungsschluss|schliesst|letzter tag|vence\w*|vencimiento|caduca|expir\w+|endet|lauft ab|scad\w+)\b|"
    r"آخر أجل|اخر اجل|آخر مهلة|نهاية|آخر موعد|اخر موعد|الموعد النهائي|اغلاق|إغلاق|ينتهي"
)
_FROM = re.compile(
    r"\b(?:(?:a|avait|est|etait|a ete) ouvert(?= (?:quel|quand|le \d))|ouvr(?:e|ent|i?rait|aient|ait|ir\w*)|ouverture|s'ouvre|premier (?:et dernier )?jour|first (?:and last )?day|primer(?: y ultimo)? dia|primeiro(?: e ultimo)? dia|erster (?:und letzter )?tag|a partir de quand|des quand|debut\w*|commence\w*|demarr\w*|lancement|"
    r"open(?:s|ed)?|opening|from when|starts?|starting|begins?|launch(?:ed)?|since when|"
    r"abre|abren|apertura|abertura|a partir de cuando|a partir de quando|desde cuando|desde quando|empieza|comienza|comeca|inicio|"
    r"ab wann|beginnt?|offnet|eroffnet|eroffnung|apre)\b|متى يبدأ|يفتح|بداية|افتتاح"
)

# How sources, in French or English, date the two ends of the time in which one applies, by whatever
# name the calendar gives them ("Terme du dépôt", "Mise en ligne du formulaire").
_ENDS = re.compile(
    r"\b(?:limites?|clotures?|terme|fins?|echeances?|fermetures?|ferme|jusqu|au plus tard|avant le|"
    r"dernier|delais? de|validees?|butoir|date de depot|deadline|clos\w*|latest|until)\b"
)
_OPENS = re.compile(
    r"\b(?:ouvertures?|ouvr\w+|lancement|mises? en ligne|debut|a compter|a partir|publie\w*|"
    r"publication de l'appel|open\w*|launch\w*|from)\b"
)
_APPLYING = re.compile(
    r"\b(?:depots?|depos\w+|candidat\w+|dossiers?|demandes?|formulaires?|guichets?|saisi\w*|soumi\w+|"
    r"proposi\w+|projets?|appel|reponses?|envoi|envoy\w+|plateforme|vagues?|sessions?|"
    r"applications?|submissions?|proposals?)\b"
)

# Standard questions (catalogue.toml) about one end.
_TOPICS: dict[str, End] = {"opening_date": "opening", "closing_date": "closing"}


def both_asked(question: Question) -> bool:
    """Whether the question asks for both ends ("premier et dernier jour")."""
    text = fold(question.plain)
    return bool(_UNTIL.search(text) and _FROM.search(text)) and not _STILL.search(text)


def end_asked(question: Question) -> End | None:
    """Which end the question asks for, None when it names none or both."""
    text = fold(question.plain)
    if _STILL.search(text):
        return "closing"
    until, start = bool(_UNTIL.search(text)), bool(_FROM.search(text))
    if until == start:
        return None
    return "closing" if until else "opening"


def end_of_intent(index: CallIndex, intent: Intent) -> End | None:
    """Which end a validated or a standard question is about, None for most."""
    if intent.kind == "faq":
        entry = index.entries[intent.id]
        return end_told(index, entry.document, entry.parts)
    return _TOPICS.get(intent.id)


def ends_likely(standard: Iterable[tuple[Intent, float]]) -> dict[End, float]:
    """How likely each end is asked for, by the standard questions that a message may be."""
    topics = {intent.id: p for intent, p in standard if intent.kind == "topic"}
    return {
        "opening": topics.get("opening_date", 0.0),
        "closing": topics.get("closing_date", 0.0) + topics.get("closing_hour", 0.0),
    }


def ends_of_applying(text: str) -> frozenset[End]:
    """Which ends of the time in which one applies a passage that holds a date may give."""
    folded = fold(text)
    if not _APPLYING.search(folded):
        return frozenset()
    ends: tuple[tuple[End, re.Pattern[str]], ...] = (("opening", _OPENS), ("closing", _ENDS))
    return frozenset(end for end, words in ends if words.search(folded))


def end_told(index: CallIndex, document: str, parts: tuple[Span, ...]) -> End | None:
    """Which end the dates of a passage are; None when it has none, or tells of both."""
    if not any(v.kind == "date" for part in parts for v in index.values(document, part)):
        return None
    words = frozenset().union(*(index.words(document, part) for part in parts))
    opening, closing = bool(words & OPENING), bool(words & CLOSING)
    if opening == closing:
        return None
    return "closing" if closing else "opening"
