"""Which part of a message asks: the rest tells who its author is and why they ask."""

from __future__ import annotations

import re

from assistant.answering.follow_ups import content, refers_back
from assistant.answering.question import QUESTION_TO, asked_for
from assistant.words import fold

# Content words from which a question is understood without the sentences around it. On dev messages
# of several sentences the right question comes first in 85 % of the whole, 90 % with 3, 75 % with 2.
_ENOUGH = 3
_SENTENCES = re.compile(r"(?<=[.!?…？؟])(?<!\bvs\.)(?<!\bbzw\.)(?<!\bart\.)(?<!\bcf\.)(?<!\bex\.)(?<!\bM\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)\s+|\n+")
ASKS = re.compile(r"[?？؟]\s*$")
# "A region asks me by when it has to hand in its bid. What do I tell them?"
_TELL_THEM = re.compile(
    r"^(?:\w+,? )?(?:what (?:do|should|can|shall|could) (?:i|we) (?:tell|say|answer|reply)|que (?:dois|puis|peut|faut|devons|pouvons)[- ](?:je|on|il|nous) (?:lui |leur )?(?:dire|repondre)|"
    r"que (?:lui|leur) (?:dire|repondre)|je (?:leur|lui) (?:dis|reponds) quoi|quoi (?:leur|lui) (?:dire|repondre)|que les? (?:digo|respondo|contesto)|o que (?:lhes? )?digo|was (?:sage|antworte) ich)\b"
)
_PASSED_ON = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|wants? to know|wonders?|demand(?:e|ent|ait)|veut savoir|veulent savoir|souhaite savoir|aimerait savoir|voudrait savoir|interroge|pregunta\w*|pergunta\w*|fragt)\b[^.?!]{0,30}?\b"
    r"(?P<asked>(?:by when|until when|when|whether|if|who|whom|which|what|how|where|si|s'il|quand|qui|quel\w*|combien|comment|où|jusqu|à qui|avant quelle|cuándo|cuál|quién|cómo|quando|qual|quem|bis wann|wann|wer|ob|wie)\b.+)",
    re.IGNORECASE,
)
# "Does such an activity fit?": what it asks about stands in the sentence before. Not "this call", "c'est", "il y a".
_BACK = re.compile(
    r"\b(?:ca|cela|ceci|ce(?:lle|lui|ux)(?:-ci|-la)?|cet?|cette|ces|(?:de )?tels?|(?:de )?telles?|"
    r"(?:un|quelques|des|an|some|algun|um|ein) (?:\w+ )?(?:exemples?|examples?|ejemplos?|exemplos?|beispiele?)(?! d| of|\w)|(?:pour|avec|chez|entre|par|vers|sans) (?:eux|elles?)|d'(?:eux|elles)|(?:vous|nous|on|ils?|elles?|[jnmst]') ?(?:en|y)|les \w+[ei]r|such|this|that|these|those|it|them|"
    r"es[ao]s?|est[ao]s?|tal(?:es)?|tais|iss?to|isso|ess[ae]s?|solch\w*|dies\w*|dafur|damit|hierfur)\b"
)
_CALL_ITSELF = re.compile(
    r"\b(?:c[' ]?est|s'est|est[- ]ce|qu'est|(?:il |n')y a|y a-t-il|ce (?:qu[ei]|dont|sont|serait)|"
    r"(?:ce|cet|this|that|est[ae]|ess[ae]|dies\w*) (?:\w+ )?(?:appels?|aap|reglements?|dispositifs?|programmes?|documents?|"
    r"textes?|fonds|cadre|calls?|schemes?|funds?|texts?|regulations?|convocatoria|chamada|edital|projektaufruf\w*|aufruf\w*)|"
    r"is it|(?:believe|think|know|said?|says?|sure|told|fact|so) that)\b"
)
# What sets the scene before an Arabic question: "نحن بلدية صغيرة في تونس، ما هو آخر أجل …؟"
_SCENE = re.compile(r"^\s*(?:نحن|أنا|انا|إننا|نمثل|أمثل|أعمل|نعمل)\b[^،؟]*،\s*(?=[^؟]*؟)")


def focus(message: str) -> str:
    """The sentence that asks, where it says enough by itself, with the one before where it refers back to
    that; else all of the message."""
    others = passed_on(message)
    if others:
        return others
    message = _SCENE.sub("", message)
    sentences = [s for s in _SENTENCES.split(message) if s.strip()]
    asking = [number for number, s in enumerate(sentences) if ASKS.search(s)]
    if not asking:
        return message
    last, words = sentences[asking[-1]], content(sentences[asking[-1]])
    if words >= _ENOUGH and asking[-1] and _BACK.search(_CALL_ITSELF.sub(" ", fold(last))):
        return f"{sentences[asking[-1] - 1]} {last}"
    # "Until when must one apply?": what kind of fact is asked says as much as a word.
    plain = words == _ENOUGH - 1 and bool(asked_for(last)[1]) and not refers_back(last)
    if words < _ENOUGH and asked_for(last)[0] == "contact" and QUESTION_TO.search(fold(message)):
        return message
    return last if words >= _ENOUGH or plain else message


def passed_on(message: str) -> str:
    """The question of others in a message that asks what to tell them, "" where it does not."""
    sentences = [s for s in _SENTENCES.split(message) if s.strip()]
    if len(sentences) < 2 or not _TELL_THEM.search(fold(sentences[-1])):
        return ""
    found = _PASSED_ON.search(sentences[-2])
    return found["asked"] if found and content(found["asked"]) > 1 else ""
