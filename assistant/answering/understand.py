"""From a message to the questions in it: language, parts, and what they follow up on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from assistant.answering.call_named import without_title
from assistant.answering.focus import ASKS, focus, passed_on
from assistant.answering.follow_ups import content, context_of, for_what
from assistant.answering.ordinals import name_ordinal
from assistant.answering.question import Question, asked_for, names_oneself
from assistant.answering.requests import (
    unambiguous,
    without_exclusion,
    without_fillers,
    without_request,
)
from assistant.answering.shorthand import apostrophes, write_out
from assistant.types import FactKind, Turn
from assistant.values import find_values
from assistant.words import fold, tokens

if TYPE_CHECKING:
    from lingua import LanguageDetector

    from assistant.answering.index import CallIndex

MAX_PARTS = 5
_LANGUAGES = ("fr", "en", "es", "pt", "de", "it", "ar", "nl")
# How much likelier a language is before a word is read: the call's own first.
_PRIOR = {"fr": 6.0, "en": 2.0}

# Letters of one of these languages only, each worth so many of its function words.
_LETTERS = {"es": frozenset("¿¡ñ"), "pt": frozenset("ãõ"), "de": frozenset("ßäü"), "ar": frozenset(map(chr, range(0x621, 0x64B)))}
_LETTER = 6
# How much likelier a language is for each of its function words. On 3,700 questions 32 are misjudged, with 2.0 37.
_WORD = 3.0
# So many Arabic letters are Arabic, whatever names stand beside them.
_ARABIC = 5

_COUNTED: frozenset[FactKind] = frozenset({"amount", "percent", "count"})
# Words of a sentence that may ask for two things by naming them.
_FEW = 20
_SPLIT = re.compile(r"(?<=[?？؟])\s+|\n+")
# "… et qui contacter ?": a second question in the same sentence.
_INTERROGATIVE = (
    r"(?:(?:à|a|de|d'|en|pour|depuis|jusqu'à|c'?est|cé|c|to|until|by|in|for|since)\s*)?(?:qui|ki|quand|kan|kand|koi|combien|comment|où|quel(?:le)?s?|"
    r"est-ce|who|whom|when|how|where|which|what|cuándo|cuánt[oa]s?|cuál(?:es)?|quién|quem|quando|quant[oa]s|quais|qual|"
    r"qu[eé] (?:fecha|d[ií]a|hora|año|data|dia|ano)|wer|wen|wann|wie|welche[mnrs]?|متى|كيف|كم|أين|هل|ما ه[وي])\b"
)
_AND = re.compile(
    rf"(?:[,;]?\s+(?:et|and|y|e|und|puis|ainsi que)\s+(?:(?:aussi|également|also|también|também|auch)\s+)?|\s+و)(?={_INTERROGATIVE})",
    re.IGNORECASE,
)
_HANDS = re.compile(
    r"^(?P<lead>.*?)\b(?:d['’]une part|on (?:the )?one hand|por una parte|por um lado|einerseits),?\s+(?P<one>.+?)"
    r"[\s,;]+(?:(?:et|mais|and|y|e|und),?\s+)?(?:d['’]autre part|on the other(?: hand)?|por otra(?: parte)?|por outro(?: lado)?|andererseits),?\s+(?P<other>.+)$",
    re.IGNORECASE | re.DOTALL,
)
# Not "for + details" or "en + avec", nor within parentheses.
_PLUS = re.compile(r"(?<!\ben)(?<!\bde)(?<!\bles)(?<!\ble)(?<!\bla)\s\+\s(?!de?\b)(?![^(]*\))")
_JOINT = re.compile(
    r"\s*,?\s+(?:et|and|y|e|und|puis|plus|ainsi que|as well as)\s+|\s*[;&]\s+", re.IGNORECASE
)
_ASKING = re.compile(rf"\b{_INTERROGATIVE}", re.IGNORECASE)
# "rappel la date limite aussi": it asks without a question mark.
_REQUESTS = re.compile(
    r"^\W*(?:(?:et|and|please|merci de|svp|stp)\s+)?(?:(?:me|nous|m')\s*)?"
    r"(?:rappel|donne|indique|precise|communique|dites|redis|redonne|tell|give|remind|send|dime|dame|"
    r"digame|deme|recuerd|diga|lembr|sagen|nennen|geben)"
)
@dataclass(frozen=True, slots=True)
class Understanding:
    """``parts`` are the questions in the message, at most MAX_PARTS; never empty."""

    language: str
    parts: tuple[Question, ...]


def clean(text: str) -> str:
    """``text`` without control characters, in NFC, white space collapsed within lines."""
    kept = "".join(
        c if c == "\n" or unicodedata.category(c)[0] != "C" else " "
        for c in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    )
    return re.sub(r"\n{2,}", "\n", re.sub(r"[ \u00a0]+", " ", kept)).strip()


def understand(text: str, history: Sequence[Turn], index: CallIndex) -> Understanding:
    """Split ``text`` into its questions, each with its language and words."""
    message = clean(text)
    language = detect_language(message, index.call.language, history)
    pieces = [name_ordinal(piece, history) for piece in split_questions(message)]
    asked_before = [
        name_ordinal(clean(turn.text), history[:at])
        for at, turn in enumerate(history) if turn.role == "user" and turn.text
    ]  # fmt: skip
    parts = [
        analyse(piece, language, "" if passed_on(piece) else context_of(piece, asked_before, pieces[:i]), index)
        for i, piece in enumerate(pieces)
    ]
    return Understanding(language, tuple(parts))


def analyse(text: str, language: str, context: str, index: CallIndex) -> Question:
    """One question with its words and expected answer."""
    plain = write_out(without_fillers(focus(text)), language)
    if language == "fr":
        plain = apostrophes(plain, index.lexicon.knows)
    plain = unambiguous(without_title(without_request(plain), index.call.title))
    asked, kinds = asked_for(plain)
    if asked == "contact":
        plain = without_exclusion(plain)
    values = tuple(find_values(text))
    given = frozenset(value.kind for value in values if value.kind in ("phone", "email"))
    if given and asked in ("open", "yesno") and not names_oneself(plain):
        asked, kinds = "contact", given  # "Le numéro de X, c'est le 01 …?"
    moves_on = False
    if context:
        before, same = asked_for(context)
        moves_on = asked == "open" or (bool(kinds) and kinds == same)
        if asked == "open":
            asked, kinds = before, same
    terms = index.lexicon.terms(f"{plain} {context}" if context else plain)
    return Question(
        text, plain, language, context, asked, kinds, terms, values, moves_on
    )


def split_questions(message: str) -> list[str]:
    """The distinct questions of a message; what only greets or sets the scene stays with them."""
    pieces = [part for piece in _SPLIT.split(message) if piece.strip() for part in _joined(piece)]
    asking = [piece for piece in pieces if (ASKS.search(piece) and content(piece)) or _requests(piece)]
    if len(asking) <= 1:
        return [message]
    found: list[str] = []
    for piece in asking[:MAX_PARTS]:
        sentences = re.split(r"(?<=[.!])\s+(?=\S)", piece)
        found.append(sentences[-1] if content(sentences[-1]) >= 2 else piece)
    return found


def _requests(piece: str) -> bool:
    """Whether ``piece`` tells us to give something of a known kind: a date, an address, an amount."""
    return bool(_REQUESTS.match(fold(piece)) and asked_for(piece)[1])


def _joined(piece: str) -> list[str]:
    """The questions that one sentence joins: by "and", by "on the one hand … on the other", by a plus sign, or by naming
    things of different kinds ("the closing date and the phone number of the officer")."""
    whole = piece.strip()
    hands = _HANDS.match(whole)
    if hands and content(hands["one"]) and content(hands["other"]):
        return [_marked(f"{hands['lead'].rstrip(' ,')} {hands['one']}".strip()), _marked(hands["other"])]
    found = [part.strip() for part in _AND.split(whole)]
    if len(found) == 1 or not all(_ASKING.search(part) and content(part) and not for_what(part) for part in found):
        found = [part.strip() for part in _PLUS.split(whole)]
    if len(found) == 1 or not all(map(content, found)):
        found = _of_different_kinds(whole)
    if len(found) == 1:
        return found
    return [_marked(part) for part in found]


def _marked(part: str) -> str:
    return part if part[-1] in "?？؟" else f"{part.rstrip(' .,;')} ?"


def _of_different_kinds(sentence: str) -> list[str]:
    """``sentence`` in two where it joins, say, a date and an address; else as it is. Long ones tell
    of budgets and shares as often as they ask for them."""
    short = len(tokens(sentence)) <= _FEW
    joints = list(_JOINT.finditer(sentence))
    for joint, after in zip_longest(joints, joints[1:]):
        parts = sentence[: joint.start()].strip(), sentence[joint.end() :].strip()
        # "The dates of opening and of closing as well as the phone": nothing new is named before the second joint.
        named = sentence[joint.end() : after.start() if after else len(sentence)]
        left, right = asked_for(parts[0])[1], asked_for(named)[1]
        told = any(find_values(part) for part in parts) or not all(map(content, parts))
        unlike = left and right and not left & right
        if unlike and not told and (short or not (left | right) & _COUNTED):
            return [*parts]
    return [sentence]


def detect_language(message: str, own: str, history: Sequence[Turn] = ()) -> str:
    """ISO 639-1 code of the message's language; a doubtful one goes to the call's own."""
    users = [turn.text for turn in history if turn.role == "user"]
    marks = _function_words()
    told = any(sum(word in marks[code] for word in set(tokens(message))) > 1 for code in marks)
    if sum("\u0621" <= letter <= "\u064a" for letter in message) >= _ARABIC:
        return "ar"
    text = message if told or len(tokens(message)) > 3 or not users else f"{users[-1]} {message}"
    words = tokens(text)
    if not words:
        return own
    confidences = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _detector().compute_language_confidence_values(_lowered(text))
    }
    prior = {**dict.fromkeys(_LANGUAGES, 1.0), **_PRIOR, own: _PRIOR["fr"]}
    hits = {
        code: sum(word in marks.get(code, ()) for word in words)
        + _LETTER * (not _LETTERS.get(code, frozenset()).isdisjoint(text.lower()))
        for code in _LANGUAGES
    }
    scored = {
        code: confidences.get(code, 0.0) * prior[code] * _WORD ** hits[code]
        for code in _LANGUAGES
    }
    return max(scored, key=lambda code: scored[code])


def _lowered(text: str) -> str:
    return text.lower() if text.isupper() else text


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in _LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models().build()


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    """Function words that belong to one language only, folded, by language."""
    lists = {
        "fr": "le les des du une est que qui quoi quand comment pour dans sur avec peut faut quel "
        "quelle quels quelles combien avons nous vous je il au aux cet cette mon notre svp koi c'est",
        "en": "the is are what when who how which can we our for does do with of and to where "
        "should there any my will was were did has have been they your pls plz whats",
        "es": "el los las qué cual cuál cuándo quién cómo puede para del una con hay cuáles dónde es fue fueron",
        "pt": "os qual quando quem como pode para uma com não há são quais onde até do da em foi foram pelo pela certo são é qdo posso",
        "de": "der die das wer wann wie was welche kann ist und für mit den wo gibt ein eine bis wurde sind nicht oder auch bei",
        "it": "il gli qual quando chi come può per una con che sono quali dove della",
    }
    folded = {code: {fold(word) for word in text.split()} for code, text in lists.items()}
    return {
        code: frozenset(
            word for word in words
            if not any(word in other for c, other in folded.items() if c != code)
        )
        for code, words in folded.items()
    }  # fmt: skip
