"""The distinct questions of a mail, each with the sentence that it can't be understood without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.desk.asking import Listener, matches, read_asking
from assistant.desk.sentences import Sentence, read_sentences, refers_back
from assistant.desk.splitting import (
    PREPOSITION,
    content,
    head_of,
    objects_of,
    split_sentence,
)
from assistant.words import fold, stems

MAX_QUESTIONS = 12
MAX_CONTEXT = 300
# Sentences before a question in which a name may stand that it speaks of.
_EARLIER = 4
_CONNECTOR = re.compile(
    r"^(?:(?:p\.? ?s\.?|nb|post[- ]scriptum|tout d['’]abord|d['’]abord|premièrement|deuxièmement|troisièmement|pour finir|first(?:ly)?|second(?:ly)?|lastly|primero|segundo|par ailleurs|si oui|si c['’]est le cas|dans ce cas|if (?:it|they|that|this) (?:does|do|is|are)|le cas échéant|dans l['’]affirmative|if so|if yes|de plus|en outre|enfin|aussi|ensuite|également|d['’]autre part|d['’]une part|autre question|(?:une )?dernière question|"
    r"also|finally|moreover|in addition|furthermore|además|por último|question)\s*[,:]\s*)+",
    re.I,
)
_LEAD_IN = re.compile(
    rf"^.*?\b(?=(?:{PREPOSITION}(?:qui|quoi|quel(?:le)?s?|combien|quand|whom|who|which|what|when|cu[aá]l|cu[aá]ndo|qui[eé]n|qu[eé])|si|s['’]ils?|quand|comment|combien|qui|à qui|quel(?:le)?s?|où|jusqu['’]à (?:quand|quel(?:le)?)|if|whether|when|how|who|whom|what|which|where|"
    r"cu[aá]l(?:es)?|cu[aá]ndo|hasta cu[aá]ndo|qui[eé]n|c[oó]mo|d[oó]nde)\b)",
    re.I | re.S,
)


# "… et sous quelles réserves ?": what is asked about stands in the question before.
_FRAGMENT = re.compile(
    rf"^{PREPOSITION}(?:(?:quel(?:le)?s?|which|what|qu[eé]|cu[aá]l(?:es)?)(?: [\w'’-]+){{1,3}}|quand|combien|quoi|whom|when|cu[aá]ndo)\s*\??$", re.I
)


@dataclass(frozen=True, slots=True)
class Form:
    """One wording of a question, and what its author said just before, "" when nothing."""

    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a mail: ``text`` in its author's words, ``context`` what was said before that
    it needs, "" when it stands alone. ``refers`` whether it speaks of the context ("ce projet"),
    ``told`` whether that was told, not asked. ``earlier`` is all that was written shortly before it. ``requested``
    whether its sentence requests an answer in so many words ("dites-nous si", "comptez-vous"), or stands in a list of what is asked."""

    text: str
    context: str = ""
    refers: bool = False
    told: bool = False
    earlier: str = ""
    requested: bool = False

    @property
    def full(self) -> str:
        """The question with what it needs."""
        return f"{self.context} {self.text}".strip()

    @property
    def bare(self) -> str:
        """The question without the request around it ("could you tell me"), "" when there is none."""
        head = head_of(self.text)
        bare = self.text[len(head) :] if head else _LEAD_IN.sub("", self.text, count=1)
        return bare if len(bare) < len(self.text) and content(bare) else ""

    @property
    def fits(self) -> bool:
        """Whether it asks if what was told fits ("ce projet entre-t-il dans vos critères ?")."""
        folded = fold(self.text)
        meant = content(self.text) <= 2 or re.search(read_asking()["fits"], folded)
        return self.refers and self.told and bool(meant) and not re.search(read_asking()["which"], folded)

    @property
    def forms(self) -> tuple[Form, ...]:
        """How it can be asked, each form with what was said before as in a conversation. Whether
        "such a project" fits is first asked by what the project is: the words around it are the
        same for all projects."""
        said = Form(self.text, self.context)
        if self.refers and self.context:
            if self.fits:
                return Form(self.context), Form(self.full), said
            return Form(self.full), said
        goes_on = bool(self.context) and _goes_on(self.text)
        # With the question before it, one that says enough by itself would get the answer to that.
        alone = goes_on and content(self.text) > 2
        asked = dict.fromkeys(Form(form) for form in ("" if alone else self.full, self.text, self.bare) if form)
        return (*asked, said) if goes_on else tuple(asked)


def find_questions(text: str, listener: Listener | None = None) -> list[Asked]:
    """The questions of ``text`` in order, no two alike, at most MAX_QUESTIONS. Without a
    ``listener`` only the rules tell what asks."""
    sentences = read_sentences(text, listener or Listener())
    found: list[Asked] = []
    for number, sentence in enumerate(sentences):
        if not sentence.asks:
            continue
        before = sentences[number - 1] if number else None
        if before and matches("pronoun", sentence.text) and content(sentence.text) <= 3:
            found += [] if before.asks else [Asked(part) for part in objects_of(before.text)]
            continue
        own = _CONNECTOR.sub("", sentence.text)
        parts = split_sentence(own[:1].upper() + own[1:])
        context = _context(sentence.text, sentences[:number])
        told = not any(before.asks and before.text[:MAX_CONTEXT] == context for before in sentences[:number])
        earlier = " ".join(one.text for one in sentences[max(number - _EARLIER, 0) : number])
        wonders = matches("wonders", sentence.text)
        requested = sentence.led or matches("addressed", sentence.text) or (matches("indirect", sentence.text) and not wonders)
        found.append(Asked(parts[0], context, refers_back(parts[0]), told, earlier, requested))
        for before_it, part in pairwise(parts):
            refers = refers_back(part) or bool(_FRAGMENT.match(part))
            if content(part):
                # "Quand a-t-il été créé et par qui ?": what "il" is was said before both.
                whole = context if told and (refers_back(before_it) or content(before_it) <= 1) else before_it
                meant = whole[:MAX_CONTEXT] if refers else ""
                found.append(Asked(part, meant, refers, False, f"{earlier} {before_it}".strip(), requested))
    return _distinct(_lead_ins_left_out(found))[:MAX_QUESTIONS]


def _context(sentence: str, before: Sequence[Sentence]) -> str:
    """What was said before that ``sentence`` needs."""
    if not before:
        return ""
    folded = fold(sentence)
    if _goes_on(sentence):
        last = next((earlier for earlier in reversed(before[-3:]) if earlier.asks), None)
        if last is not None:
            return last.text[:MAX_CONTEXT]
    if refers_back(sentence) or content(sentence) <= 1:
        meant = _meant(before)
        if meant:
            return meant
    if re.search(read_asking()["own"], folded) and not re.search(read_asking()["situation"], folded):
        for earlier in reversed(before[-6:]):
            if not earlier.asks and re.search(read_asking()["situation"], fold(earlier.text)):
                return earlier.text[:MAX_CONTEXT]
    return ""


def _meant(before: Sequence[Sentence]) -> str:
    """What "it" stands for: what was told last, with what that refers to in turn; else what was
    asked last."""
    told: list[str] = []
    for earlier in reversed(before[-4:]):
        if matches("courtesy", earlier.text) or content(earlier.text) < 2:
            break
        if not earlier.asks:
            told.insert(0, earlier.text)
            if not refers_back(earlier.text):
                break
        elif told or not refers_back(earlier.text):
            break
    if told:
        return " ".join(told)[-MAX_CONTEXT:]
    last = before[-1]
    return last.text[:MAX_CONTEXT] if not matches("courtesy", last.text) and content(last.text) >= 2 else ""


def _goes_on(text: str) -> bool:
    """Whether ``text`` is a question cut short, after another ("Et pour les régions ?")."""
    return len(text.split()) <= 12 and bool(re.search(read_asking()["goes_on"], fold(text)))


def _lead_ins_left_out(found: list[Asked]) -> list[Asked]:
    """Without sentences that only announce the questions that follow."""
    several = re.compile(r"\b(?:deux|trois|quatre|cinq|quelques|plusieurs|ces|two|three|four|some|these|dos|tres|cuatro|algun\w+)\b")
    # "Le contact pour les questions générales" announces nothing.
    announced = re.compile(r"(?<!pour )(?<!pour les )(?<!pour toutes )(?<!pour toute )(?<!for )\b(?:questions?|precisions?|points?|preguntas?|dudas?|suivante?s?|following)\b")
    return [
        asked for asked in found
        if not (
            len(found) > 1 and content(asked.text) <= 3 and announced.search(fold(asked.text))
            and ("?" not in asked.text or several.search(fold(asked.text)))
        )
    ]  # fmt: skip


def _distinct(found: list[Asked]) -> list[Asked]:
    kept: list[Asked] = []
    for asked in found:
        if not any(_words(asked) == _words(other) for other in kept):
            kept.append(asked)
    return kept


def _words(asked: Asked) -> tuple[set[str], set[str]]:
    """What tells a question from others: its own words, all of one that has no content of its own ("depuis
    quand ?"), and those with its context."""
    own = set(stems(asked.text)) if content(asked.text) else {fold(asked.text)}
    return own, set(stems(asked.full))
