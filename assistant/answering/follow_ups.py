"""What a short message follows up on: "et les hommes ?", "et leur téléphone ?", "and for Villes Internet?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.question import asked_for
from assistant.words import fold, stop_words, tokens

# Of what came before, at most so many characters are read with a message.
_MOST = 300
# Words that stand for somebody or something said before, however a question is built.
_PRONOUN = (
    r"\b(?:son|sa|ses|leurs?|lui|ca|cela|la-bas|dedans|"
    r"his|hers?|their|them|it|its|that|those|this one|there|su|sus|seu|sua|ihre?|sein|seine|dessen|"
    r"ce (?:mail|numero|contact|label|rapport|reseau|guide|programme)|cette (?:date|personne|association|agence))\b|"
    # Arabic joins it to the noun: "هاتفها", "بريده".
    r"(?:هاتف|بريد|رقم|عنوان|اسم|وظيفت|مهمت|دور|موقع)(?:ه|ها|هم)\b"
)
# "Comment les joindre ?"
_REACHED = re.compile(r"\b(?:l[aes]s? |l')(?:joindre|contacter|appeler)\b|\b(?:reach|contact|call) (?:them|him|her|it)\b")
# Words that ask the same of something else.
_SAME = (
    r"^\W*(?:et|mais|ok|d'accord|alors|and|but|what about|y|e|und)\b|^\W*و|^\W*(?:avant ou apres|before or after|antes o despues|vor oder nach)\b|"
    r"\b(?:celui|celle|ceux|celles|which one|the one)\b"
)
_GOES_ON = re.compile(_SAME)
_REFERRING = f"{_SAME}|{_PRONOUN}"
_REFERS = re.compile(_REFERRING)
# And those that only may: "est-elle …", but "les régions peuvent-elles …" too.
_MAY = r"\b(?:il|elle|ils|elles|he|she|they)\b"
_FOLLOWS = re.compile(rf"{_REFERRING}|{_MAY}")
_STANDS_FOR = re.compile(rf"{_PRONOUN}|{_MAY}")
# Short, but whole: "Qui peut candidater ?", "What is the deadline?", "À qui écrire ?".
_WHOLE = re.compile(
    r"^\W*(?:(?:qui|que|quels?|quelles?|what|who|which|how|wer|was|welche|quien(?:es)?|cual(?:es)?|quem|qual|quais)\b[^?]*?\b"
    r"(?:est|sont|peut|peuvent|doit|doivent|fait|is|are|can|may|does|do|darf|kann|ist|sind|puede|pueden|es|son|pode|podem|sao)\b|"
    r"(?:(?:a|de|aupres de) )?qui (?:s')?\w+(?:er|ir|re)\b|(?:c'est|cest|c) (?:quoi|koi)\b|(?:les?|la|une?|the) \w+ (?:peut|peuvent|doit|doivent|est|sont)-(?:ils?|elles?)\b)"
)
# It only thanks, takes note, greets or takes leave.
_THANKS = (
    r"merci|mci|mrc|cimer|mille mercis|thanks?|thank you|thx|tks|ty|danke|vielen dank|gracias|obrigad[oa]|grazie|شكرا|"
    r"ok|okay|d'accord|dac|parfait|super|great|perfect|(?:(?:c'est|bien) )?note|bien recu|compris|entendu|got it|understood|noted|verstanden|entendido"
)
_GREETINGS = (
    r"bonjour|bonsoir|salut|hello|hi|hallo|hola|ola|bye|au revoir|goodbye|tschuss|adios|adeus|ciao|bonne (?:journee|soiree|fin de journee)"
)
_MORE = r"(?: (?:beaucoup|bcp|bien|infiniment|a vous|a tous|much|a lot|so much|very much|mil|muchas|muito|mucho|sehr|madame|monsieur|all))*"
_POLITE = re.compile(rf"^\W*(?:(?:{_THANKS}|{_GREETINGS})\b{_MORE}\W*)+$")
_THANKING = re.compile(rf"^\W*(?:{_THANKS})\b")
# It asks for the reason of what was said.
_WHY = re.compile(
    r"^\W*(?:(?:et|mais|ah bon|ok|and|but|y|pero|e|mas|und|aber)\W+)?(?:pourquoi|pk|pq|why|por que|porque|warum|wieso|perche|لماذا)"
    r"(?: (?:pas|ca|cela|donc|not|so|is that|no|nao|nicht|das|non))?\W*$"
)
_COURTESY = re.compile(
    r"^\W*(?:bonjour|bonsoir|salut|hello|hi|dear|madame|monsieur|coucou|hola|ola|guten tag|bjr|slt)"
    r"\b(?:[ ,]*(?:madame|monsieur|sir|madam|a tous|mme|mr|m))*[\s,.!:;–-]*",
    re.IGNORECASE,
)

_FOR_WHAT = re.compile(r"(?:a|pour|dans|de) quel(?:le)?s? (?:propos|titre|effet|fins?|sujet|but|egard)\W*$")


def context_of(piece: str, before: Sequence[str], earlier: Sequence[str]) -> str:
    """The question that ``piece`` follows up on, "" when it stands alone. ``before`` are the author's former
    messages, ``earlier`` the questions before it in the same one, oldest first."""
    if earlier:
        bare = content(piece) <= 1  # "… et en quelle année ?"
        short = content(piece) <= 2
        if _REACHED.search(fold(piece)):  # "À quelle adresse la joindre ?": whom the first of them names
            return next((one for one in reversed(earlier) if not refers_back(one)), earlier[-1])
        return earlier[-1] if bare or (refers_back(piece) and short) else ""
    return _followed(piece, before)[-_MOST:]


def only_thanks(message: str) -> bool:
    """Whether ``message`` only thanks or takes note of what was said."""
    folded = fold(message)
    return bool(_THANKING.search(folded) and _POLITE.search(folded))


def asks_why(piece: str) -> bool:
    """Whether ``piece`` only asks for the reason of what was said before it."""
    return bool(_WHY.match(fold(piece)))


def refers_back(text: str) -> bool:
    """Whether words of ``text`` may stand for what was said before."""
    return bool(_FOLLOWS.search(fold(_COURTESY.sub("", text))))


def content(text: str) -> int:
    """How many content words ``text`` has beside its greeting."""
    stop = stop_words()
    return sum(word not in stop for word in tokens(_COURTESY.sub("", text)))


def for_what(part: str) -> bool:
    """Whether ``part`` asks nothing without what stands before it ("…, et à quel propos ?")."""
    return bool(_FOR_WHAT.match(fold(part.strip())))


def _follows(piece: str) -> bool:
    folded = fold(_COURTESY.sub("", piece))
    whole = content(piece) and _WHOLE.search(folded) and not _REFERS.search(folded)
    if whole or _POLITE.search(fold(piece)):
        return False
    return content(piece) <= 2 or (bool(_FOLLOWS.search(folded)) and content(piece) <= 5)


def _followed(piece: str, before: Sequence[str]) -> str:
    """Back from the last message to the one that ``piece`` refers to: "leur téléphone" to one that names
    somebody, "et les hommes ?" to one that asks something."""
    if not before or not _follows(piece):
        return ""
    # "depuis quand ?" asks it of what was spoken of last, too.
    pronoun = bool(_STANDS_FOR.search(fold(piece))) or not content(piece)
    for at in range(len(before) - 1, -1, -1):
        message, earlier = before[at], before[:at]
        if _POLITE.search(fold(message)) or asks_why(message):
            continue
        if not earlier or not _follows(message):
            return message
        if pronoun and not _STANDS_FOR.search(fold(message)) and content(message):
            return message
        if not pronoun and (asked_for(message)[0] != "open" or not _GOES_ON.search(fold(message))):
            return f"{_followed(message, earlier)} {message}".strip()
    return before[-1]
