"""What a new call seems to be called, and who seems to issue it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.structure import Structure

_MOTTO = re.compile(
    r"(?:république française|liberté\W{1,5}égalité\W{1,5}fraternité|union européenne|logo)(?=\W|$)[\s,;:–—-]*", re.I
)
_BODIES = (
    r"[Mm]inistère|[Aa]gence|[Rr]égion|Ville|Commune|Mairie|Communauté|[Dd]épartement(?=[ \u00a0]+d)|[Mm]étropole|"
    r"[Pp]réfecture|[Ff]ondation|Conseil|Office|Syndicat|Académie|Rectorat|Université"
)
_PARTS = r"[Dd]irection|[Dd]élégation|[Ss]ecrétariat"
# Behind the name of a body comes what it is the body of: "Ville de X", "Région X", "agence régionale".
_OF = (
    r"(?=[ \u00a0]+(?:d[eu]s?\b|d['’]|à\b|pour\b|chargée?\b|[A-ZÀ-Þ]|[a-zà-ÿ]+(?:ale?|aine?|ique|elle|aux|ien|ienne)\b))"
)
_VERB = re.compile(r"\b(?:fait|font|est|sont|sera|seront|doit|doivent|peut|peuvent|lance|a|ont|entend|rassemble|reconduit)\b")
_PART = re.compile(r"\s+[–—|-]\s+|\n")
_ACRONYM = re.compile(r"\s*\([^()]*\)\s*$")
_TOP = 8
_ORDINARY = re.compile(r"(?:\W*[\dIVX]+[.)\s]|(?:titre|article|préambule|contexte|objet|sommaire|introduction|présentation)\b)", re.I)
# "Règlement de l'appel à projets « Eau » – session 2027": its name stands in quotation marks.
_CALLED = re.compile(
    r"^(?:(?:règlement|cahier des charges) (?:de l['’]|du ))?(?:appel à (?:projets?|candidatures?|manifestation d['’]intérêt)|AAP|AMI)[^«“\"]{0,40}"
    r"[«“\"]\s*([^»”\"]+?)\s*[»”\"].{0,40}$",
    re.IGNORECASE,
)


def guess_title(structure: Structure, default: str) -> str:
    """The document's title or, where that is a motto or the name of a body, the first heading that is
    neither; ``default`` where the text begins without one."""
    for block in structure.blocks:
        text = re.sub(r"\s+", " ", structure.text[block.span.start : block.span.end])
        if block.kind not in ("title", "heading"):
            continue
        if block.kind == "heading" and _ORDINARY.match(text):
            break
        while motto := _MOTTO.match(text):
            text = text[motto.end() :]
        if text and not all(_body_of(part, f"{_BODIES}|{_PARTS}") for part in _PART.split(text)):
            return _CALLED.sub(r"\1", text)
    return default


def guess_authority(structure: Structure, headers: Sequence[str]) -> str:
    """Who issues the call: a body whose name stands alone at the top, that is said to issue it, whose name
    stands in ``headers`` (those of the pages), or that the text names; else a part of a body.
    "" when there is none."""
    text = structure.text
    top = [text[b.span.start : b.span.end] for b in structure.blocks[:_TOP] if b.kind != "row"]
    start = text[:4_000]
    found = ""
    for bodies in (_BODIES, _PARTS):
        mention = rf"\b((?:[Ll]e |[Ll]a |[Ll]['’])?(?:{bodies})\b{_OF}[^,.;:()\n\t@]{{3,90}}?)"
        issues = rf"{mention}(?:[ \u00a0]\([^()]*\))?(?:,[^.;:]{{3,90}},)?(?= (?:lance|organise|ouvre|souhaite|propose|reconduit)\b)"
        found = found or (
            _alone(top, bodies) or _mentioned(issues, start) or _alone(headers, bodies)
            or _mentioned(rf"{mention}(?=[,.;:(\n]|$)", start)
        )  # fmt: skip
    found = re.sub(r"\s+", " ", found).strip()
    return found[:1].upper() + found[1:]


def _alone(lines: Iterable[str], bodies: str) -> str:
    found = (_body_of(part, bodies) for line in lines for part in [line, *_PART.split(line)])
    return next(filter(None, found), "")


def _body_of(line: str, bodies: str) -> str:
    """The body whose name is the whole of ``line``, but for its acronym; "" when it is more or less."""
    name = _ACRONYM.sub("", line.strip())
    if len(name) > 130 or _VERB.search(name) or _PART.search(name):
        return ""
    whole = re.compile(
        rf"(?:(?:Le |La |L['’])?(?:{bodies})\b{_OF})[^.;:!?()«»\"@\t]{{3,}}", re.I if name.isupper() else 0
    )
    return name if whole.fullmatch(name) else ""


def _mentioned(pattern: str, text: str) -> str:
    found = (match[1] for match in re.finditer(pattern, text) if not _VERB.search(match[1]))
    return next(found, "")
