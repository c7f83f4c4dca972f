"""Who seems to be in charge of a call: the mail addresses of its regulation, and who stands beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.types import Document, Fact, Unit
from ingest.names import find_bodies, find_persons

_TITLE = re.compile(r"^(?:M\.|Mr|Mme|Mlle|Madame|Monsieur|Mademoiselle)[ \u00a0]+(?=\S+[ \u00a0])")
# What tells the contact for questions in general, and the one for something else.
_IN_CHARGE = re.compile(r"général|renseignement|information|question|référent|règlement|candidature", re.I)
_ASIDE = re.compile(
    r"rgpd|vie privée|personnel|données|technique|assistance|support|panne|plateforme|portail|dépôt|compte|"
    r"budget|paiement|versement|financ|comptab|spécifique", re.I,
)  # fmt: skip
# A contact may be told in several short lines: so many before its address, so many behind it.
_BEFORE, _BEHIND = 3, 2
_SHORT = 120


@dataclass(frozen=True, slots=True)
class Guess:
    """A contact; what was not found is empty. ``text`` is what it was read from."""

    name: str = ""
    email: str = ""
    phone: str = ""
    text: str = ""


def find_contacts(document: Document, units: Iterable[Unit], facts: Iterable[Fact]) -> list[Guess]:
    """One for each mail address, in order."""
    leaves = [unit for unit in units if not unit.composite]
    by_unit: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind in ("email", "phone"):
            by_unit[fact.unit].append(fact)
    mails = {fact.unit for found in by_unit.values() for fact in found if fact.kind == "email"}
    guesses: dict[str, Guess] = {}
    for place, unit in enumerate(leaves):
        if unit.id not in mails:
            continue
        beside = _near(document, leaves[max(0, place - _BEFORE) : place][::-1], unit, mails)
        behind = _near(document, leaves[place + 1 : place + 1 + _BEHIND], unit, mails)
        for guess in _of_unit(document, unit, by_unit[unit.id], [*beside, *behind], by_unit):
            known = guesses.get(guess.email)
            if known is None or _filled(guess) > _filled(known):
                guesses[guess.email] = guess
    return list(guesses.values())


def _of_unit(
    document: Document, unit: Unit, own: Sequence[Fact], beside: Sequence[Unit],
    by_unit: Mapping[str, Sequence[Fact]],
) -> Iterator[Guess]:  # fmt: skip
    """The contacts told in one unit; what stands ``beside`` it counts where it is a single one."""
    text = document.text
    mails = [fact.span for fact in own if fact.kind == "email"]
    phones = [fact.span for fact in own if fact.kind == "phone"]
    ahead = bool(phones) and phones[0].start < mails[0].start
    lead = text[unit.lead.start : unit.lead.end] if unit.lead and unit.kind != "row" else ""
    start = unit.span.start
    for mail, following in zip(mails, [*mails[1:], None], strict=True):
        end = following.start if following else unit.span.end
        alone = len(mails) == 1
        names = [_name(text[start : mail.start], text[mail.end : end] if alone else "")]
        told = [p for p in phones if (start <= p.start < mail.start if ahead else mail.end <= p.start < end)]
        if alone:
            names += [_name("", text[u.span.start : u.span.end]) for u in beside]
            told += phones + [f.span for u in beside for f in by_unit[u.id]]
        yield Guess(
            next(filter(None, names), ""), text[mail.start : mail.end].lower(),
            text[told[0].start : told[0].end] if told else "",
            f"{lead} {text[start : mail.end]}",
        )  # fmt: skip
        start = mail.end


def _filled(guess: Guess) -> int:
    return bool(guess.name) + bool(guess.phone)


def person_in_charge(guesses: Sequence[Guess]) -> Guess:
    """The one who answers questions in general, else one that is named, else the first."""
    def rank(guess: Guess) -> tuple[bool, bool, bool]:
        aside = bool(_ASIDE.search(guess.text))
        return (bool(_IN_CHARGE.search(guess.text)) and not aside, not aside, bool(guess.name))

    return max(guesses, key=rank, default=Guess())


def _near(document: Document, units: Sequence[Unit], to: Unit, mails: set[str]) -> list[Unit]:
    """The first ones of ``units`` that may belong to the contact in ``to``: short lines, no
    sentences, without an address of their own."""
    found: list[Unit] = []
    for unit in units:
        text = document.text[unit.span.start : unit.span.end]
        if unit.section != to.section or unit.id in mails or unit.kind in ("heading", "title"):
            break
        if len(text) > _SHORT or text.endswith((".", "?", "!")) or text.count("\t") > 1:
            break
        found.append(unit)
    return found


def _name(before: str, behind: str) -> str:
    """The person nearest to an address, else the body; before it first, then behind it."""
    for find in (find_persons, find_bodies):
        found = [*find(before)[-1:], *find(behind)[:1]]
        if found:
            return _TITLE.sub("", found[0].text)
    return ""
