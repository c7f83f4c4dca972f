"""What in a text could tell who wrote a mail, before it goes where everybody reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.call import Call
from assistant.desk.tables import StoredMail
from assistant.values import find_values
from assistant.words import fold, stop_words

_NUMBER = re.compile(r"\b\d[\d .-]{7,}\d\b")
# A form of address or a relation, and the name behind it.
_NAMED = re.compile(
    r"\b(?:M\.|Mme|Mlle|Monsieur|Madame|Dr|Me|Mr|Mrs|Ms|Sr|Sra|je suis|je m['’]appelle|my name is|I am|soy|me llamo)\s+"
    r"((?:[A-ZÀ-Þ][\w'’-]+\s?){1,3})"
)
_MIN_LETTERS = 3


def personal_data(text: str, mail: StoredMail | None, call: Call, public: Sequence[str] = ()) -> list[str]:
    """Pieces of ``text`` that are personal data: addresses, phones, long numbers, names behind a
    form of address, the name and mail address of who sent ``mail``; what ``public`` texts and the
    call's own contact say apart."""
    contact = call.handoff
    allowed = "\n".join([*public, contact.name, contact.email, contact.phone or ""])
    known = {value.value for value in find_values(allowed)}
    found = [
        text[value.start : value.end] for value in find_values(text)
        if value.kind in ("email", "phone") and value.value not in known
    ]  # fmt: skip
    found += [number for number in _NUMBER.findall(text) if number not in allowed]
    found += [name.strip() for name in _NAMED.findall(text) if fold(name.strip()) not in fold(allowed)]
    words = set(re.findall(r"\w+", fold(text)))
    sender = re.findall(r"[^\W\d_]+", fold(f"{mail.sender_name} {mail.sender.partition('@')[0]}")) if mail else []
    ordinary = stop_words() | set(re.findall(r"\w+", fold(allowed)))
    found += [name for name in sender if len(name) >= _MIN_LETTERS and name in words and name not in ordinary]
    return list(dict.fromkeys(found))


def unknown_names(text: str, sources: str) -> list[str]:
    """Words with a capital inside a sentence that the sources do not have: perhaps a place or a
    person."""
    known = set(re.findall(r"\w+", fold(sources)))
    words = re.findall(r"(?<=[\w,;:] )[A-ZÀ-Þ][\w'’-]+", text)
    return [w for w in dict.fromkeys(words) if not set(re.findall(r"\w+", fold(w))) <= known]
