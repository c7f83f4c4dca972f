"""The distinct questions of a mail, each with the sentence that it can't be understood without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.answering.question import asked_for
from assistant.desk.asking import Listener, matches, read_asking, stated
from assistant.desk.splitting import (
    DETERMINER,
    PREPOSITION,
    content,
    head_of,
    objects_of,
    split_sentence,
)
from assistant.words import fold, stems

MAX_QUESTIONS = 12
MAX_SENTENCE = 700
MAX_CONTEXT = 300
# Sentences before a question in which a name may stand that it speaks of.
_EARLIER = 4
# No mail program wraps a line as short as this.
_SHORT = 40
_ITEM = re.compile(
    r"^\s*(?:[-–—•*·➔▪◦●‣>]+|\(?\d{1,2}\s?(?:[.)°/:]|-(?=\s))|[a-hA-H]\)|[qQ](?:uestion)?\s?\d{0,2}\s?[:.)]|"
    r"(?:premi[eè]rement|deuxi[eè]mement|troisi[eè]mement|d['’]abord|primo|secundo|tertio)\s?[,:])\s*"
)
_END = re.compile(r"[.!?…:;]\s*[\"»”)]*$")
_ABBREVIATION = re.compile(
    r"\b(?:M|Mme|Mr|Mrs|Ms|Dr|Pr|St|Ste|art|etc|cf|ex|p|pp|n|no|tel|tél|env|min|max|réf|ref|resp|av|bd|boul|i\.e|e\.g|Sr|Sra|[A-Z])\.$"
)
# "am 21. März"
_ORDINAL = re.compile(r"(?:januar|februar|m[äa]rz|april|mai|juni|juli|august|september|oktober|november|dezember)\b", re.I)
_GREETING = re.compile(
    r"^\W*(?i:(?:re-?)?bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|good (?:morning|afternoon|evening)|madame|monsieur|mesdames|messieurs|"
    r"ch[eè]re?s?|buenos d[ií]as|buenas tardes|hola|estimad[oa]s?|ol[aá]|guten tag|sehr geehrte|buongiorno)\b"
    r"(?:[ ,]+(?:(?:à|a) (?:tous|toutes|vous)|et|and|mesdames|messieurs|madame|monsieur|mme\.?|m\.|mr\.?|mrs\.?|ms\.?|sir|madam|the team|l['’]équipe|chargée?|"
    r"[A-ZÀ-Þ][\w'’.-]+|se[ñn]ora?|sra?\.?))*\s*(?:[,.!:;–—-]+|\n|$)\s*"
)
# "bonjour est ce que …": a greeting that nothing ends.
_BARE_GREETING = re.compile(r"^\W*(?:bonjour|bonsoir|salut|coucou|hello|hi|hola|bom dia|hallo|ciao)\s+(?=[a-zà-ÿ])", re.I)
# "Et aussi le contact de …": goes on asking.
_MORE = re.compile(rf"^(?:et|ainsi que|and|y|également|de même que)(?: aussi| également| also| enfin)?,? (?={DETERMINER})", re.I)
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


# What an author says who answers their own question.
_OWN_ANSWER = re.compile(
    r"(?:personne|rien|jamais|non|oui|si|aucune?|nulle part|(?:moi|nous) (?:non plus|aussi)|evidemment|bien sur(?: que (?:oui|non))?|"
    r"nobody|no one|nothing|never|no|yes|of course(?: not)?|nadie|nada|nunca|ninguno|niemand|nichts|nein|ja|"
    r"ninguem)\W*$"
)
# What a question begins with that says the one before it in other words.
_SAID_AGAIN = re.compile(r"(?:i mean|that is|in other words|je veux dire|c'est-a-dire|autrement dit|en clair|ou plutot|plus precisement|es decir|quero dizer|das heisst)\b")
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


@dataclass(frozen=True, slots=True)
class Sentence:
    """``item`` whether it is an item of a list, ``led`` whether that list is introduced by a
    request, ``asks`` whether something is asked."""

    text: str
    item: bool
    led: bool
    asks: bool


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
        found.append(Asked(parts[0], context, _refers(parts[0]), told, earlier, requested))
        for before_it, part in pairwise(parts):
            refers = _refers(part) or bool(_FRAGMENT.match(part))
            if content(part):
                # "Quand a-t-il été créé et par qui ?": what "il" is was said before both.
                whole = context if told and (_refers(before_it) or content(before_it) <= 1) else before_it
                meant = whole[:MAX_CONTEXT] if refers else ""
                found.append(Asked(part, meant, refers, False, f"{earlier} {before_it}".strip(), requested))
    return _distinct(_lead_ins_left_out(found))[:MAX_QUESTIONS]


def read_sentences(text: str, listener: Listener) -> list[Sentence]:
    """Sentences and list items of a letter, greeting left out."""
    pieces: list[tuple[str, bool, bool]] = []
    led = False
    for line, item in _lines(text):
        if item and pieces:
            led = led or _announces(pieces[-1][0])
        said = [part for part in (_BARE_GREETING.sub("", _GREETING.sub("", piece)).strip(" \t\"«»“”") for piece in _sentences(line))
                if any(c.isalpha() for c in part)]
        pieces += [(part[:MAX_SENTENCE], item, item and led) for part in said]
        if not item:
            led = bool(said) and said[-1].endswith(":") and _announces(said[-1])
    found: list[Sentence] = []
    for (piece, item, led), heard in zip(pieces, listener.hears([p for p, _, _ in pieces]), strict=True):
        named = led and len(piece.split()) <= 30
        more = bool(found and found[-1].asks and _MORE.match(piece))
        asked = heard or ((named or more) and not matches("courtesy", piece))
        found.append(Sentence(piece, item, led, asked))
    return _told(found)


def _told(sentences: list[Sentence]) -> list[Sentence]:
    """With what is only told before "is that right?", announces a list, or is answered by its author at once
    ("Who wins? Nobody."), as not asked."""
    out = []
    for sentence, after in zip(sentences, [*sentences[1:], None], strict=False):
        announces = after is not None and after.led and not sentence.item and _announces(sentence.text)
        meant = after is not None and after.asks and "?" in after.text and _refers(after.text) and content(after.text) <= 2
        answered = after is not None and not after.asks and "?" in sentence.text and bool(_OWN_ANSWER.match(fold(after.text)))
        answered = answered or (after is not None and after.asks and content(sentence.text) <= 2 and not asked_for(sentence.text)[1] and bool(_SAID_AGAIN.match(fold(after.text))))
        told = announces or answered or (meant and not stated(sentence.text))
        out.append(replace(sentence, asks=False) if told else sentence)
    return out


def _lines(text: str) -> list[tuple[str, bool]]:
    """Logical lines with whether they are list items; lines wrapped by a mail program are joined."""
    out: list[tuple[str, bool]] = []
    fresh = True
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            fresh = True
            continue
        mark = _ITEM.match(line)
        if mark and mark.end() < len(line):
            out.append((line[mark.end() :].strip(), True))
        elif not fresh and out and _wraps(out[-1][0], line):
            out[-1] = (f"{out[-1][0]} {line}", out[-1][1])
        else:
            out.append((line, False))
        fresh = False
    return out


def _wraps(above: str, line: str) -> bool:
    if above.endswith((",", "-")) or (line[:1].islower() and len(above) >= _SHORT):
        return not (_GREETING.fullmatch(above) and len(above) < 50)
    return len(above) >= 55 and not _END.search(above)


def _sentences(line: str) -> list[str]:
    out: list[str] = []
    start = 0
    small = line[:1].islower() and not re.search(r"[.!?]\s+[A-ZÀ-Þ]", line)  # of a writer who begins no sentence with a capital
    for mark in re.finditer(r"[.!?…]+(?:\s?[»”\")])*\s+(?=[^\s])", line):
        # "la rubrique « Le saviez-vous ? », que …": the sentence goes on.
        if mark.group().rstrip()[-1:] in "»”\"" and re.match(r"[a-zà-ÿ,;:–—-]", line[mark.end() :]):
            continue
        before = line[start : mark.end()].strip()
        if line[mark.start()] == "." and (_ABBREVIATION.search(before) or (before[-2:-1].isdigit() and _ORDINAL.match(line[mark.end() :]))):
            continue
        # "Bonjour ?" and other single words go with what follows.
        if line[mark.end() : mark.end() + 1].islower() and line[mark.start()] in ".…" and not (small and line[mark.start()] == "." and line[mark.start() : mark.start() + 2] != ".."):
            continue
        out.append(before)
        start = mark.end()
    out.append(line[start:].strip())
    return [part for part in out if part]


def _context(sentence: str, before: Sequence[Sentence]) -> str:
    """What was said before that ``sentence`` needs."""
    if not before:
        return ""
    folded = fold(sentence)
    if _goes_on(sentence):
        last = next((earlier for earlier in reversed(before[-3:]) if earlier.asks), None)
        if last is not None:
            return last.text[:MAX_CONTEXT]
    if _refers(sentence) or content(sentence) <= 1:
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
            if not _refers(earlier.text):
                break
        elif told or not _refers(earlier.text):
            break
    if told:
        return " ".join(told)[-MAX_CONTEXT:]
    last = before[-1]
    return last.text[:MAX_CONTEXT] if not matches("courtesy", last.text) and content(last.text) >= 2 else ""


def _refers(text: str) -> bool:
    """Whether ``text`` speaks of what was said before it; not when it says itself what it means
    ("recycler des ordinateurs : cela entre-t-il …")."""
    folded = fold(text)
    found = re.search(read_asking()["anaphora"], folded)
    if found is not None and content(folded[: found.start()]) < 3:
        return True
    return bool(re.search(read_asking()["pronoun_subject"], folded))


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


def _announces(text: str) -> bool:
    """Whether ``text`` leads in to a list of what is asked; nothing but a colon may end it."""
    asks = text.endswith(":") or (text[-1:] not in ".!?…;" and (matches("indirect", text) or matches("addressed", text)))
    return asks and bool(re.search(read_asking()["lead"], fold(text)))
