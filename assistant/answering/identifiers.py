"""Parts of a call that go by a letter or a number: axis B, lot 2, article 7, ODD 9."""

from __future__ import annotations

import re

from assistant.words import fold

_MARK = r"[a-h]|\d{1,2}|i{1,3}|iv|v|vi{0,3}"
_NAMED = re.compile(
    r"\b(?:axes?|volets?|lots?|themes?|thematiques?|categories?|phases?|options?|annexes?|articles?|"
    r"priorites?|mesures?|groupes?|colleges?|pistes?|parcours|tranches?|niveaux?|lignes?|objectifs?|"
    r"odd|sdg|vagues?|tracks?|axis|strands?|annex|category|waves?|ejes?|eixos?|lineas?|linhas?|ods)"
    rf"\s+(?:n[°o]\s*)?({_MARK})\b"
)
# "B – Repérage et orientation": what an item, a row or a heading is called by.
_LEADING = re.compile(rf"\s*(?:- )?({_MARK})\s*[–—.):-]\s")


def identifiers(text: str) -> frozenset[str]:
    """Letters and numbers by which ``text`` names parts of a call, in small letters."""
    return frozenset(_NAMED.findall(fold(text)))


def leading_identifier(text: str) -> frozenset[str]:
    """The letter or number that ``text`` opens with, if it is one that names a part."""
    match = _LEADING.match(fold(text))
    return frozenset(match.groups()) if match else frozenset()
