"""Names of persons and of bodies (a service, a town …) as French regulations print them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GAP = r"[ \u00a0]+"
_WORD = r"(?>[A-ZÀ-Þ][\w'’-]+|[A-ZÀ-Þ]{2,})"
_MORE = rf"{_GAP}(?:d[eu]s?{_GAP}|l[ae]{_GAP}|d['’])?{_WORD}"
NAME = re.compile(rf"{_WORD}(?:{_MORE}){{1,3}}|\bM\.{_GAP}{_WORD}(?!{_MORE})")
# What opens a name that is no person's; in a running sentence some stand in small letters.
_OFFICES = "Service|Direction|Bureau|Pôle|Mission|Cellule|Secrétariat|Délégation"
_BODIES = (
    f"{_OFFICES}|Sous-direction|Division|Unité|Équipe|Mairie|Ville|Commune|Communauté|Métropole|"
    "Département|Région|Préfecture|Ministère|Rectorat|Académie|Agence|Association|Fondation|Office|Centre|"
    "Maison|Chambre|Conseil|Syndicat|Université|Institut|Comité|Hôtel|Place|Rue|Avenue|Boulevard"
)
_BODY = re.compile(
    rf"\b(?:(?:{_BODIES})\b|(?:(?<=\b[Ll]e )|(?<=\b[Ll]a )|(?<=\b[Dd]u ))(?:{_OFFICES.lower()})\b)[^,;:.()\n\t@–—|]*"
)
_PLACES = re.compile(r"(?:Hôtel|Place|Rue|Avenue|Boulevard)\b")
_OPENS_BODY = re.compile(rf"(?:{_BODIES})\b")
# Where the name of a body ends in a sentence that goes on.
_SENTENCE = re.compile(
    r"\s+(?:par|à|aux?|via|avant|jusqu|est|sont|sera|se|qui|lance|\d|tél|courriel|mail|e-?mail)\b.*", re.I
)
_STREET = re.compile(r"\b(?:rue|avenue|place|boulevard|allée|quai|cours|impasse|chemin|square)\b[^,;\n]*$", re.I)
# What announces a name and is part of none.
_LABEL = re.compile(
    rf"(?:(?:Contacts?|Courriel|E-?mail|Mail|Tél|Téléphone|Adresse|Nom|Vos|Votre|Interlocut\w+|"
    rf"Référente?|Responsable|Correspondante?){_GAP})+"
)
_MAX_CHARS = 80


@dataclass(frozen=True, slots=True)
class Name:
    """A name and its offset in the text that it was found in."""

    text: str
    start: int


def find_persons(text: str) -> list[Name]:
    """Names of persons, with their titles, in order; those of bodies and streets are left out."""
    found: list[Name] = []
    start = 0
    while match := NAME.search(text, start):
        start = match.end()
        label = _LABEL.match(match.group())
        if label:
            start = match.start() + label.end()
        elif not (_OPENS_BODY.match(match.group()) or _STREET.search(text, 0, match.start())):
            found.append(Name(match.group(), match.start()))
    return found


def find_bodies(text: str) -> list[Name]:
    """Names of services, towns and the like, in order, as far as they can be told."""
    found: list[Name] = []
    for match in _BODY.finditer(text):
        name = _SENTENCE.sub("", match.group()).strip(" -’'\u00a0")
        if len(name) <= _MAX_CHARS and " " in name and not _PLACES.match(name):
            found.append(Name(name[:1].upper() + name[1:], match.start()))
    return found
