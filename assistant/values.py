"""Typed values in text: dates, amounts, numbers, mails, phones, addresses of pages.

One finder serves ingestion (what facts a passage states), understanding (what the question
already says) and verification (what the answer claims), so that the three can't disagree.
Values are canonical: two spellings of one date give the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import cast

import phonenumbers

from assistant.types import FactKind

_MONTHS: dict[str, int] = {}
for _names in (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "january february march april may june july august september october november december",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
):
    for _number, _name in enumerate(_names.split(), start=1):
        _MONTHS[_name] = _number
        _MONTHS["".join(c for c in unicodedata.normalize("NFD", _name) if c.isascii())] = _number
_MONTHS.pop("", None)

# Not "dos": in Portuguese it is "of the".
_WORDS: dict[str, str] = {
    word: str(number)
    for number, words in enumerate(
        (
            "zéro zero",
            "",
            "deux two dois zwei",
            "trois three tres três drei",
            "quatre four cuatro quatro vier",
            "cinq five cinco fünf",
            "six seis sechs",
            "sept seven siete sete sieben",
            "huit eight ocho oito acht",
            "neuf nine nueve nove neun",
            "dix ten diez dez zehn",
            "onze eleven elf",
            "douze twelve doce doze zwölf",
        )
    )
    for word in words.split()
}
_WORDS |= {"quinze": "15", "vingt": "20", "trente": "30", "quarante": "40", "cinquante": "50"}

_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
# Not a tab: it ends the cell of a table ("17 heures", "15 avril").
_S = r"[ \u00a0\u202f]"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:er|st|nd|rd|th|\.)?"
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_SCALE = {
    "milliard": 10**9, "milliards": 10**9, "billion": 10**9, "million": 10**6, "millions": 10**6,
    "md": 10**9, "mds": 10**9, "m": 10**6, "k": 10**3, "millier": 10**3, "milliers": 10**3,
}  # fmt: skip

_PATTERNS: tuple[tuple[FactKind, re.Pattern[str]], ...] = tuple(
    (cast(FactKind, kind), re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("url", r"(?:https?://|www\.)[^\s<>()\[\]«»“”\"]*[^\s<>()\[\]«»“”\".,;:!?]"),
        ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        ("date", r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
        ("date", rf"\b(?P<d>{_DAY})[/.](?P<m>0?[1-9]|1[0-2])[/.](?P<y>\d{{4}}|\d{{2}})\b"),
        (
            "date",
            # "1. May we …": a day with its point is German, where the month is "Mai".
            rf"\b(?!\d+\.{_S}*may\b)(?P<d>{_DAY}){_S}*(?:de{_S}+|of{_S}+)?(?P<mn>{_MONTH})\b(?:{_S}*,?{_S}*(?:de{_S}+)?(?P<y>\d{{4}})\b)?",
        ),
        ("date", rf"\b(?P<mn>{_MONTH}){_S}+(?P<d>{_DAY})\b(?:,?{_S}+(?P<y>\d{{4}})\b)?"),
        ("month", rf"\b(?P<mn>{_MONTH}){_S}+(?:de{_S}+)?(?P<y>\d{{4}})\b"),
        # "Vague 2 : 25 %" is no time: where a colon stands between hours and minutes, no space does.
        (
            "time",
            rf"\b(?P<h>[01]?\d|2[0-3])(?:{_S}?(?:h|heures?){_S}?(?P<min>[0-5]\d)?|:(?P<m>[0-5]\d))\b",
        ),
        (
            "amount",
            rf"(?P<n>{_NUMBER}){_S}*(?:(?P<s>milliards?|millions?|billions?|milliers?|mds?|m|k){_S}*)?(?:d['’])?(?:€|euros?\b|eur\b)",
        ),
        ("amount", rf"(?:€|eur){_S}?(?P<n>{_NUMBER})(?:{_S}*(?P<s>millions?|billions?|m|k)\b)?"),
        ("percent", rf"(?P<n>{_NUMBER}){_S}*(?:%|pour{_S}+cents?\b|per{_S}?cent\b)"),
        (
            "duration",
            rf"\b(?P<n>\d+|{'|'.join(_WORDS)}|un|une){_S}+(?:\(\d+\){_S}+)?(?P<u>ans?|années?|mois|semaines?|jours?|heures?|years?|months?|weeks?|days?|hours?)\b",
        ),
        ("year", r"\b(?P<y>1[89]\d\d|20\d\d)\b(?![.,]?\d)"),
        ("count", rf"(?<![\w.,])(?P<n>{_NUMBER})(?:{_S}+(?P<s>milliards?|millions?|milliers?|billions?)\b)?(?![\w])"),
        ("count", rf"\b(?P<w>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"),
    )
)  # fmt: skip
# Any value holds one of these; most sentences hold none.
_MAY_STATE = re.compile(rf"\d|@|www\.|https?:|\b(?:un|une|{'|'.join(_WORDS)})\b", re.IGNORECASE)
# Digits of a phone number stand close together.
_MAY_RING = re.compile(r"\d(?:\W{0,4}\d){7}")
_UNITS = {"a": "years", "y": "years", "m": "months", "s": "weeks", "w": "weeks", "j": "days",
          "d": "days", "h": "hours"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A value of ``kind`` at ``text[start:end]``; see Fact for the canonical forms.

    A date without its year is ``--MM-DD`` (ISO 8601), a month ``YYYY-MM``.
    """

    kind: FactKind
    value: str
    start: int
    end: int


@lru_cache(maxsize=2_048)
def find_values(text: str, region: str = "FR") -> tuple[Value, ...]:
    """All values in ``text``, in order, not overlapping; the more specific kind wins.

    ``region`` (ISO 3166) is where phone numbers without a country code belong.
    """
    if not _MAY_STATE.search(text):
        return ()
    found: list[Value] = []
    taken = bytearray(len(text))

    def take(kind: FactKind, value: str | None, start: int, end: int) -> None:
        if value is None or any(taken[start:end]):
            return
        taken[start:end] = b"\x01" * (end - start)
        found.append(Value(kind, value, start, end))

    for kind, pattern in _PATTERNS[:2]:
        for match in pattern.finditer(text):
            take(kind, match.group().lower(), *match.span())
    if _MAY_RING.search(text):
        for number in phonenumbers.PhoneNumberMatcher(text, region):
            e164 = phonenumbers.format_number(number.number, phonenumbers.PhoneNumberFormat.E164)
            take("phone", e164, number.start, number.end)
    for start, value, end in _date_ranges(text):
        take("date", value, start, end)
    for kind, pattern in _PATTERNS[2:]:
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                take(kind, _canonical(kind, match), *match.span())
    return tuple(sorted(found, key=lambda item: item.start))


def month_number(name: str) -> int | None:
    """1 to 12 for the name of a month in any language that we know."""
    return _MONTHS.get(name.lower())


_RANGE = re.compile(
    rf"\b(?P<d>{_DAY})(?P<m1>{_S}+(?:{_MONTH}))?{_S}+(?:et|au|à|and|to|-|–){_S}+"
    rf"(?:le{_S}+)?(?P<d2>{_DAY}){_S}+(?P<mn>{_MONTH}){_S}+(?P<y>\d{{4}})\b",
    re.IGNORECASE,
)


def _date_ranges(text: str) -> Iterator[tuple[int, str | None, int]]:
    """First halves of "21 et 22 juin 2022", "du 10 janvier au 13 mars 2024"."""
    for match in _RANGE.finditer(text):
        month = (match["m1"] or match["mn"]).strip().lower()
        end = match.end("m1") if match["m1"] else match.end("d")
        yield match.start("d"), _iso(match["y"], _MONTHS[month], match["d"]), end


def _iso(year: str | None, month: int, day: str) -> str | None:
    number = int(re.sub(r"\D", "", day))
    if year is None:
        return f"--{month:02}-{number:02}" if number <= 31 else None
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(full, month, number).isoformat()
    except ValueError:
        return None


def _decimal(number: str, scale: str | None) -> str:
    plain = re.sub(r"[ \u00a0\u202f]", "", number)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", ".") if plain.count(",") == 1 else plain.replace(",", "")
    if len(plain) > 30:  # no amount of anything, and beyond what a float can hold
        return plain
    value = float(plain) * _SCALE.get((scale or "").lower(), 1)
    return str(int(value)) if value == int(value) else repr(value)


def _canonical(kind: FactKind, match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if kind == "date":
        month = _MONTHS[groups["mn"].lower()] if groups.get("mn") else int(groups["m"])
        return _iso(groups.get("y"), month, groups["d"])
    if kind == "month":
        return f"{groups['y']}-{_MONTHS[groups['mn'].lower()]:02}"
    if kind == "year":
        return groups["y"]
    if kind == "time":
        return f"{int(groups['h']):02}:{groups['min'] or groups['m'] or '00'}"
    if kind == "duration":
        word = groups["n"].lower()
        number = word if word.isdigit() else _WORDS.get(word, "1")
        return f"{int(number)} {_UNITS[groups['u'][0].lower()]}"
    if groups.get("w"):
        return _WORDS[groups["w"].lower()]
    return _decimal(groups["n"], groups.get("s"))
