"""Values of a regulation that can't be: days that no calendar has, ranges that run backwards, rates
above the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from assistant.types import Span
from assistant.values import Value, find_values, month_number
from ingest.findings import Checked, Finding

_S = r"[ \u00a0\u202f]"  # not a tab: it ends the cell of a table
_DAYS = {
    name: number
    for names in (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
_FRENCH_DAYS = tuple(_DAYS)[:7]
# Not a phone number, an amount, the number of an article or of an issue.
_ALONE = rf"(?<![\d.,/-])(?<!\d{_S})(?<!n°)(?<!n°{_S})"
_NAMED = re.compile(
    rf"{_ALONE}(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?{_S}+(?:de{_S}+|of{_S}+)?(?P<mn>[^\W\d_]{{3,10}})\b"
    rf"(?:{_S}+(?:de{_S}+)?(?P<y>\d{{4}})\b)?",
    re.IGNORECASE,
)
_FIGURES = re.compile(
    rf"{_ALONE}(?P<d>\d{{1,2}})(?:er)?(?P<by>[/.-])(?P<m>\d{{1,2}})(?P=by)(?P<y>\d{{4}}|(?<=/)\d{{2}})(?![\d/]|[.,-]\d)"
)
_WEEKDAY_BEFORE = re.compile(rf"\b({'|'.join(_DAYS)}),?{_S}+(?:le{_S}+)?$", re.IGNORECASE)
_WEEKDAY_BEHIND = re.compile(rf"{_S}*\(({'|'.join(_DAYS)})\)", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:entre|between)\s+(?:le\s+|la\s+)?$", re.IGNORECASE)
_FROM = re.compile(r"\b(?:de|du|from)\s+(?:le\s+)?$", re.IGNORECASE)
_LINK = re.compile(rf"\s*(?:(et|and)|à|au|to)\s+(?:le\s+)?(?:(?:{'|'.join(_DAYS)})\s+)?", re.IGNORECASE)
# What goes from one amount down to another on purpose.
_FALLS = re.compile(r"\b(?:pass|rédui|ramen|abaiss|diminu|baiss|dégressi|décroi|décrém|descend)", re.IGNORECASE)
_COUNTS_DOWN = re.compile(r"\s+(?:avant|before)\b", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:taux|subvention|aides?|(?:co)?financ|prise? en charge|intensité|avance|acompte|solde|plafond|part)", re.IGNORECASE
)
# More than the whole is right of what grows, and of another whole.
_GROWS = re.compile(r"\b(?:hausse|augment|major|progress|bonif|croissance|endettement|supérieur)", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"\s*(?:du|de la|des|de l['’])\s*(?:smic|plafond|seuil|revenu|médian|moyenn|minimum|montant de référence)", re.IGNORECASE)


def value_findings(checked: Checked) -> Iterator[Finding]:
    """All that is impossible by itself, in the order of the text, each with its passage."""
    for unit, sentence, text in checked.sentences():
        values = find_values(text)
        label = next((f.label for f in checked.facts if f.unit == unit.id and f.kind == "percent"), "")
        problems = [
            *_impossible_days(text, values), *_wrong_weekdays(text, values),
            *_backwards(text, values), *_above_the_whole(text, values, label),
        ]  # fmt: skip
        for start, end, grave, said in sorted(problems):
            span = Span(sentence.start + start, sentence.start + end)
            yield Finding(grave, f"{checked.place(unit, span)}: {said}: {checked.quoted(unit, span)}.")


_Problem = tuple[int, int, bool, str]


def _impossible_days(text: str, values: tuple[Value, ...]) -> Iterator[_Problem]:
    taken = [v for v in values if v.kind in ("url", "email", "phone")]
    for pattern in (_NAMED, _FIGURES):
        for match in pattern.finditer(text):
            month = month_number(match["mn"]) if pattern is _NAMED else int(match["m"])
            if month is None or any(v.start <= match.start() < v.end for v in taken):
                continue
            year = int(match["y"] or 2024)  # a leap year: without its year 29 February may be
            try:
                date(year + 2000 if year < 100 else year, month, int(match["d"]))
            except ValueError:
                yield match.start(), match.end(), True, f"there is no day « {match.group()} »"


def _wrong_weekdays(text: str, values: tuple[Value, ...]) -> Iterator[_Problem]:
    for value in values:
        if value.kind != "date" or value.value.startswith("--"):
            continue
        named = _WEEKDAY_BEFORE.search(text, 0, value.start) or _WEEKDAY_BEHIND.match(text, value.end)
        right = date.fromisoformat(value.value).weekday()
        if named and _DAYS[named[1].lower()] != right:
            start, end = min(named.start(1), value.start), max(named.end(1), value.end)
            said = f"{text[value.start : value.end]} is a {_FRENCH_DAYS[right]}, not a {named[1].lower()}"
            yield start, end, True, said


def _backwards(text: str, values: tuple[Value, ...]) -> Iterator[_Problem]:
    for one, other in pairwise(values):
        link = _LINK.fullmatch(text, one.end, other.start)
        if not link or (other.kind == "duration" and _COUNTS_DOWN.match(text, other.end)):
            continue
        before = text[: one.start]
        weekday = _WEEKDAY_BEFORE.search(before)
        before = before[: weekday.start()] if weekday else before
        between = bool(_BETWEEN.search(before))
        if bool(link[1]) != between:
            continue
        if not between and (not _FROM.search(before) or (one.kind != "date" and _FALLS.search(before))):
            continue
        if _runs_backwards(text[one.start : one.end], one, other):
            said = f"the range « {text[one.start : other.end]} » runs backwards"
            yield one.start, other.end, between or one.kind == "date", said


def _runs_backwards(written: str, one: Value, other: Value) -> bool:
    if one.kind == other.kind == "date":
        # "du 15 décembre au 3 janvier 2028": the first day has a year of its own, which nobody wrote.
        dated = bool(re.search(r"\d[/.]\d", written) or re.search(r"\d{4}", written))
        return (dated or written.isdigit()) and "--" not in one.value + other.value and one.value > other.value
    if other.kind not in ("amount", "percent", "duration") or one.kind not in ("count", other.kind):
        return False
    numbers = [value.value.split()[0] for value in (one, other)]
    if other.kind == one.kind == "duration" and one.value.split()[1] != other.value.split()[1]:
        return False
    return float(numbers[0]) > float(numbers[1])


def _above_the_whole(text: str, values: tuple[Value, ...], label: str) -> Iterator[_Problem]:
    for value in values:
        if value.kind != "percent" or float(value.value) <= 100 or not _RATE.search(f"{label} {text}"):
            continue
        if not _GROWS.search(text) and not _OF_ANOTHER.match(text, value.end):
            yield value.start, value.end, False, "a rate above 100 %"
