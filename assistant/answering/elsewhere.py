"""Questions about another call, or another year of this one: near misses that must not be
answered with this call's dates."""

from __future__ import annotations

import re

from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.words import stems

# A call by its name: "appel à projets Jeunesse", "AAP « Mobilités »". The name starts with a capital.
_NAMED = re.compile(
    r"\b(?:[Aa]ppels?(?: à (?:projets?|candidatures?|manifestation d['’]intérêt))?|AAP|AMI|"
    r"[Cc]all(?: for (?:projects?|proposals?))?|[Cc]onvocatoria|[Ee]dital)"
    r"\s+(?:«\s*|\"|“)?(?P<name>[A-ZÀ-Þ][\w’'-]{3,})"
)


def other_call(question: Question, index: CallIndex) -> bool:
    """Whether the question names a call by a word that this call's sources never write so."""
    own = set(stems(f"{index.call.title} {index.call.authority} {' '.join(index.call.acronyms)}"))
    for match in _NAMED.finditer(question.text):
        name = match["name"]
        written = any(name in d.text or name.upper() in d.text for d in index.catalog.documents.values())
        if not written and not set(stems(name)) & own:
            return True
    return False


def other_year(question: Question, index: CallIndex) -> bool:
    """Whether the question is about a year of which no source says anything.

    A supposition ("c'est bien en 2025 ?") is left to be corrected.
    """
    if question.asked == "yesno":
        return False
    years = {value.value for value in question.values if value.kind == "year"}
    return any(
        not any(year in d.text for d in index.catalog.documents.values()) for year in years
    )
