"""The sentences and list items of a letter, and which of them ask something."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.answering.question import asked_for
from assistant.desk.asking import Listener, matches, read_asking, stated
from assistant.desk.splitting import DETERMINER, content
from assistant.words import fold

MAX_SENTENCE = 700
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
# What an author says who answers their own question.
_OWN_ANSWER = re.compile(
    r"(?:personne|rien|jamais|non|oui|si|aucune?|nulle part|(?:moi|nous) (?:non plus|aussi)|evidemment|bien sur(?: que (?:oui|non))?|"
    r"nobody|no one|nothing|never|no|yes|of course(?: not)?|nadie|nada|nunca|ninguno|niemand|nichts|nein|ja|"
    r"ninguem)\W*$"
)
# What a question begins with that says the one before it in other words.
_SAID_AGAIN = re.compile(r"(?:i mean|that is|in other words|je veux dire|c'est-a-dire|autrement dit|en clair|ou plutot|plus precisement|es decir|quero dizer|das heisst)\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``item`` whether it is an item of a list, ``led`` whether that list is introduced by a
    request, ``asks`` whether something is asked."""

    text: str
    item: bool
    led: bool
    asks: bool


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
        meant = after is not None and after.asks and "?" in after.text and refers_back(after.text) and content(after.text) <= 2
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


def refers_back(text: str) -> bool:
    """Whether ``text`` speaks of what was said before it; not when it says itself what it means
    ("recycler des ordinateurs : cela entre-t-il …")."""
    folded = fold(text)
    found = re.search(read_asking()["anaphora"], folded)
    if found is not None and content(folded[: found.start()]) < 3:
        return True
    return bool(re.search(read_asking()["pronoun_subject"], folded))


def _announces(text: str) -> bool:
    """Whether ``text`` leads in to a list of what is asked; nothing but a colon may end it."""
    asks = text.endswith(":") or (text[-1:] not in ".!?…;" and (matches("indirect", text) or matches("addressed", text)))
    return asks and bool(re.search(read_asking()["lead"], fold(text)))
