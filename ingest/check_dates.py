"""Dates of a regulation that contradict each other: the rows of its tables and its sentences together.

A date in a sentence has a label when the words right before it say of what it is the date
("la date limite de dépôt des dossiers est fixée au …", "les candidatures sont closes le …"). What is
said of one session, part or kind of applicant has no label: each may have a day of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.dates import CLOSING, OPENING
from assistant.types import Fact, Unit
from assistant.words import stems
from ingest.findings import Checked, Finding

# What the closing date of the call may be called, beside "date limite" and "clôture".
_OF_THE_CALL = frozenset(stems(
    "dépôt déposer dépôts candidature candidatures dossier dossiers appel projet projets réception envoi "
    "soumission transmission demande demandes subvention inscription présent est sont fixé fixée prévu prévue date "
    "impérativement le au jour heure plus tard intervient interviendra aura lieu ligne plateforme ouvert ouverte "
    "ouverts ouvrir ouvre"
))  # fmt: skip
_NOUN = re.compile(r"\b(date limite|clôture|ouverture|lancement)\b", re.IGNORECASE)
_ENDS_NOUN = re.compile(r"[.;:!?()\n]")
_FILED = r"(?:candidatures?|dossiers?(?: de candidature)?)"
_VERBS = (
    ("closing", re.compile(rf"\b{_FILED}\s+(?:\w+\s+){{0,3}}clos(?:es?)?\s+(?:le\s+)?$", re.I)),
    ("closing", re.compile(
        rf"\b{_FILED}\s+(?:\w+\s+){{0,3}}(?:dépos|adress|envoy|retourn|transmi|reçu)\w*\s[^.;]{{0,60}}?(?:au plus tard(?:\s+le)?|jusqu['’]au)\s+$", re.I)),
    ("closing", re.compile(
        r"\b(?:candidater|postuler|déposer (?:sa|leur|leurs|une|votre|vos) (?:candidatures?|dossiers?))\s[^.;]{0,40}?jusqu['’]au\s+$", re.I)),
    ("opening", re.compile(r"\b(?:candidatures?|dépôts?|appel|appel à projets)\s+(?:\w+\s+){0,2}ouv(?:re|rent|ert|erte|ertes|rira|riront)\s+(?:à (?:partir|compter) du\s+|le\s+|du\s+)?$", re.I)),
)  # fmt: skip
_WEEKDAY = re.compile(r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+$", re.IGNORECASE)
_ONE_OF_SEVERAL = re.compile(
    r"\b(?:sessions?|vagues?|relèves?|périodes?|phases?|volets?|lots?|axes?|tours?|campagnes?|étapes?|catégories?|"
    r"premi(?:er|ère)s?|second(?:e|es|s)?|deuxième|troisième|dernière?|édition|précédente?|initiale(?:ment)?|"
    r"report\w*|prolong\w*|exception\w*|sauf|provisoire)\b", re.IGNORECASE,
)  # fmt: skip
# A heading that holds one of these is about one of them; "Calendrier et étapes" is about all.
_PART = re.compile(r"\b(?:session|vague|relève|période|phase|volet|lot|axe|tour|campagne|catégorie)\b", re.IGNORECASE)
_OPEN_FROM = re.compile(r"\b(?:dépôts?|candidatures?|appel|ouvert(?:e?s?))\b[^.;]{0,60}\bdu\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date that is the ``role`` (a label) of something, and where."""

    role: str
    value: str
    checked: Checked
    unit: Unit
    fact: Fact

    @property
    def passage(self) -> str:
        """Where it stands, and the quote."""
        return f"{self.checked.place(self.unit, self.fact.span)}: {self.checked.quoted(self.unit, self.fact.span)}"


def date_findings(regulation: Sequence[Checked]) -> Iterator[Finding]:
    """Two dates for one label, and an end before its beginning, over all documents of the regulation."""
    rows = [dated for checked in regulation for dated in _in_rows(checked)]
    said = [dated for checked in regulation for dated in _in_sentences(checked)]
    labels: dict[str, list[_Dated]] = defaultdict(list)
    for dated in rows:
        labels[dated.fact.label].append(dated)
    told: set[str] = set()
    for label, found in labels.items():
        values = sorted({dated.value for dated in found})
        if len(values) > 1:
            told.add(found[0].role)
            yield Finding(True, f"two dates for « {label} »: {', '.join(values)}. {_passages(found)}")
    roles: dict[str, list[_Dated]] = defaultdict(list)
    for dated in [*rows, *said]:
        if dated.role:
            roles[dated.role].append(dated)
    for role, found in roles.items():
        if role not in told and _differ(dated.value for dated in found):
            values = sorted({dated.value for dated in found})
            yield Finding(True, f"two dates for the {role}: {', '.join(values)}. {_passages(found)}")
    opening = [d for d in [*rows, *said] if d.role == "opening" or _about(d, OPENING, CLOSING)]
    closing = [d for d in [*rows, *said] if d.role == "closing" or _about(d, CLOSING)]
    opening, closing = ([d for d in ds if not d.value.startswith("--")] for ds in (opening, closing))
    if opening and closing:
        first, last = min(opening, key=lambda d: d.value), max(closing, key=lambda d: d.value)
        if last.value < first.value:
            yield Finding(True, f"the deadline {last.value} is before the opening {first.value}. {_passages([last, first])}")


def _about(dated: _Dated, words: frozenset[str], but: frozenset[str] = frozenset()) -> bool:
    """Whether the label of a row speaks of it, of one session or of all."""
    found = set(stems(dated.fact.label)) if dated.unit.kind == "row" else set()
    return bool(found & words) and not found & but


def _passages(found: Iterable[_Dated]) -> str:
    """One passage for each date."""
    first: dict[str, str] = {}
    for dated in found:
        first.setdefault(dated.value, dated.passage)
    return "; ".join(first.values()) + "."


def _differ(values: Iterable[str]) -> bool:
    """Whether these are several days; a day without its year may be any year's."""
    found = set(values)
    days = {value[-5:] for value in found}
    return len(days) > 1 or len({value for value in found if not value.startswith("--")}) > 1


def _in_rows(checked: Checked) -> Iterator[_Dated]:
    rows = {unit.id: unit for unit in checked.units if unit.kind == "row" and not unit.composite}
    by_unit: dict[str, list[Fact]] = defaultdict(list)
    for fact in checked.facts:
        if fact.kind == "date" and len(fact.value) == 10 and fact.unit in rows:
            by_unit[fact.unit].append(fact)
    for id_, found in by_unit.items():
        if len(found) == 1:  # a row with a date a column: one label, several rounds
            role = "" if _one_of_several(checked, rows[id_], found[0].label) else _role(found[0].label)
            yield _Dated(role, found[0].value, checked, rows[id_], found[0])


def _in_sentences(checked: Checked) -> Iterator[_Dated]:
    text = checked.document.text
    units = {unit.id: unit for unit in checked.units if not unit.composite and unit.kind != "row"}
    by_sentence: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
    for fact in checked.facts:
        if fact.kind == "date" and fact.unit in units:
            home = next((s for s in units[fact.unit].sentences if s.covers(fact.span)), None)
            if home:
                by_sentence[fact.unit, home.start, home.end].append(fact)
    for (id_, start, end), facts in by_sentence.items():
        unit = units[id_]
        if _one_of_several(checked, unit, text[unit.span.start : end]):
            continue
        lead = text[unit.lead.start : unit.lead.end] if unit.lead else ""
        for fact in facts if len(facts) == 1 else facts[:0]:
            before = _WEEKDAY.sub("", text[start : fact.span.start])
            role = _role_before(before)
            if role and not _ONE_OF_SEVERAL.search(lead):
                yield _Dated(role, fact.value, checked, unit, fact)
        if len(facts) == 2 and (between := text[facts[0].span.end : facts[1].span.start]):
            before = _WEEKDAY.sub("", text[start : facts[0].span.start])
            if _OPEN_FROM.search(before) and not _more(before) and re.fullmatch(r"\s*au\s+", _WEEKDAY.sub("", between)):
                for role, fact in zip(("opening", "closing"), facts, strict=True):
                    yield _Dated(role, fact.value, checked, unit, fact)


def _one_of_several(checked: Checked, unit: Unit, text: str) -> bool:
    headings = " ".join(checked.document.heading_path(unit.section))
    return bool(_ONE_OF_SEVERAL.search(text) or _PART.search(headings))


def _role_before(before: str) -> str:
    """The label of the date behind these words."""
    for role, pattern in _VERBS:
        if pattern.search(before):
            return role
    nouns = list(_NOUN.finditer(before))
    if not nouns or _ENDS_NOUN.search(before[nouns[-1].end() :].rstrip(" :\u00a0")):
        return ""
    return _role(before[nouns[-1].start() :])


def _role(label: str) -> str:
    """"opening" or "closing" of the call itself, else what else it is the deadline of, or nothing."""
    noun = _NOUN.search(label)
    if not noun:
        return ""
    name = "closing" if noun[1].lower() in ("date limite", "clôture") else "opening"
    more = _more(label)
    return f"{name} ({more})" if more else name


def _more(words: str) -> str:
    """What these words say beside naming the call, its opening or its closing."""
    return " ".join(s for s in stems(words) if s not in OPENING | CLOSING | _OF_THE_CALL)
