"""What a question asks, before any passage is looked at: its words and the kind of its answer."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from assistant.call import Call, read_toml
from assistant.index.catalog import Catalog
from assistant.types import FactKind
from assistant.values import Value
from assistant.words import fold, stem, stop_words, tokens

Asked = Literal["fact", "contact", "list", "definition", "yesno", "open"]


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of the question with all stems that may stand for it.

    ``exact`` is the word's own stem, ``weight`` its inverse document frequency (Robertson and
    Spärck Jones), ``known`` whether any of the stems occurs in the corpus, ``name`` whether it
    looks like a name or an acronym.
    """

    word: str
    exact: str
    stems: frozenset[str]
    weight: float
    known: bool
    name: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question, understood. ``plain`` is what it asks with shorthand written out, ``context``
    the question that it follows up on, "" when it stands alone; ``moves_on`` tells that it asks the
    same of something else ("et la clôture ?"), so that the former answer can't be meant."""

    text: str
    plain: str
    language: str
    context: str
    asked: Asked
    kinds: frozenset[FactKind]
    terms: tuple[Term, ...]
    values: tuple[Value, ...]
    moves_on: bool = False

    @property
    def search_texts(self) -> list[str]:
        """The texts to embed: ``search_text``; for a follow-up also what it says itself, and the
        question that it follows up on."""
        return [self.search_text, *([self.plain, self.context] if self.context else [])]

    @property
    def search_text(self) -> str:
        """The text to embed: the question, after the one it follows up on."""
        return f"{self.context} {self.plain}".strip()

    @property
    def search_stems(self) -> list[str]:
        """All stems to look up in the lexical index."""
        return sorted({s for term in self.terms for s in term.stems})


_CONTACT: frozenset[FactKind] = frozenset({"email", "phone", "person"})
_WHEN: frozenset[FactKind] = frozenset({"date", "month", "year", "time", "duration"})
_PATTERNS: tuple[tuple[str, Asked, frozenset[FactKind]], ...] = (
    (
        r"\b(?:e-?mails?|mails?|mel|courriels?|correo|e-?mail-adresse|adresse (?:mail|electronique))\b|بريد",
        "contact", frozenset({"email"}),
    ),
    (
        r"\b(?:telephones?|tel|numero de tel\w*|(?:numero de |son )portable|phone|telefono|telefone|telefon\w*|appeler(?! ou (?:contacter|ecrire|joindre))|joindre par telephone|phone number)\b|هاتف",
        "contact", frozenset({"phone"}),
    ),
    (
        r"\b(?:contact\w*|joindre|interlocut\w+|(?:qui|a qui|quelle (?:personne|agente?)|quel agent) (?:\w+ ){0,3}(?:ecrire|adresser|demander|s'adresser|s'adresse-t-on|appeler|voir)|(?:ecrire|m'adresser|s'adresser) a qui|(?:qui|quelle (?:personne|agente?)|quel agent) (?:repond|s'occupe(?! de (?:faire|la gestion|gerer|l'entretien))|suit|gere|est (?:en charge|responsable|referent\w*|la referente))|correspondants?|referent\w*|who (?:can|should|do|to) (?:i |we )?(?:contact|write|ask|call|email)|who\b[^?]{0,50}\b(?:handles?|deals? with|answers?|takes) (?:the |our |all )?(?:quer\w+|questions|enquir\w+|inquir\w+)|whom(?! (?:is|are|does|the|this|it)\b)|get in touch|reach|(?:a )?quelle adresse (?:\w+[- ])?(?:peut-on|puis-je|pouvons-nous|faut-il|dois-je|doit-on)? ?(?:(?:lui|leur|vous) )?(?:poser|ecrire|demander)|contacto|contactar|contatar|contato|ansprechpartner\w*|kontakt\w*|a quien|wen)\b|اتصل|أتصل|مسؤول",
        "contact", _CONTACT,
    ),
    (
        r"\b(?:quand(?! (?:meme|bien))|date|dates|jusqu'?a quand|jusqu'?a quelle date|jusqu'?a quel jour|echeance|deadline|ddl|delai|when|until when|how late|closing|hasta cuando|cuando|fecha|plazo|ate quando|quando|data|prazo|wann|bis wann|frist|datum|scadenza)\b|متى|موعد|تاريخ|آخر أجل|اخر اجل|المهلة",
        "fact", _WHEN,
    ),
    (
        r"\b(?:quell?e? heure|what time|que hora|a que horas|wie viel uhr|um wieviel uhr)\b",
        "fact", frozenset({"time"}),
    ),
    (
        r"\b(?:combien de temps|duree|how long|duration|cuanto tiempo|duracion|quanto tempo|duracao|wie lange|dauer)\b",
        "fact", frozenset({"duration", "date"}),
    ),
    (
        r"\b(?:montant|subvention|budget|enveloppe|plafond|euros?|cout|prix|argent|how much (?:money|funding)|amount|grant size|importe|cuantia|montante|valor|betrag|wie hoch)\b|مبلغ|€",
        "fact", frozenset({"amount", "percent"}),
    ),
    (
        r"\b(?:pourcentage|pourcent|taux|proportion|quelle part|percentage|per ?cent|what share|rate|porcentaje|tasa|porcentagem|percentual|taxa|prozent\w*|anteil|quote)\b|نسبة|%",
        "fact", frozenset({"percent"}),
    ),
    (
        r"\b(?:combien|cb|nombre|how many|how much|number of|cuantos|cuantas|cuanto|quantos|quantas|quanto|wie viele?|wieviele?|anzahl|quanti|quante)\b|كم|عدد",
        "fact", frozenset({"count", "percent", "amount", "duration"}),
    ),
    (
        r"\b(?:en quelle annee|quelle annee|what year|which year|que ano|em que ano|in welchem jahr)\b",
        "fact", frozenset({"year", "date", "month"}),
    ),
    (
        r"\b(?:site (?:web|internet)|lien|adresse (?:web|internet|du site)|url|link|website|enlace|sitio|webseite)\b|رابط",
        "fact", frozenset({"url"}),
    ),
    (
        r"\blesquel(?:le)?s ?\??$|\b(?:quels sont|quelles sont|quels|quelles|liste\w*|enumer\w*|citez|donnez (?:moi )?(?:les|des|tou\w+)|exemples?|list|which|what are|examples?|cuales|quais|welche|lista|beispiele?)\b|ما هي|أذكر",
        "list", frozenset(),
    ),
    (
        r"\b(?:qu'?est[- ]ce qu[e']|c'?est quoi|c quoi|cest quoi|c koi|defini\w*|signifie|veut dire|entend[- ]on par|sens du mot|what is|what's|what does|meaning|que es|que significa|o que e|was ist|was bedeutet|was versteht)\b|ما هو|ما معنى",
        "definition", frozenset(),
    ),
    (
        r"^(?:\W*(?:bonjour|bonsoir|madame|monsieur|hello|hi)\W+)*(?:est[- ]ce (?:qu|encore|toujours|deja|trop tard|possible|vrai)|peut[- ]on|puis[- ]je|pouvons[- ]nous|faut[- ]il|doit[- ]on|y a[- ]t[- ]il|avons[- ]nous|on peut|on doit|can |may |is |are |do |does |must |should |puede|podemos|pode|kann|darf|muss|ist )|\b(?:est[- ]ce que|est[- ]il|sont[- ]il?s|peuvent[- ]el?les|peuvent[- ]ils|peut[- ]il|peut[- ]elle|autorise\w*|eligibles? \?)|\b(?:n'est[- ]ce pas|c'est (?:bien )?(?:ca|cela|exact|vrai|correct|possible|permis|juste)|non|right|correct|isn't it) ?\?|هل",
        "yesno", frozenset(),
    ),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), asked, kinds) for pattern, asked, kinds in _PATTERNS)
# "Rappelez-moi au …", "my mail is …".
_OWN = re.compile(r"\b(?:mon|ma|mes|notre|moi|nous|my|our|me|us|mi|meu|minha|mein\w*|mir|mio|mia)\b")
# "I have a question for the agency. Whom do I write to?"
QUESTION_TO = re.compile(
    r"\b(?:questions?|fragen?|query|queries|enquir\w+|preguntas?|perguntas?|dudas?)\b(?: \w+){0,2} (?:pour|a|au|aux|an|for|to|para) (?:l[ea]s? |l'|the |die |das |den |el |la |o )?\w"
)
_RANK: dict[Asked, int] = {"contact": 0, "fact": 1, "list": 2, "definition": 3, "yesno": 4, "open": 5}


def asked_for(text: str) -> tuple[Asked, frozenset[FactKind]]:
    """What kind of answer ``text`` asks for, and the kinds of facts that would give it."""
    folded = fold(text)
    asked: Asked = "open"
    kinds: frozenset[FactKind] = frozenset()
    for pattern, name, found in _COMPILED:
        if pattern.search(folded):
            if _RANK[name] < _RANK[asked]:
                asked = name
            if not kinds:
                kinds = found
    return asked, kinds


def names_oneself(text: str) -> bool:
    """Whether the author speaks of what is its own: an address in ``text`` may be that."""
    return bool(_OWN.search(fold(text)))


class Lexicon:
    """Which words may stand for each other: glossary, acronyms and synonyms of the call."""

    def __init__(self, call: Call, catalog: Catalog) -> None:
        self._vocabulary = catalog.vocabulary
        self._count = max(catalog.leaf_count, 1)
        self._same: dict[str, set[str]] = {}
        self._phrases: dict[tuple[str, ...], set[str]] = {}
        for group in _glossary():
            self._relate(group)
        for acronym, long in call.acronyms.items():
            self._relate([acronym, long])
        for synonyms in call.synonyms:
            self._relate(synonyms.words)
        self._by_first: dict[str, list[tuple[tuple[str, ...], set[str]]]] = {}
        for phrase, targets in self._phrases.items():
            if targets:
                self._by_first.setdefault(phrase[0], []).append((phrase, targets))
        self._spellings = sorted({word for _, word in self._vocabulary.values()})

    def _relate(self, words: list[str] | tuple[str, ...]) -> None:
        # A phrase stands for a word through its stems together; as a target only words of the
        # corpus count, and a phrase's stems each weigh as the whole.
        keys = [tuple(stem(w) for w in tokens(word) if w not in stop_words()) for word in words]
        single = {key[0] for key in keys if len(key) == 1 and key[0] in self._vocabulary}
        several = {s for key in keys if 1 < len(key) <= 6 for s in key if s in self._vocabulary}
        for key in keys:
            if not key:
                continue
            targets = single if single else several
            if len(key) == 1:
                self._same.setdefault(key[0], set()).update(targets or several)
            else:
                self._phrases.setdefault(key, set()).update(single)

    def weight(self, stem_: str) -> float:
        """Inverse document frequency over leaf units; an unknown word weighs most."""
        count = self._vocabulary.get(stem_, (0, ""))[0]
        return _idf(count, self._count)

    def knows(self, word: str) -> bool:
        """Whether ``word`` is one of the sources, of the glossary or of grammar."""
        folded = fold(word)
        return stem(folded) in self._vocabulary or folded in _common_words() or folded in stop_words()

    def terms(self, text: str) -> tuple[Term, ...]:
        """Content words of ``text``, each with the stems that may stand for it in the corpus."""
        raw = [word for word in tokens(text) if word not in stop_words()]
        capitals = {fold(w) for w in re.findall(r"(?<![.?!]\s)(?<!^)\b[A-ZÀ-Þ][\w-]+|\b[A-Z]{2,}\b", text)}
        keys = [stem(word) for word in raw]
        extra: dict[int, set[str]] = {}
        for i, first in enumerate(keys):
            for phrase, targets in self._by_first.get(first, ()):
                if tuple(keys[i : i + len(phrase)]) == phrase:
                    for j in range(i, i + len(phrase)):
                        extra.setdefault(j, set()).update(targets)
        found: dict[str, Term] = {}
        for position, (word, key) in enumerate(zip(raw, keys, strict=True)):
            if key in found:
                continue
            alternatives = {key} | self._same.get(key, set()) | extra.get(position, set())
            known = alternatives & self._vocabulary.keys()
            if not known:
                corrected = self._correct(word)
                if corrected:
                    alternatives |= {corrected} | self._same.get(corrected, set())
                    known = alternatives & self._vocabulary.keys()
            best = key if key in self._vocabulary else min(
                known, key=lambda s: -self._vocabulary[s][0], default=key
            )
            found[key] = Term(
                word, key, frozenset(known or {key}), self.weight(best), bool(known),
                word in capitals,
            )
        return tuple(found.values())

    def _correct(self, word: str) -> str | None:
        """The stem of the corpus word that ``word`` misspells, if one is close enough."""
        if len(word) < 5 or word.isdigit() or word in _common_words():
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import DamerauLevenshtein

        limit = 1 if len(word) < 8 else 2
        match = process.extractOne(
            word, self._spellings, scorer=DamerauLevenshtein.distance, score_cutoff=limit
        )
        return stem(match[0]) if match and match[0][0] == word[0] else None


def _idf(count: int, total: int) -> float:
    return math.log(1.0 + (total - count + 0.5) / (count + 0.5))


@lru_cache(maxsize=1)
def _glossary() -> tuple[tuple[str, ...], ...]:
    path = Path(__file__).with_name("glossary.toml")
    if not path.exists():
        return ()
    return tuple(
        tuple(word for words in concept.values() for word in words)
        for concept in read_toml(path)["concept"]
    )


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    """Words of the glossary: spelled right in some language, so never "corrected"."""
    return frozenset(word for group in _glossary() for phrase in group for word in tokens(phrase))
