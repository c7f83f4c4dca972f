"""One sentence that asks several things, taken apart: "savoir si … et si …", "la date et le montant"."""

from __future__ import annotations

import re

from assistant.answering.follow_ups import for_what
from assistant.desk.asking import matches, read_asking
from assistant.words import fold, stop_words, tokens

PREPOSITION = (
    r"(?:à|de|dans|par|pour|avec|sur|sous|en|depuis|chez|vers|selon|auprès de|jusqu['’]à|à partir de|"
    r"to|by|from|with|for|in|at|on|of|about|under|until|a|hasta|con|para|por|desde) "
)
# After a comma alone, "est-il" goes on with what stands before it ("ce projet, porté par une ville, est-il …").
# Nor does "y" before a verb join anything in French ("y consacre-t-il").
_AND = r"(?:\s*[,;]?\s+(?:et|and|y(?!\s[a-zà-ÿ]+-(?:t-)?(?:ils?|elles?|on|je|nous|vous)\b)|e|ni|nor|ou encore|ainsi que|as well as|puis|mais aussi|enfin|et enfin|et aussi)\s+(?:(?:,\s*)?(?:si possible|également|de même|if possible|si es posible)\s*,\s*)?|\s*[,;]\s+(?![a-zà-ÿ]+-(?:t-)?(?:ils?|elles?)\b))"
_CLAUSE = (
    r"(?=(?:(?:de )?(?:me |nous |m['’])(?:dire|indiquer|préciser|confirmer|communiquer|donner|transmettre|envoyer|expliquer|mettre|orienter|rappeler)\b|si |s['’]ils? |s['’]elles? |quand |comment |combien |qui |quel|où |lequel|laquelle|que (?:l[ea]s? |l['’]|nos |notre |votre )|lesquel|pourquoi |que (?:fait|font|doit|faut)|ce (?:que|qu['’]|qui) |jusqu|"
    rf"{PREPOSITION}(?:qui|quoi|quel|combien|quand|whom|who|which|what|when|cu[aá]l|cu[aá]ndo|qui[eé]n|qu[eé])|if |whether |when |how |who |what |which |where |"
    r"cu[aá]l|cu[aá]ndo|qui[eé]n|c[oó]mo|d[oó]nde|cu[aá]nt|est-ce |y a-t-il |peut-on |faut-il |pouvons-nous |doit-on |sommes-nous |"
    r"[a-zà-ÿ]+-(?:t-)?(?:vous|nous|il|elle|ils|elles|on|je)\b|(?:un|une|le|la|les|nos|notre|votre|des) [^,?]{2,40}? (?:peut|doit|est|sont|peuvent|doivent)-(?:ils?|elles?)\b|"
    r"(?:do|does|did|is|are|can|may|must|should|will|would|could) (?:you|we|it|they|i|there|this|these|the|a|an|our|your)\b))"
)
_CLAUSE_FIRST = re.compile(_CLAUSE, re.I)
_SPLIT_CLAUSE = re.compile(_AND + _CLAUSE, re.I)
DETERMINER = r"(?:l[ea]s? |l['’]|les |un |une |des |du |de la |son |sa |ses |leurs? |the |a |an |el |los |las |la |si |s['’]il |(?:celles?|celui|ceux) (?:d|à|qu|où)|whether |if )"
_SPLIT_NOUN = re.compile(_AND + rf"(?:sur )?(?={DETERMINER})", re.I)
# "d'une part …, d'autre part …"
_ON_THE_ONE = re.compile(r"\bd['’](?:une part|un c[ôo]t[ée]),?\s+", re.I)
_ON_THE_OTHER = re.compile(r"\s*[,;]?\s*(?:(?:et|mais) )?(?:d['’]autre part|d['’]un autre c[ôo]t[ée]|de l['’]autre),?\s+", re.I)
# "deux choses : la date, et si …"
_ANNOUNCED = re.compile(
    r"\b(?:choses?|points?|questions?|[ée]l[ée]ments?|informations?|things?|cosas|puntos|preguntas|manque|besoin|faudrait|savoir|préciser|indiquer|connaître|obtenir)\b[^:.?!]{0,40}:\s+(?=\S)", re.I
)
# What was announced is one question: "…, fait-il partie des thèmes ?", "entre A et B, quel est le délai ?"
_MAIN_CLAUSE = re.compile(r"[a-zà-ÿ]-(?:t-)?(?:ils?|elles?)\b|,\s+(?:quel|combien|qui |où|quand|comment|which|what|how|when)", re.I)
_CLAUSE_START = re.compile(
    r"\b(?:ce (?:que|qui)|ce qu['’]|si|s['’]ils?|s['’]elles?|quand|comment|combien|qui|quel(?:le)?s?|où|jusqu['’]à quand|if|whether|when|how|who|what|which|where|cu[aá]l(?:es)?|cu[aá]ndo|qui[eé]n|c[oó]mo|d[oó]nde|cu[aá]nt[oa]s?)\b",
    re.I,
)
# At the start of a sentence, before its main clause.
_CONDITION = re.compile(r"(?:et |mais |and |but |y |e )?(?:si|s['’]ils?|if|lorsque?|when|wenn|falls|se)\b[^,?]*$", re.I)
# "Savoir si A et B entrent dans …": two subjects of one question.
_WHETHER = re.compile(r"(?:si|if|whether)\s|s['’](?:ils?|elles?)\s", re.I)


# "Le nom, le mail et le numéro de la chargée de mission": one address, of one person.
_DETAIL = re.compile(
    r"(?:l[ea]s? |l['’]|son |sa |ses |leurs? |the |her |his |their |el |la |su )?(?:noms?|prénoms?|(?:adresse )?e?-?mails?|courriels?|mél|adresses?(?: mail| électronique)?|téléphones?|tél|numéros?(?: de téléphone)?|"
    r"coordonnées|fonctions?|names?|e-?mail(?: address)?|(?:tele)?phone(?: number)?|numbers?|nombre|correo|teléfono)\b",
    re.I,
)


def split_sentence(sentence: str) -> list[str]:
    """The questions that one sentence joins ("savoir si … et si …", "la date et le montant")."""
    sentence = re.sub(r"^ et ", "", _ON_THE_OTHER.sub(" et ", _ON_THE_ONE.sub("", sentence)))
    mark = "?" if sentence.rstrip().endswith("?") else ""
    announced = _ANNOUNCED.search(sentence)
    listed = sentence[announced.end() :] if announced else ""
    if listed and (_CLAUSE_FIRST.match(listed) or not _MAIN_CLAUSE.search(listed)):
        parts = (_SPLIT_CLAUSE if _CLAUSE_FIRST.match(listed) else _SPLIT_NOUN).split(listed)
        things = [part.strip() for part in parts if part and part.strip()]
        if len(things) > 1 and all(content(thing) for thing in things):
            return [_closed(thing, mark) for thing in things]
    objects = objects_of(sentence)
    if len(objects) > 1:
        return objects
    pieces = [part.strip() for part in _SPLIT_CLAUSE.split(sentence) if part and part.strip()]
    # "Et si l'on cible …, est-on …": the condition is none.
    while len(pieces) > 1 and _CONDITION.match(pieces[0]):
        pieces = [f"{pieces[0]}, {pieces[1]}", *pieces[2:]]
    # "Pour une présentation, quel est … et depuis quand …": what comes first asks nothing.
    while len(pieces) > 2 and not _asked(pieces[0]):
        pieces = [f"{pieces[0]}, {pieces[1]}", *pieces[2:]]
    named = head_of(pieces[0])
    first = _CLAUSE_START.search(pieces[0])
    out: list[str] = []
    lead = named or (pieces[0][: first.start()] if first else "")
    if len(pieces) > 1 and _asked(pieces[0]) and all(content(part) and not for_what(part) for part in pieces):
        for part in pieces:
            indirect = out and re.match(r"(?:si|s['’]|if|whether)\b", part, re.I)
            out.append(f"{lead.strip()} {part}" if indirect and lead else part)
    else:
        out = [sentence]
    return [_closed(noun, mark) if mark or noun != sentence else noun for part in out for noun in _nouns(part)]


def _asked(piece: str) -> bool:
    """Whether a piece of a sentence holds a question of its own."""
    return bool(head_of(piece) or _CLAUSE_START.search(piece) or matches("direct", piece))


def head_of(sentence: str) -> str:
    """The words before what a request for several things names, "" when it names none."""
    found = re.search(read_asking()["listed"], fold(sentence))
    if not found or len(fold(sentence)) != len(sentence):
        return ""
    return sentence[: found.end()] if re.match(DETERMINER, sentence[found.end() :], re.I) else ""


def _nouns(sentence: str) -> list[str]:
    """The things that one request names ("me préciser A, B et C"), each with the request."""
    head = head_of(sentence)
    if not head:
        return [sentence]
    nouns = [part.strip() for part in _SPLIT_NOUN.split(sentence[len(head) :]) if part and part.strip()]
    if len(nouns) < 2 or not all(content(noun) for noun in nouns) or all(map(_DETAIL.match, nouns)):
        return [sentence]
    if _WHETHER.match(nouns[0]) and not any(map(_WHETHER.match, nouns[1:])):
        return [sentence]
    return [f"{head.strip()} {_named(noun, nouns[0])}" for noun in nouns]


def _named(noun: str, first: str) -> str:
    """``noun`` with what "celles" or "celui" stands for ("les coordonnées de A, celles de B")."""
    meant = re.match(r"(?:les? |la |l['’])[^\W\d_]+", first, re.I)
    return re.sub(r"^(?:celles?|celui|ceux)\b", meant.group().lower(), noun, flags=re.I) if meant else noun


def _closed(part: str, mark: str) -> str:
    part = part.rstrip(" ,;.?")
    return f"{part} ?" if mark else part


def objects_of(sentence: str) -> list[str]:
    """What a sentence names that its author does not have ("ni A, ni B"), else the sentence."""
    parts = [part.strip(" .,;") for part in re.split(r"\bni\b|\bneither\b|\bnor\b", sentence)[1:]]
    parts = [part for part in parts if content(part)]
    return parts if len(parts) > 1 else [sentence]


def content(text: str) -> int:
    """Number of content words."""
    stop = stop_words()
    return sum(word not in stop for word in tokens(text))
