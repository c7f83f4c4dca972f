"""Who seems to be in charge of a call: the mail addresses of its regulation, and who stands beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.types import Document, Fact, Span, Unit
from ingest.names import find_bodies, find_persons

_TITLE = re.compile(r"^(?:M\.|Mr|Mme|Mlle|Madame|Monsieur|Mademoiselle)[ \u00a0]+(?=\S+[ \u00a0])")
# What tells the contact for questions in general, and the one for something else.
_IN_CHARGE = re.compile(r"général|renseignement|information|question|référent|règlement|candidature", re.I)
_ASIDE = re.compile(
    r"rgpd|vie privée|personnel|données|technique|assistance|support|panne|plateforme|portail|dépôt|compte|"
    r"budget|paiement|versement|financ|comptab|spécifique", re.I,
)  # fmt: skip
# What opens the line that offers information; what is transmitted or contested is another matter.
_OFFERS = re.compile(
    r"\W*(?:renseignements?|contacts?|informations?|(?:vos|votre) (?:contacts?|interlocut\w+|référente?s?)|"
    r"pour (?:tou(?:te?s?|s)|plus d['’]|en savoir|les? questions?))\b", re.I,
)  # fmt: skip
_APART = re.compile(r"transmi|délibération|décision|litige|recours|médiateur|médiatrice|réclamation|signature", re.I)
# Addresses written so that no program reads them: "nom [at] domaine.fr", "nom @ domaine.fr".
_HIDDEN = re.compile(
    r"(?P<name>\b[\w.+-]{0,63}\w)(?:\s*[\[({]\s*(?:at|arobase|chez)\s*[\])}]\s*|\s+@\s*|@\s+)"
    r"(?P<domain>[\w-]{1,63}(?:(?:\.|\s*[\[(](?:dot|point)[\])]\s*)[\w-]{1,63})+)", re.I,
)  # fmt: skip
_DOT = re.compile(r"\s*[\[(](?:dot|point)[\])]\s*", re.I)
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
    for fact in [*facts, *(f for unit in leaves for f in _hidden(document, unit))]:
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
    addresses = sorted((f for f in own if f.kind == "email"), key=lambda fact: fact.span.start)
    mails = [fact.span for fact in addresses]
    phones = [fact.span for fact in own if fact.kind == "phone"]
    ahead = bool(phones) and phones[0].start < mails[0].start
    lead = text[unit.lead.start : unit.lead.end] if unit.lead and unit.kind != "row" else ""
    start = unit.span.start
    for address, following in zip(addresses, [*mails[1:], None], strict=True):
        mail = address.span
        end = following.start if following else unit.span.end
        alone = len(mails) == 1
        names = [_name(text[start : mail.start], text[mail.end : end] if alone else "")]
        told = [p for p in phones if (start <= p.start < mail.start if ahead else mail.end <= p.start < end)]
        if alone:
            names += [_name("", text[u.span.start : u.span.end]) for u in beside]
            told += phones + [f.span for u in beside for f in by_unit[u.id]]
        yield Guess(
            next(filter(None, names), ""), address.value,
            text[told[0].start : told[0].end] if told else "",
            f"{lead} {text[start : mail.end]}",
        )  # fmt: skip
        start = mail.end


def _filled(guess: Guess) -> int:
    return bool(guess.name) + bool(guess.phone)


def find_offers(document: Document, units: Iterable[Unit], facts: Iterable[Fact]) -> list[Guess]:
    """Whom lines offer for information that give a phone number and no address."""
    by_unit: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_unit[fact.unit].append(fact)
    found = []
    for unit in units:
        text = document.text[unit.span.start : unit.span.end]
        kinds = {fact.kind: fact for fact in by_unit[unit.id]}
        if "phone" in kinds and "email" not in kinds and not unit.composite and _OFFERS.match(text):
            phone = kinds["phone"].span
            if not _HIDDEN.search(text):
                name = _name(document.text[unit.span.start : phone.start], "")
                found.append(Guess(name, "", document.text[phone.start : phone.end], text))
    return found


def person_in_charge(guesses: Sequence[Guess], offers: Sequence[Guess] = ()) -> Guess:
    """The one who offers information or answers questions in general, else one that is named, else the
    first; ``offers`` have no address of their own and take one that is nobody's."""
    def rank(guess: Guess) -> tuple[bool, bool, bool, bool]:
        aside = bool(_ASIDE.search(guess.text) or _APART.search(guess.text))
        general = bool(_IN_CHARGE.search(guess.text))
        return (bool(_OFFERS.match(guess.text)) and not aside, general and not aside, not aside, bool(guess.name))

    best = max(guesses, key=rank, default=Guess())
    offer = next((o for o in offers if o.name and not _ASIDE.search(o.text)), None)
    if offer is None or rank(best)[0]:
        return best
    shared = [g for g in guesses if g.name in ("", offer.name) and not _APART.search(g.text)]
    return replace(offer, email=max(shared, key=rank, default=Guess()).email)


def _hidden(document: Document, unit: Unit) -> Iterator[Fact]:
    """Addresses that are written so that programs do not find them."""
    text = document.text[unit.span.start : unit.span.end]
    for match in _HIDDEN.finditer(text):
        value = f"{match['name']}@{_DOT.sub('.', match['domain'])}".lower()
        span = Span(unit.span.start + match.start(), unit.span.start + match.end())
        yield Fact("email", value, "", span, unit.id)


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
