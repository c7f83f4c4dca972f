"""Where two lines meet: what stands between the last word of the one and the first of the other."""

from __future__ import annotations

import re

from assistant.words import fold
from ingest.readers.pdf.measures import Measures

_URL_TAIL = re.compile(r"(?:https?://|www\.)\S+$", re.I)
_URL_SIGN = re.compile(r"[/.=?&#%_-]\w|\d")
_VOWEL = re.compile(r"[aeiouyœæ]")
_UNITS = frozenset("km hm dm cm mm kg dg cg mg hl dl cl ml mn kwh mwh gwh".split())


def seam(last: str, head: str, measures: Measures, *, packed: bool = False) -> tuple[int, str]:
    """(characters to cut at the end of a line, what to put before the next one), for its last word and
    the first one of the next line.

    ``packed`` when the line is a single word that fills its width, and so may be cut anywhere.
    """
    if last.endswith("\xad"):
        return 1, ""
    address = _mail_seam(last, head, measures, packed=packed)
    if address is not None:
        return address
    if _URL_TAIL.search(last):
        whole = last + head
        if any(whole.strip("().,;") in link for link in measures.links):
            return 0, ""
        if last.endswith("-"):
            return _hyphen_seam(last, head, measures)
        if last[-1] in "/_=&?%" or head[:1] in "/?&=_#":
            return 0, ""
        cut = packed and (_URL_SIGN.search(head) or _is_no_word(head))
        return 0, "" if cut else " "
    if packed and _is_cut(last, head, measures):
        return 0, ""
    if last.endswith("-") and len(last) > 1 and last[-2].isalpha() and head[:1].isalpha():
        left = re.findall(r"[\w-]+$", last[:-1])
        right = re.findall(r"^[\w-]+", head)
        a, b = left[-1].lower() if left else "", right[0].lower() if right else ""
        if not head[:1].islower():
            return 0, ""
        if a + b in measures.words:
            return 1, ""
        if (
            f"{a}-{b}" in measures.words
            or "-" in a
            or (a in measures.words and b in measures.words)
        ):
            return 0, ""
        return 1, ""
    if last.endswith(("'", "’")) or (last.endswith("/") and len(last) > 1):
        return 0, ""
    return 0, " "


def _is_cut(last: str, head: str, measures: Measures) -> bool:
    """Whether two parts are one word: it stands elsewhere, whole or longer (cut into three here),
    or the second part can be no word."""
    left = re.search(r"[^\W\d_]+$", last)
    right = re.match(r"[^\W\d_]+", head)
    if left is None or right is None or not right.group().islower():
        return False
    whole = (left.group() + right.group()).lower()
    if whole in measures.words or (len(left.group()) > 5 and _is_no_word(right.group())):
        return True
    return len(whole) > 7 and any(word.startswith(whole) for word in measures.words)


def _is_no_word(text: str) -> bool:
    return not _VOWEL.search(fold(text)) and text not in _UNITS


def _mail_seam(
    last: str, head: str, measures: Measures, *, packed: bool
) -> tuple[int, str] | None:
    """The seam within a mail address that a line break cuts; None elsewhere."""
    tail = re.search(r"[\w.+-]+@(?P<domain>[\w.-]*)$", last)
    if tail:
        domain = tail["domain"]
        if not re.match(r"[\w.-]*\w", head):
            return None
        if domain.endswith("-"):
            return _hyphen_seam(last, head, measures)
        if not domain or domain.endswith(".") or ("." not in domain and head.startswith(".")):
            return 0, ""
        rest = re.match(r"[\w-]+(?:\.[\w-]+)*", head)
        whole = (domain + (rest.group() if rest else "")).lower()
        if "." not in domain and rest and (packed or "." in rest.group()):
            return 0, ""  # no domain ends without a dot
        if packed and whole in measures.domains:
            return 0, ""
        return 0, " "
    if head.startswith("@") and last[-1:].isalnum():
        return 0, ""
    if "@" in head and re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)*[._-]", last):
        return _hyphen_seam(last, head, measures) if last.endswith("-") else (0, "")
    if packed and "@" in head and re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)+", last):
        return 0, ""
    return None


def _hyphen_seam(last: str, head: str, measures: Measures) -> tuple[int, str]:
    """Whether the hyphen at the end of a cut address was added there: it was where the document
    writes the whole word elsewhere (the name of the person, say) or the whole domain."""
    left = re.search(r"(\w*)-$", last)
    right = re.match(r"\w*", head)
    before, after = left[1] if left else "", right.group() if right else ""
    if not before:
        return 1, ""
    domain = (last[:-1] + re.match(r"[\w.-]*", head).group()).rpartition("@")[2]  # type: ignore[union-attr]
    if domain.lower() in measures.domains or fold(before + after) in measures.folded:
        return 1, ""
    known = fold(before) in measures.folded and fold(after) in measures.folded
    return (0, "") if known or not measures.hyphenated else (1, "")
