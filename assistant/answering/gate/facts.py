"""Every value, contact and name of a claim stands in its quotes."""

from __future__ import annotations

import re

from assistant.answering.gate.claim import Refusal, Trial, blank, key
from assistant.values import find_values
from assistant.words import fold, stop_words, tokens

_CONTACT = ("email", "phone")
_CAPITAL = re.compile(r"\b[A-ZÀ-Þ][\w’'-]*\w|\b[A-Z]{2,}\b")
# Words that may start a sentence before a name.
_OPENERS = frozenset("chez contactez ecrivez appelez joignez contact selon depuis aupres write call ask according".split())


def values(trial: Trial) -> Refusal:
    """Each value is stated, or stands in a heading as a count or a year."""
    claim, chosen, sources = trial.claim, trial.chosen, trial.sources
    stated = {key(v) for source in sources for v in find_values(source)}
    loose = {key(v) for p in chosen for v in find_values(p.around) if v.kind in ("count", "year")}
    own = {key(v) for v in find_values(trial.index.call.title) if v.kind == "year"}
    for value in claim.values:
        if key(value) not in stated | loose | own:
            return "value", claim.text[value.start : value.end]
    return None, ""


def contact(trial: Trial) -> Refusal:
    """A mail or phone is one that may be named, beside its owner's name."""
    claim, chosen = trial.claim, trial.chosen
    named = [v.value for v in claim.values if v.kind in _CONTACT]
    for value in named:
        if value not in trial.contacts:
            return "contact", value
    if named:
        homes = [p for p in chosen if all(n in {v.value for v in p.values} for n in named)]
        if not homes:
            return "contact", "of several people"
        # A name beside a mail must be the name of that mail's owner.
        allowed = set().union(*(tokens(f"{p.text} {p.around}") for p in homes)) | {
            w for w in tokens(f"{trial.index.call.title} {trial.index.call.authority}")
        }
        for name in _names(blank(claim.text, claim.values)):
            if not set(tokens(name)) <= allowed:
                return "contact", name
    return None, ""


def names(trial: Trial) -> Refusal:
    """Each name is in the quotes, in what they stand under, or in the call's own title."""
    claim, chosen, sources = trial.claim, trial.chosen, trial.sources
    titles = [trial.index.document(piece.document).title for piece in chosen]
    call = trial.index.call
    around = [piece.around for piece in chosen]
    said = " ".join([*sources, *around, *titles, call.title, call.authority])
    allowed = set(tokens(said))
    for short, long in call.acronyms.items():
        if fold(short) in allowed or fold(long) in fold(said):
            allowed |= {fold(short), *tokens(long)}
    roots = {word[:5] for word in allowed} if trial.language != "fr" else set()
    for name in _names(blank(claim.text, claim.values)):
        words = [word for word in tokens(name) if word not in allowed | stop_words()]
        # English writes "African" where French writes "africain".
        if not all(len(word) > 5 and word[:5] in roots for word in words):
            return "name", name
    return None, ""


def _names(text: str) -> list[str]:
    """Words with a capital that does not come from the start of a sentence or a quotation."""
    found = []
    for match in _CAPITAL.finditer(text):
        before = text[: match.start()].rstrip()
        starts = not before or before[-1] in ".!?:«\"“(" or before.endswith("- ")
        word = re.sub(r"^(?:[dlcjnmst]|qu)['’]", "", match.group(), flags=re.IGNORECASE)
        if starts and not word.isupper():
            # At the start, "Le" and "Les" tell nothing; a name followed by a name does.
            after = text[match.end() : match.end() + 2]
            if fold(word) in stop_words() | _OPENERS:
                continue
            if not (len(after) == 2 and after[0] == " " and after[1].isupper()):
                continue
        if word[:1].isupper() and len(word) > 1:
            found.append(word)
    return found
