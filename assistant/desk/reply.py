"""What the author of a mail wrote now: without what is quoted below, signature and legal notice.

Replies are cut by mail-parser-reply (French, English, Spanish …); what it does not know, such as
"-----Message d'origine-----", passed-on mails and a postscript below the signature, is done here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailparser_reply import EmailReplyParser
from mailparser_reply.parser import EmailMessage

from assistant.words import fold, tokens

_LANGUAGES = ["fr", "en", "es", "de", "it"]
_MAX = 20_000
# A line that is a sentence, asks, or leads in to one.
_TALKS = re.compile(r"[?:.!…;]\s*$|\b(?:je|nous|on|j['’]\w+|merci (?:de|d['’])|i|we|please|quiero|queremos|ich|wir)\s+\w+\s+\w+", re.I)
# Of a signature: so many lines, none longer.
_SIGNED, _WIDE = 8, 70
_ORIGINAL = re.compile(
    r"^[>\s]*[-_*]{2,}\s*(?:message (?:d['’]origine|original|initial)|original message|mensaje original|"
    r"mensagem original|urspr[üu]ngliche nachricht|message pr[ée]c[ée]dent)\s*[-_*]{2,}|^_{20,}\s*$",
    re.I | re.M,
)
_FORWARD = re.compile(
    r"^[>\s]*(?:[-_*]{2,}\s*(?:forwarded message|message transf[ée]r[ée]|message r[ée]exp[ée]di[ée]|"
    r"mensaje reenviado|fwd)\s*[-_*]{2,}|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])\s*:|"
    r"begin forwarded message\s*:)\s*$",
    re.I | re.M,
)
_HEADER_LINE = re.compile(
    r"^[>\s*]*(?:de|from|envoy[ée]|sent|date|[àa]|to|para|cc|objet|subject|asunto|r[ée]pondre [àa]|importance)\s*:", re.I
)
_CLOSING = re.compile(
    r"^(?:(?:bien |tres |sinceres? |avec mes |mes |nos |meilleures |respectueuses? )*(?:cordialement|salutations|respectueusement|amicalement|"
    r"sinceres? salutations|cordiales? salutations|cdlt|cdt|bav|bien a vous|sincerement|bonne (?:journee|reception|soiree|fin de journee|semaine)|"
    r"(?:kind|best|warm) regards|regards|best|best wishes|yours (?:sincerely|faithfully|truly)|sincerely|(?:many thanks|thanks|thank you)(?=$|[,.! ]*$| (?:again|in advance|so much|very much|a lot|for (?:your|the) (?:help|time|answer|reply|attention|assistance))),?[ .!]*|"
    r"un (?:cordial )?saludo|saludos(?: cordiales)?|atentamente|cordialmente|muchas gracias|mit freundlichen grussen|cordiali saluti|"
    r"belle journee|excellente journee|a bientot|bonne continuation|merci(?=[ ,.!]*$| (?:d'avance|beaucoup|par avance|bien|a vous|encore|infiniment|pour (?:votre|vos)|de (?:votre|vos|l'attention|l'interet)))|"
    r"respectueux hommages|haute consideration)\b[^?]{0,60}$)|"
    r"^(?:je vous prie|nous vous prions|veuillez|je vous remercie par avance et vous prie)[^?]{0,40}\b(?:agreer|recevoir|croire|accepter)\b"
)
_POSTSCRIPT = re.compile(r"^\s*(?:p\.? ?s\.?|post[- ]scriptum|nb)\s*[:.\-–]", re.I)
_NOTICE = re.compile(
    r"\b(?:ce (?:message|courriel|mail)[^.]{0,80}(?:confidentiel|destin[ée]|strictement)|this (?:e-?mail|message)[^.]{0,80}(?:confidential|intended)|"
    r"pensez [àa] l['’]environnement|n['’]imprimez (?:ce|que)|please consider the environment|afin de contribuer au respect de l['’]environnement|"
    r"envoy[ée] (?:depuis|de|[àa] partir de) (?:mon|ma|outlook|yahoo|l['’]application)|sent from (?:my|outlook|mail)|enviado desde|t[ée]l[ée]charger outlook|get outlook)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Written:
    """``text`` is what was written now, ``signature`` the closing and what follows it,
    ``quoted`` the mails below, ``passed_on`` a forwarded mail."""

    text: str
    signature: str
    quoted: str
    passed_on: str


def written_now(text: str, author: str = "") -> Written:
    """Take a mail's text apart; lines are stripped. ``author`` is the name that its author goes by."""
    text, passed_on = _cut(text[:_MAX], _FORWARD)
    text, quoted = _cut(text, _ORIGINAL)
    top, below = _top(text)
    body, signature = _signed(top)
    body, name = _named(body, author)
    signature = f"{name}\n{signature}".strip()
    # A reply that stands between quoted lines: what is not quoted is what was written.
    if not body.strip() and text.strip():
        own = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
        body, signature = _signed("\n".join(line for line in own if not _attribution(line)))
    return Written(body.strip(), signature.strip(), f"{below}\n{quoted}".strip(), without_headers(passed_on))


def _cut(text: str, mark: re.Pattern[str]) -> tuple[str, str]:
    found = mark.search(text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def _top(text: str) -> tuple[str, str]:
    """The newest mail of a thread and what is below it."""
    EmailReplyParser(languages=_LANGUAGES)  # refuses unknown languages
    message = EmailMessage(text=text, languages=list(_LANGUAGES), keep_hyphen_lists=True).read()
    full = message.replies[0].full_body if message.replies else text
    lines = full.split("\n")
    for number, line in enumerate(lines):
        block = lines[number : number + 5]
        headers = sum(bool(_HEADER_LINE.match(part)) for part in block)
        if (_HEADER_LINE.match(line) and headers >= 3) or _attribution(line):
            full = "\n".join(lines[:number])
            break
    own = [line for line in full.split("\n") if not line.lstrip().startswith(">")]
    quoted = [line.lstrip("> ") for line in full.split("\n") if line.lstrip().startswith(">")]
    return "\n".join(own), "\n".join([*quoted, message.text[len(full) :]])


def _attribution(line: str) -> bool:
    """"Le … a écrit :", "On … wrote:", "El … escribió:"."""
    return bool(re.match(r"^[>\s]*(?:le|on|el|am|il)\b.{5,200}(?:a [ée]crit|wrote|escribi[óo]|schrieb|ha scritto)\b.{0,80}:\s*$", line, re.I))


def _signed(text: str) -> tuple[str, str]:
    """Body and signature; a postscript belongs to the body."""
    lines = text.split("\n")
    end = len(lines)
    for number, line in enumerate(lines):
        plain = fold(line.strip())
        if re.fullmatch(r"\s*(?:--|__)\s*", line) or _NOTICE.search(line):
            end = number
            break
        if number and _CLOSING.search(plain) and not _more_below(lines[number + 1 :]):
            end = number
            break
    body, rest = lines[:end], lines[end:]
    for number, line in enumerate(rest):
        if _POSTSCRIPT.match(line):
            body = [*body, "", _POSTSCRIPT.sub("", line), *rest[number + 1 :]]
            rest = rest[:number]
            break
    return "\n".join(body), "\n".join(rest)


def _named(body: str, author: str) -> tuple[str, str]:
    """``body`` up to its author's name, and that with what follows: their function, their service."""
    lines = body.split("\n")
    known = set(tokens(author))
    for number in range(len(lines) - 1, 0, -1):
        words = tokens(lines[number])
        below = [line for line in lines[number + 1 :] if line.strip()]
        if len(lines) - number > _SIGNED or any(_TALKS.search(line) or len(line) > _WIDE for line in below):
            break
        if words and known and len(words) <= 4 and set(words) <= known | {word[:1] for word in known} and set(words) & known:
            return "\n".join(lines[:number]), "\n".join(lines[number:])
    return body, ""


def _more_below(lines: list[str]) -> bool:
    """Whether a letter goes on after a line that only looks like its end ("Merci.")."""
    below = [line for line in lines if line.strip()]
    for number, line in enumerate(below[:12]):
        if re.fullmatch(r"\s*(?:--|__)\s*", line) or _POSTSCRIPT.match(line) or _NOTICE.search(line):
            return False
        if number and _CLOSING.search(fold(line.strip())):
            return any(_sentence(part) for part in below[:number])
    return any(line.rstrip().endswith("?") for line in below[:12])


def _sentence(line: str) -> bool:
    return len(line.split()) >= 6


def without_headers(text: str) -> str:
    """A forwarded mail without the header lines above it."""
    lines = text.strip().split("\n")
    while lines and (not lines[0].strip() or _HEADER_LINE.match(lines[0])):
        lines.pop(0)
    return "\n".join(line.lstrip("> ") for line in lines)
