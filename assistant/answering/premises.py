"""False premises: what a question supposes and the evidence says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.answering.dates import call_dates
from assistant.answering.ends import end_asked
from assistant.answering.index import CallIndex
from assistant.answering.question import Question, names_oneself
from assistant.answering.retrieve import Candidate
from assistant.answering.texts import say
from assistant.types import Span
from assistant.values import Value
from assistant.words import fold

# Log odds within which another candidate may be the one that was meant. Chosen on the dev questions.
MARGIN = 2.0
_SUPPOSES = re.compile(
    r"n'est[- ]ce pas|on est (?:bien )?d'accord|c'est (?:bien|ça)|\b(?:est|sont|a|ont|avait|était) bien\b|bien le|non \?|isn't it|right \?|right\?|correct \?|"
    r"correct\?|\bwe have until|nous avons jusqu|on a jusqu|vrai\b|confirm|"
    # Tags: "…, wasn't it?", "…, ¿verdad?", "…, não é?", "…, oder?", "…, vero?", "…، أليس كذلك؟"
    r"[,;،]\s*(?:(?:is|was|do|does|did|are|were|has|have|had|will|would|can|could)n['’]t (?:it|they|there|he|she|we|you|i)|"
    r"yes|no|¿?(?:no(?: es (?:cierto|as[ií]))?|verdad|cierto|correcto|s[ií])|certo|n[ãa]o(?: é)?|né|é isso|correto|"
    r"oder(?: nicht)?|nicht wahr|stimmt(?:'s| das)?|richtig|vero|giusto|صحيح|صح|أليس كذلك)\s*[?؟]|"
    r"\b(?:je (?:crois|pense)|il me semble|i (?:think|believe|guess)|creo(?: que)?|acho que|glaube ich|ich glaube|penso)\b",
    re.IGNORECASE,
)
# Whoever asks is to do something on a day, folded: "peut-on déposer le …", "can I send it on …".
_ACTING = re.compile(
    r"\b(?:depos\w*|depots?|candidat\w*|postul\w*|envo[iy]\w*|soum\w+|repond\w*|particip\w*|inscri\w+|transm\w+|remettre|"
    r"(?:file|dossier|candidature|application|bid|proposal)s? (?:\w+ ){0,4}(?:ready|prete?s?|complete?s?|finished)|in time|early enough|a temps|assez tot|dans les temps|"
    r"apply\w*|submit\w*|send\w*|appl(?:ied|ication)|solicit\w*|presentar\w*|enviar\w*|candidatur\w*|concorrer|submeter|"
    r"einreich\w*|bewerb\w*|abgeb\w+|einsend\w*|inviare|presentare)\b|تقديم|أقدم|نقدم|إرسال"
)
_TOO_LATE = re.compile(r"\b(?:trop tard|too late|demasiado tarde|tarde demais|muito tarde|zu spat|troppo tardi)\b|متأخر")


def acting_day(index: CallIndex, question: Question) -> tuple[str, str, str, str] | None:
    """The day on which the author wants to apply, that the call opens, and that it closes (ISO dates), and how the
    question writes the first; None where it asks of something else, or the sources name no such period."""
    dates = call_dates(index)
    days = [v for v in question.values if v.kind == "date"]
    # "Le conseil se réunit le 11 mars : pourrons-nous déposer le lendemain ?" is about another day.
    said = question.text[days[0].start : days[0].end] if len(days) == 1 else ""
    text = fold(next((part for part in re.split(r"[!?;:]\s+", question.text) if said and said in part), ""))
    if dates is None or not dates[0] or not said or end_asked(question) or not _ACTING.search(text):
        return None
    opening, closing = dates[0], dates[1]
    for year in ("", str(closing.year), str(opening.year)):
        iso = days[0].value if not year else f"{year}{days[0].value[1:]}"
        try:
            day = date.fromisoformat(iso)
        except ValueError:
            continue
        if year and day < opening and closing.year != opening.year:
            continue
        named = say(question.language, "supposed_date", date=said)
        return day.isoformat(), opening.isoformat(), closing.isoformat(), named
    return None


def another_address(index: CallIndex, question: Question, document: str, parts: Sequence[Span]) -> str:
    """The phone or mail that the question supposes, where the passage that answers it holds another one; or ""."""
    if question.asked != "contact" or names_oneself(question.plain):
        return ""
    found = [value for part in parts for value in index.values(document, part)]
    for value in question.values:
        if value.kind in ("phone", "email"):
            same = [v.value for v in found if v.kind == value.kind]
            if same and value.value not in same:
                return question.text[value.start : value.end]
    return ""


def said_otherwise(
    index: CallIndex, question: Question, best: Candidate, ranked: Sequence[Candidate]
) -> str:
    """What the question supposes (a date, an amount) that the evidence says otherwise, or "".

    Nothing is corrected while a near candidate states another value of the kind: the question
    may be about that one, and then both are shown under their labels instead.
    """
    if question.asked in ("contact", "list", "definition") or _TOO_LATE.search(fold(question.plain)):
        return ""
    found = [v for p in best.parts for v in index.values(best.unit.document, p)]
    for value in question.values:
        kind = "date" if value.kind == "month" else value.kind
        if kind not in ("date", "year", "amount", "percent"):
            continue
        same = [v for v in found if v.kind == kind]
        near = {
            v.value
            for c in ranked[:8]
            if best.score - c.score <= MARGIN and not _less(index, question, c, best)
            for p in c.parts
            for v in index.values(c.unit.document, p)
            if v.kind == kind
        }
        if len(near) > 1:
            return ""
        if len(same) == 1 and not any(_agrees(value, v) for v in same) and supposes(question):
            said = question.text[value.start : value.end]
            return say(question.language, "supposed_date", date=said) if kind == "date" and said[:1].isdigit() else said
    return ""


def _less(index: CallIndex, question: Question, one: Candidate, best: Candidate) -> bool:
    """Whether ``best`` fits all that ``one`` fits of the question's words, and more."""

    def fitting(c: Candidate) -> set[str]:
        words = frozenset().union(*(index.words(c.unit.document, p) for p in c.parts))
        return {t.exact for t in question.terms if t.stems & words}

    return fitting(one) < fitting(best)


def supposes(question: Question) -> bool:
    """Whether a question takes something for granted and wants it confirmed."""
    return bool(_SUPPOSES.search(question.text)) or question.asked == "yesno"


def _agrees(said: Value, found: Value) -> bool:
    if said.kind == "month":
        return found.value.startswith(said.value)
    if said.value.startswith("--"):
        return found.value.endswith(said.value[1:])
    return said.value == found.value
