"""What the assistant says around quotes, by language; one TOML file each."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date

from assistant.call import read_toml

FALLBACK = "en"
_RIGHT_TO_LEFT = frozenset({"ar"})
SPOKEN = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.toml")))


def spoken(language: str) -> str:
    """The language in which one who writes in ``language`` is answered: English where we do not speak it."""
    return language if language in SPOKEN else FALLBACK


@cache
def phrases(language: str) -> dict[str, str]:
    """All phrases of a language."""
    return dict(read_toml(Path(__file__).with_name(f"{spoken(language)}.toml")))


def say(language: str, key: str, /, **values: str) -> str:
    """A phrase, filled in. Values are inserted as they are, braces and all; within what is written from right to
    left each is an isolate (Unicode Standard Annex 9), so that French words, numbers and marks keep their order."""
    if spoken(language) in _RIGHT_TO_LEFT:
        values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    return phrases(language)[key].format(**values)


def spell_date(iso: str, language: str) -> str:
    """An ISO date as people write it in ``language``: 13 mars 2024, 13 March 2024."""
    day = date.fromisoformat(iso)
    if language == "fr" and day.day == 1:
        return format_date(day, "'1er' MMMM y", locale="fr")
    pattern = {"es": "d 'de' MMMM 'de' y", "pt": "d 'de' MMMM 'de' y", "de": "d. MMMM y"}
    return format_date(day, pattern.get(language, "d MMMM y"), locale=spoken(language))
