"""Text-message spellings written out, before a question is compared with anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from assistant.call import read_toml


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    stored = read_toml(Path(__file__).with_name("shorthand.toml"))
    return {language: dict(table) for language, table in stored.items()}


def write_out(text: str, language: str) -> str:
    """``text`` with shorthand of ``language`` written out; other text comes back unchanged."""
    table = _tables().get(language, {})
    if not table:
        return text

    def replace(match: re.Match[str]) -> str:
        word = match.group()
        return table.get(word.lower(), word)

    phrases = [key for key in table if " " in key.strip()]
    for phrase in phrases:
        text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", table[phrase], text, flags=re.I)
    # A letter after an apostrophe belongs to a word that is spelled right (d'un, c'est).
    return re.sub(r"(?<![\w'’@./-])[\w]+(?![\w'’@-])", replace, text)


def apostrophes(text: str, known: Callable[[str], bool]) -> str:
    """French ``text`` with the apostrophes that were left out ("lappel", "daide"), where the whole is no ``known``
    word and what is behind the article is one."""

    def replace(match: re.Match[str]) -> str:
        return match.group() if known(match.group()) or not known(match[2]) else f"{match[1]}'{match[2]}"

    return re.sub(r"(?<![\w'’@./-])([ld])([aeiouyhéèêàâîôûœ]\w{2,})(?![\w'’@-])", replace, text, flags=re.IGNORECASE)
