"""The views under which a unit is indexed: its sentences, the unit in its context, questions.

An id of a view follows its content, so that an unchanged passage is never embedded again:
``<unit>#<n>`` is sentence n, ``<unit>#u`` the unit under its heading with its lead-in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.types import Document, Fact, KnownQuestion, Span, Unit
from ingest.facts import clean_label, contact_label

_CONTEXT_CHARS = 1_200
_NUMBERING = re.compile(r"^(?:article|titre|annexe|chapitre)?\s*(?:[IVX]+|[A-Z]|\d+)(?:[.\d]*)[\s.):–—-]+", re.I)  # fmt: skip
_DEFINITION = re.compile(
    r"^(?:L[ea]s?\s+|L['’]|Une?\s+)(?P<term>[^.;:,]{3,60}?)\s+"
    r"(?:(?:est|sont)\s+(?:une?|l[ea]s?|des)\b|(?:est|sont)\s+l['’]|désignent?\s|s['’]entend(?:ent)?\s)"
)


@dataclass(frozen=True, slots=True)
class View:
    """One text to embed for a unit; ``id`` as in the module's docstring."""

    id: str
    text: str


def unit_context(document: Document, unit: Unit) -> tuple[str, str]:
    """(body, heading path) of a unit: the body with its lead-in or what calls the note."""
    body = " ".join(document.text[part.start : part.end] for part in unit.parts)
    before = unit.lead if unit.lead and not unit.composite else unit.caller
    if before:
        body = f"{document.text[before.start : before.end]} {body}"
    if unit.kind == "contact":
        body = f"{contact_label(document, unit)} {body}"
    headings = [plain_heading(text) for text in document.heading_path(unit.section)]
    return re.sub(r"\s+", " ", body), " – ".join(headings)


def plain_heading(text: str) -> str:
    """A heading without its number."""
    return _NUMBERING.sub("", text).strip() or text


def passage_views(document: Document, units: Iterable[Unit]) -> Iterator[View]:
    """Views of all units that a passage can be found by."""
    for unit in units:
        body, heading = unit_context(document, unit)
        context = f"{heading} : {body}" if heading and unit.kind != "heading" else body
        yield _view(unit.id, "u", context[:_CONTEXT_CHARS])
        if unit.composite or unit.kind in ("title", "heading", "contact", "row"):
            continue
        if len(unit.sentences) == 1 and not heading and not unit.lead:
            continue
        for number, sentence in enumerate(unit.sentences):
            text = document.text[sentence.start : sentence.end]
            yield _view(unit.id, str(number), text)


def _view(unit: str, suffix: str, text: str) -> View:
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return View(f"{unit}#{suffix}#{digest}", text)


def fact_questions(
    document: Document, units: Iterable[Unit], facts: Iterable[Fact]
) -> Iterator[KnownQuestion]:
    """Questions that facts answer by their form alone: rows, contacts, definitions."""
    by_unit: dict[str, list[Fact]] = {}
    for fact in facts:
        by_unit.setdefault(fact.unit, []).append(fact)
    for unit in units:
        if unit.composite:
            continue
        texts: list[str] = []
        if unit.kind == "row":
            texts = _row_questions(by_unit.get(unit.id, []))
        elif unit.kind == "contact":
            texts = _contact_questions(document, unit, by_unit.get(unit.id, []))
        for text in texts:
            yield _question(text, document, unit, unit.parts)
        if unit.kind in ("paragraph", "box", "item"):
            for sentence in unit.sentences:
                match = _DEFINITION.match(document.text[sentence.start : sentence.end])
                if match:
                    term = match["term"].strip(" «»\"")
                    yield _question(f"Qu'est-ce que {term} ?", document, unit, (sentence,))


def _row_questions(facts: list[Fact]) -> list[str]:
    ask = {"date": "Quand ? ", "amount": "Combien ? ", "percent": "Quel taux ? "}
    return list(
        dict.fromkeys(ask[f.kind] + f.label for f in facts if f.kind in ask and len(f.label) > 3)
    )


def _contact_questions(document: Document, unit: Unit, facts: list[Fact]) -> list[str]:
    label = contact_label(document, unit)
    headings = document.heading_path(unit.section)
    subject = plain_heading(headings[-1]) if headings else ""
    names = [fact.value for fact in facts if fact.kind == "person"]
    questions = [f"Qui contacter ? {label}", f"Who should I contact? {label}"]
    for kind, wording in (("email", "Quelle est l'adresse mail"), ("phone", "Quel est le numéro de téléphone")):  # fmt: skip
        if any(fact.kind == kind for fact in facts):
            questions += [f"{wording} de {name} ?" for name in names]
            questions.append(f"{wording} ? {clean_label(label)} {subject}")
    return questions


def _question(
    text: str, document: Document, unit: Unit, parts: tuple[Span, ...]
) -> KnownQuestion:
    return known_question(text, document.language, "fact", "", unit.id, document, parts)


def known_question(
    text: str, language: str, origin: str, entry: str, unit: str, document: Document,
    parts: tuple[Span, ...],
) -> KnownQuestion:  # fmt: skip
    """A known question whose id follows its wording and the text that answers it."""
    answer = "\x1f".join(document.text[part.start : part.end] for part in parts)
    digest = hashlib.sha256(f"{origin}\x1f{text}\x1f{unit}\x1f{answer}".encode()).hexdigest()
    return KnownQuestion(
        digest[:20], text, language, origin, entry, unit, document.id, parts  # type: ignore[arg-type]
    )
