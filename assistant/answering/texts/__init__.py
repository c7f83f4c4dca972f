"""What the assistant says around quotes, by language; one TOML file each."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date

from assistant.call import read_toml

FALLBACK = "en"


@cache
def phrases(language: str) -> dict[str, str]:
    """All phrases of a language; English where we do not speak it."""
    path = Path(__file__).with_name(f"{language}.toml")
    return dict(read_toml(path)) if path.exists() else phrases(FALLBACK)


def say(language: str, key: str, /, **values: str) -> str:
    """A phrase, filled in. Values are inserted as they are, braces and all."""
    return phrases(language)[key].format(**values)


def spell_date(iso: str, language: str) -> str:
    """An ISO date as people write it in ``language``: 13 mars 2024, 13 March 2024."""
    day = date.fromisoformat(iso)
    if language == "fr" and day.day == 1:
        return format_date(day, "'1er' MMMM y", locale="fr")
    pattern = {"es": "d 'de' MMMM 'de' y", "pt": "d 'de' MMMM 'de' y", "de": "d. MMMM y"}
    locale = language if language in ("fr", "en", "es", "pt", "de", "it", "nl") else "en"
    return format_date(day, pattern.get(language, "d MMMM y"), locale=locale)
