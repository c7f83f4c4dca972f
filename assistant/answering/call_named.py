"""A question less the name of the call that it is asked about: "la date limite de l'AAP « Rivages vivants »".

For embeddings the words of a title outweigh what is asked, and every question is about this call anyway.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.words import fold, stop_words, tokens

# What a call is called by; what stands right behind it, in quotation marks or not, may be its title.
_CALL = (
    r"(?:appels?(?: a (?:projets?|candidatures?|propositions?|manifestations? d['’]interet))?|aap|ami|"
    r"calls?(?: for (?:projects?|proposals?|applications?))?|convocatoria(?: de proyectos)?|edital|chamada(?: de projetos)?|"
    r"(?:projekt)?aufruf\w*)"
)
# Words that any title of a call has, and that say what is asked as well.
_ANY = frozenset("appel appels projet projets reglement candidature candidatures edition session programme call projects".split())
_QUOTES = "«»\"“”„'‘’"


def without_title(text: str, title: str) -> str:
    """``text`` without the words of the call's ``title`` that stand right behind what a call is called by; as it is
    where nothing is left to ask."""
    pattern = _named(title)
    folded = fold(text)
    if pattern is None or len(folded) != len(text):
        return text
    rest, end = "", 0
    for match in pattern.finditer(folded):
        rest += text[end : match.end("call")]
        end = match.end()
    rest += text[end:]
    asks = any(word not in stop_words() and word not in _ANY for word in tokens(re.sub(rf"\b{_CALL}\b", " ", fold(rest))))
    return rest if end and asks else text


@lru_cache(maxsize=200)
def _named(title: str) -> re.Pattern[str] | None:
    """What a call is called by with words of its title behind it; function words may stand between these."""
    words = {word for word in tokens(title) if word not in _ANY and word not in stop_words() and not word.isdigit()}
    if not words:
        return None
    telling = rf"(?:{'|'.join(re.escape(word.rstrip('sx')) for word in sorted(words, key=len, reverse=True))})\w{{0,2}}\b"
    between = rf"(?:{'|'.join(sorted(stop_words() & set(tokens(title)) | {'et', 'and', 'y', 'e', 'und', 'sur', 'on', 'du', 'de', 'le', 'la', 'les'}))})\b"
    # One way only to match the blanks: two would make a long run of such words exponential.
    gap = rf"[\s,:–{_QUOTES}-]*(?:[ld]['’])?"
    return re.compile(rf"\b(?P<call>{_CALL})\b[\s:–-]*[{_QUOTES}]*\s*(?:(?:{between}{gap})*{telling}{gap})+[\s{_QUOTES}]*(?=[\s?.!,;:)]|$)")
