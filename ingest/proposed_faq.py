"""Questions that a new call's facts answer, worded to be read and validated by someone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import tomlkit

from assistant.types import Document, Fact, Unit
from assistant.values import find_values
from assistant.words import fold
from ingest.facts import contact_label
from ingest.views import fact_questions, plain_heading

_MOST = 60
_ASKED = {"date": "quelle date", "amount": "combien", "percent": "quel taux"}
_MASCULINE = "taux|montant|plafond|budget|forfait|seuil|coût|plancher|minimum|maximum|délai"
_FEMININE = "aide|subvention|bourse|dotation|enveloppe|part|date|échéance|limite|prise"
_NOUN = re.compile(rf"(?:(?P<m>{_MASCULINE})|(?:{_FEMININE}))\b", re.I)
# Headings and labels that tell of no contact what it is for.
_GENERAL = re.compile(r"(?:vos |votre )?(?:contacts?|renseignements?|informations?|interlocut\w+|courriel|e-?mail)", re.I)
_PURPOSE = re.compile(r"(?:pour|en cas)\b", re.I)


def propose_faq(document: Document, units: Iterable[Unit], facts: Iterable[Fact], mark: str) -> str:
    """The text of a faq.toml whose proposals are comments: nothing is validated until someone does it.
    ``mark`` says that they are to be confirmed."""
    lines = [f"# Questions proposées ({mark}) : ôtez les « # » d'une entrée pour la valider.", ""]
    seen: set[str] = set()
    for question, quote in _questions(document, units, facts):
        if fold(question) in seen or len(seen) >= _MOST:
            continue
        seen.add(fold(question))
        entry = tomlkit.table()
        entry.update({"id": f"propose-{len(seen)}", "questions": [question], "quote": quote})
        toml = "[[entry]]\n" + tomlkit.dumps(entry)
        lines += [f"# {line}".rstrip() for line in toml.strip().split("\n")] + [""]
    return "\n".join(lines)


def _questions(
    document: Document, units: Iterable[Unit], facts: Iterable[Fact]
) -> Iterator[tuple[str, str]]:
    """(question, quote), in the order of the text."""
    by_unit: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_unit[fact.unit].append(fact)
    for unit in units:
        own = by_unit[unit.id]
        if unit.composite:
            continue
        if unit.kind == "row":
            asked = [q for fact in own if fact.kind in _ASKED for q in _row_question(fact)]
        elif unit.kind == "contact":
            asked = list(_contact_questions(document, unit, own))
        else:
            for known in fact_questions(document, [unit], own):
                yield known.text, document.text[known.parts[0].start : known.parts[0].end]
            continue
        for question in asked:
            yield question, document.text[unit.span.start : unit.span.end]


def _row_question(fact: Fact) -> Iterator[str]:
    """"Plantations – Taux d'aide" becomes "Plantations : quel taux d'aide ?"; none without a name."""
    parts = [part for part in _distinct(fact.label.split(" – ")) if any(c.isalpha() for c in part)]
    parts = [part for part in parts if not any(v.kind in _ASKED for v in find_values(part))]
    if not parts:
        return
    *before, last = parts
    noun = _NOUN.match(last)
    if before and noun:
        which = "quel" if noun["m"] else "quelle"
        yield f"{', '.join(before)} : {which} {last[:1].lower()}{last[1:]} ?"
    else:
        yield f"{', '.join(parts)} : {_ASKED[fact.kind]} ?"


def _contact_questions(document: Document, unit: Unit, facts: Iterable[Fact]) -> Iterator[str]:
    found = list(facts)
    names = [fact.value for fact in found if fact.kind == "person"]
    label = contact_label(document, unit)
    about = _about(label, names)
    if label:
        yield f"Qui contacter{about} ?"
    for kind, whose, which in (
        ("email", "Quelle est l'adresse mail", "À quelle adresse mail écrire"),
        ("phone", "Quel est le numéro de téléphone", "Quel numéro de téléphone appeler"),
    ):
        if any(fact.kind == kind for fact in found):
            yield from (f"{whose} {_of(name)} ?" for name in names)
            if label:
                yield f"{which}{about} ?"


def _about(label: str, names: Iterable[str]) -> str:
    """What a contact is for, as the end of a question; "" when its label only names it."""
    parts = [
        part for part in _distinct(plain_heading(part) for part in label.split(" – "))
        if not _GENERAL.fullmatch(part) and not any(name in part for name in names)
    ]  # fmt: skip
    if not parts:
        return ""
    first = parts[0].split(",")[0] if _PURPOSE.match(parts[0]) else parts[0]
    if _PURPOSE.match(first):
        return f" {first[:1].lower()}{first[1:]}"
    first = re.sub(r"[«»]\s?|\s(?=»)", "", first).strip()
    return f" au sujet de « {first.capitalize() if first.isupper() else first} »"


def _distinct(parts: Iterable[str]) -> list[str]:
    """``parts`` without those that say the same again."""
    return list({fold(part.strip()): part.strip() for part in reversed(list(parts)) if part.strip()}.values())[::-1]


def _of(name: str) -> str:
    return f"d'{name}" if fold(name[:1]) in "aeiouy" else f"de {name}"
