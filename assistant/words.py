"""Words as retrieval compares them: no case, no accents, no endings, no function words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu|presqu)['’](?=\w)", re.I)
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'"})
_STEMMERS = {"fr": "french", "en": "english", "es": "spanish", "pt": "portuguese", "de": "german",
             "it": "italian", "nl": "dutch"}  # fmt: skip


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """``text`` in lower case without accents; the length may change (œ becomes oe)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Function words of the languages we meet, folded."""
    path = Path(__file__).with_name("stopwords.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(
        fold(word) for line in lines if not line.startswith("#") for word in line.split()
    )


def tokens(text: str) -> list[str]:
    """Words of ``text`` in order, folded, elisions removed (l'ANCT gives anct)."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        if "'" not in word and "’" not in word:
            found.append(fold(word))
            continue
        word = _ELISION.sub("", word)
        found += [fold(part) for part in re.split(r"['’]", word) if part]
    return found


def stems(text: str, language: str = "fr") -> list[str]:
    """Stems of the content words of ``text`` in order, with repeats."""
    stop = stop_words()
    return [stem(word, language) for word in tokens(text) if word not in stop]


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "fr") -> str:
    """Stem of one folded word (Snowball); the word itself in a language without a stemmer."""
    name = _STEMMERS.get(language)
    if name is None or word.isdigit():
        return word
    return str(_stemmer(name).stemWord(word))


@cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name)
