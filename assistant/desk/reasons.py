"""Why a mail needs a person or is urgent: rules that a person can read, from reasons.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from assistant.call import read_toml
from assistant.desk.parse import Mail
from assistant.words import fold

# What a mail says that it does not ask for, and what it gives thanks for, calls for nobody.
_DECLINED = re.compile(
    r"[^.?!\n]*\b(?:n'atten\w+|ne (?:vous )?(?:demand\w+|sollicit\w+|cherch\w+)) (?:\w+ )?(?:pas|aucun\w*|rien|nullement)\b[^.?!\n]*|"
    r"[^.?!\n]*\b(?:not|n't) (?:asking|expecting|looking) for\b[^.?!\n]*|"
    r"\b(?:merci|remerci\w+|thanks?|thank you|gracias)\b (?:\w+ )?(?:pour|de|for|por) (?:votre|vos|your|su) (?:\w+ )?"
    r"(?:retours?|reponses?|avis|accord|feedback|reply|answer|respuesta)"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with what it matches; ``label`` by language."""

    id: str
    label: dict[str, str]
    human: bool
    urgent: bool
    category: str
    in_signature: bool
    phrases: tuple[re.Pattern[str], ...]
    signature_lines: tuple[re.Pattern[str], ...]
    domains: frozenset[str]
    topics: frozenset[str]
    turns: frozenset[str] = field(default=frozenset())

    def matches(self, text: str) -> bool:
        """Whether a folded text states this reason."""
        return any(pattern.search(text) for pattern in self.phrases)


@lru_cache(maxsize=1)
def reasons() -> dict[str, Reason]:
    """All reasons, by id, in the order of the file."""
    path = Path(__file__).with_name("reasons.toml")
    found = {}
    for table in read_toml(path)["reason"]:
        found[table["id"]] = Reason(
            id=table["id"],
            label={"fr": table["fr"], "en": table["en"]},
            human=table.get("human", True),
            urgent=table.get("urgent", False),
            category=table.get("category", ""),
            in_signature=table.get("where", "text") == "both",
            phrases=tuple(re.compile(phrase) for phrase in table["phrases"]),
            signature_lines=tuple(re.compile(phrase) for phrase in table.get("signature_lines", [])),
            domains=frozenset(table.get("domains", [])),
            topics=frozenset(table.get("topics", [])),
            turns=frozenset(table.get("turns", [])),
        )
    return found


def stated(mail: Mail, text: str) -> list[str]:
    """Ids of the reasons that the words of a mail state: ``text`` is its body, or the mail that
    it passes on."""
    body = _DECLINED.sub(" ", fold(f"{mail.subject}\n{text}".replace("’", "'")))
    last = [line.strip() for line in text.rstrip().split("\n")[-4:]]
    signed = [line for line in last if line and len(line) < 70 and line[-1] not in "?.!:;,"]
    lines = [fold(line.strip()) for line in mail.written.signature.split("\n")[:12] if line.strip()]
    lines += [fold(line) for line in signed]
    signature = "\n".join(lines)
    domain = mail.sender.rpartition("@")[2]
    found = []
    for reason in reasons().values():
        if (
            reason.matches(body)
            or (reason.in_signature and reason.matches(signature))
            or any(pattern.search(line) for pattern in reason.signature_lines for line in lines)
            or any(domain == known or domain.endswith(f".{known}") for known in reason.domains)
        ):
            found.append(reason.id)
    return found


def declined(sentence: str) -> bool:
    """Whether ``sentence`` says what is not asked for."""
    return bool(_DECLINED.search(fold(sentence.replace("’", "'"))))


def recognised(topics: Iterable[str], turns: Iterable[str]) -> list[str]:
    """Ids of the reasons that the embedded model found: nearest standard questions and turns."""
    asked, said = set(topics), set(turns)
    return [r.id for r in reasons().values() if r.topics & asked or r.turns & said]


def sentence_reasons(sentence: str) -> list[str]:
    """Ids of the reasons that need a person which one sentence states."""
    folded = fold(sentence)
    return [r.id for r in reasons().values() if r.human and r.matches(folded)]
