"""What a polite request asks for: "serait-il possible d'avoir la date limite ?" asks for the date, not whether
something is possible, and for embeddings the two are much alike."""

from __future__ import annotations

import re

from assistant.words import fold, stop_words, tokens

_GIVE = (
    r"(?:bien vouloir )?(?:me |m'|nous |vous )?(?:avoir|indiquer|preciser|dire|communiquer|confirmer|donner|rappeler|"
    r"transmettre|fournir|savoir|connaitre|obtenir|demander|signaler)"
)
_NAME = r"(?=(?:me |nous )?(?:nommer|citer|lister|expliquer|presenter|decrire|detailler|resumer)\b)"
_PLEASE = r"(?:,? ?(?:s'il (?:vous|te) plait|svp|stp),?)? ?"
_REQUEST = re.compile(
    r"^\W*(?:"
    rf"(?:serait-il|est-il|ce serait|c'est) possible (?:de |d'){_GIVE}\b|"
    rf"(?:(?:pouvez|pourriez)-vous|(?:peux|pourrais)-tu|vous (?:pouvez|pourriez)|tu (?:peux|pourrais)){_PLEASE}(?:{_GIVE}\b|{_NAME})|"
    rf"merci (?:d'avance )?(?:de |d'){_GIVE}\b|"
    rf"(?:je|nous) (?:voudr|souhait|aimer|cherch)\w+(?: bien| a)? {_GIVE}\b|j'aimerais(?: bien)? {_GIVE}\b|"
    r"(?:vous auriez|auriez-vous|tu aurais|il (?:me|nous) (?:faut|faudrait))\b|"
    r"(?:dites|indiquez|donnez|rappelez|precisez)-(?:moi|nous)\b|"
    r"(?:could|can|would) you (?:please |kindly |also )*(?:tell|give|let|remind|inform|confirm|send|clarify|specify|"
    r"indicate)\b(?: (?:me|us)\b)?(?: know\b)?(?: (?:of|about)\b)?|"
    r"(?:please|kindly) (?:tell|give|let|remind|inform|send|clarify)\b(?: (?:me|us)\b)?(?: know\b)?|tell me\b|"
    r"(?:i|we)(?: would|'d)?(?: also)? (?:like|love|need|want|wish) to (?:know|ask|have)\b|"
    r"would you have\b|do you have\b(?! to\b)|"
    r"(?:podria[ns]?|puede[ns]?|pode|poderia) (?:ustedes )?(?:indicar|decir|dar|confirmar|informar|facilitar|dizer|"
    r"informar)(?:-?me|-?nos)?\b|quisiera(?:mos)? saber\b|gostaria(?:mos)? de saber\b|"
    r"(?:konnen|konnten) sie (?:mir|uns) (?:bitte )?(?:sagen|mitteilen|nennen)\b"
    r")[\s,:]*"
)


def without_request(text: str) -> str:
    """``text`` less the request that it opens with; as it is where little would be left."""
    folded = fold(text)
    found = _REQUEST.match(folded) if len(folded) == len(text) else None
    if found is None:
        return text
    rest = text[found.end() :].strip()
    told = any(word not in stop_words() for word in tokens(rest))
    return rest if told and len(rest.split()) > 2 else text


# What is put into a question and asks for nothing: "c'est quoi, au juste, X, tel que vous le présentez ?"
_FILLER = re.compile(
    r",?\s*\b(?:au juste|concrètement|exactement|précisément|tel(?:le)?s? que (?:vous|le règlement|le texte|l['’]appel) (?:l['’]|les? |la )\w+|"
    r"dont (?:parle|fait état|fait mention) (?:votre|le|ce|cet) \w+|exactly|precisely)\b(?=\s*[,?.!;]),?|,\s*(?:au juste|concrètement|exactly),",
    re.IGNORECASE,
)
# "Whom to ask at the agency, but not about third places?"
_EXCLUDED = re.compile(
    r"\s*\(?,?\s*\b(?:(?:qui|que)\s+ne\s+(?:porte|concerne|touche|relève)(?:nt)?\s+pas(?:\s+(?:sur|de|aux?|à))?|(?:mais\s+)?(?:pas|non)\s+(?:sur|pour|concernant|au sujet d[eu]s?)|hors(?: d[eu]s?| sujets?)?|en dehors d[eu]s?|"
    r"autres? que(?: sur| pour)?|sauf|excepté|not (?:about|on|for|concerning)|other than|except(?: for)?|excluding|no sobre|não sobre|(?:es geht )?nicht (?:zu|über|um)|it is not about|ce n['’]est pas (?:sur|pour|au sujet d[eu]s?))\s+(?:l[ea]s? |l['’]|des? |d['’]|the )?[\w'’-]+(?:[ -][\w'’-]+)?\)?",
    re.IGNORECASE,
)
# "À qui s'adresse l'appel ?" asks whom it is for, "à qui s'adresser" whom to ask.
_MEANT_FOR = re.compile(r"\b([àaÀA]) qui s['’]adresse(?= (?:l['’]|cet(?:te)? |ce |le |la |votre |notre )\w)")


def unambiguous(text: str) -> str:
    """``text`` with the one turn written otherwise that means something else with another ending."""
    return _MEANT_FOR.sub(r"\1 qui est destiné", text)


def without_exclusion(text: str) -> str:
    """``text`` less what it says is not meant ("…, pas sur les tiers-lieux"), which draws all the same."""
    bare = _EXCLUDED.sub(" ", text).replace("  ", " ").strip()
    return bare if len(bare.split()) > 2 else text


def without_fillers(text: str) -> str:
    """``text`` less what only decorates it; as it is where little would be left."""
    bare = _FILLER.sub(" ", text).replace("  ", " ").replace(" ,", ",").strip()
    return bare if len(bare.split()) > 3 else text
