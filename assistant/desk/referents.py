"""What "it", "they" or "the network" stands for in a question of a mail: the name that was said last before it,
where the sources know that name."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

from assistant.answering.index import CallIndex
from assistant.answering.question import asked_for
from assistant.answering.texts import SPOKEN
from assistant.desk.asking import read_asking
from assistant.desk.splitting import content
from assistant.words import fold, stop_words, tokens

_RUN = re.compile(r"[A-ZÀ-Þ][\w'’-]*(?:[ \u00a0](?:(?:d[eu]s?|l[ae]s?|of|the) )?[A-ZÀ-Þ0-9][\w'’-]*)*")
_SENTENCES = re.compile(r"(?<=[.!?…:])\s+")
# Elisions and articles that a run begins with: "L'ANCT", "Les Interconnectés".
_ARTICLE = re.compile(r"^(?:[LlDdQq]['’]|(?:Les?|La|The|El|Los|Las|Der|Die|Das)[ \u00a0])")
_IMPERSONAL = re.compile(
    r"\b(?:est|sera|serait|etait)-il (?:\w+ )?(?:possible|prevu|permis|obligatoire|necessaire|envisageable|trop|temps|interdit)|"
    r"\b(?:y a|existe|faut|convient|suffit|reste|s'agit|semble)-(?:t-)?il\b|\bil (?:y a|faut|est|s'agit|suffit)\b|"
    r"\b(?:is|was|would|will) it (?:\w+ )?(?:possible|allowed|necessary|mandatory|required|ok|okay|true|right|correct|too|be)\b|"
    r"\bit (?:is|was|would be|seems)\b|\bwhether it\b"
)
_PRONOUN = re.compile(
    r"\b(?:(?:chez|avec|pour|entre|par|vers|a|de) (?:eux|elles?)|d'(?:eux|elles?)|leurs?|lui|celui-ci|celle-ci|"
    r"(?:faut-il|peut-on|doit-on|on|je|nous|puis-je|qui|quand|combien|comment) (?:s')?y|it|its|they|them|their|"
    r"ell[oa]s|deles?|delas?|el[ea]s|ihn|dort|deren|dessen|davon)\b|"
    r"\b(?:l[aes]s? |l')(?:re)?(?:joindre|contacter|appeler|solliciter)\b|"
    r"\b(?:son|sa|ses|his|her) (?:\w+ )?(?:adresse|e-?mail|mail|courriel|telephone|tel|numero|contact|coordonnees|site|creation|fondation|siege|president\w*|membres?|missions?|role|histoire|titre|"
    r"address|phone)\b|"
    r"\b(?:l'|cette |ce |le |la )(?:agence|association|reseau|organisme|label|plateforme)\b|"
    r"\b(?:the|this|that) (?:agency|association|network|organisation|organization|platform|label)\b|"
    r"\b(?:la|esa|esta) (?:asociacion|red|agencia)\b|\b(?:a|essa|esta) (?:associacao|rede|agencia)\b|"
    r"\b(?:der verein|das netzwerk|die agentur)\b"
)
_MUST = re.compile(r"\b(?:dois|doit|devons|dois-je|devrais)\b", re.I)
# Content words of "the address, please?"; and what means the call's own officer.
_BARE = 2
_OURS = re.compile(r"\b(?:vous|votre|vos|appels?|aap|referent\w*|chargee?|officer|you|your|call|ministere|ambassade|embassy|ministry)\b")
# What is said before "Whom may I contact?".
_REACHING = re.compile(r"\b(?:adresse\w*|contact\w*|interlocut\w+|joindre|ecrire|referent\w*|coordonnees|numero|telephone|address|reach|get in touch)\b")


def referent(question: str, earlier: str, subject: str, index: CallIndex) -> str:
    """The name that ``question`` speaks of by a pronoun or as "the network", "" where it does not or where not
    just one was said: in ``earlier`` (what its author wrote before it, the nearest sentence first), else in the
    subject."""
    asked = _IMPERSONAL.sub(" ", fold(question.replace("’", "'")))
    sentences = _SENTENCES.split(earlier.strip())
    if content(_MUST.sub(" ", question)) <= 1 and asked_for(question)[0] == "contact" and _REACHING.search(fold(sentences[-1])):
        # "I look for an address at the agency. Whom may I contact?"
        named = {fold(name): name for name in _names(sentences[-1], index)}
        if len(named) == 1 and not _names(question, index):
            return next(iter(named.values()))
    if asked_for(question)[0] == "contact" and content(question) <= _BARE and not _OURS.search(f"{asked} {fold(subject)}") and not _names(question, index):
        named = {fold(name): name for name in _names(subject, index)}
        if len(named) == 1:  # a mail about one body, and "the address?"
            return next(iter(named.values()))
    if not (_PRONOUN.search(asked) or re.search(read_asking()["pronoun_subject"], asked)) or _names(question, index):
        return ""
    for sentence in [*reversed(sentences), subject]:
        found = {fold(name): name for name in _names(sentence, index)}
        if len(found) > 1:  # of several, the one that the subject names
            found = {key: name for key, name in found.items() if key in fold(subject)} or found
        if found:
            return next(iter(found.values())) if len(found) == 1 else ""
    return ""


def names_itself(question: str, index: CallIndex) -> bool:
    """Whether ``question`` asks whom to contact of somebody whom it names: then no "she" in it stands for another."""
    return asked_for(question)[0] == "contact" and bool(_names(question, index))


def _names(text: str, index: CallIndex) -> list[str]:
    """Names in ``text`` that the sources write too, other than the call's own and those of countries."""
    found = []
    for run in _RUN.finditer(text):
        name = _ARTICLE.sub("", run.group())
        words = [word for word in tokens(name) if word not in stop_words()]
        if name[:1].isupper() and words and not set(words) <= _own_words(index) and fold(name) not in _territories() and _known(name, index):
            found.append(name)
    return found


def _known(name: str, index: CallIndex) -> bool:
    """Whether the sources write ``name``, or all of it in capitals, and never in small letters."""
    written = index.holds(name) or (len(name) > 2 and index.holds(name.upper()))
    return written and (" " in name or not index.holds(f" {name.lower()}"))


def _own_words(index: CallIndex) -> set[str]:
    """Words of what a mail about the call names anyway: the call, its authority, and whom one writes to."""
    call = index.call
    own = set(tokens(f"{call.title} {call.authority} {call.handoff.name} appel à projets AAP"))
    short = {fold(acronym) for acronym, long in call.acronyms.items() if own.issuperset(tokens(long))}
    return own | short


@lru_cache(maxsize=1)
def _territories() -> frozenset[str]:
    """Names of countries and continents in the languages that are spoken."""
    return frozenset(fold(name) for code in SPOKEN for name in Locale(code).territories.values())
