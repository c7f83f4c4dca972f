"""Everything that the web interfaces say, by language (texts.toml); French is the first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

Language = Literal["fr", "en"]
Texts = Mapping[str, str]


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))


def texts(language: str) -> Texts:
    """Texts for someone who reads ``language``; English for any but French."""
    return _all()["fr" if language == "fr" else "en"]


def examples(language: Language = "fr") -> list[str]:
    """Questions that make sense for any call."""
    return texts(language)["examples"].splitlines()


def preferred_language(accept_language: str) -> Language:
    """The first of our languages in an Accept-Language header, French when it names none."""
    best: tuple[float, str] = (0.0, "fr")
    for part in accept_language.split(","):
        tag, _, parameters = part.strip().partition(";")
        base = tag.strip().lower().partition("-")[0]
        quality = _quality(parameters)
        if base in _all() and quality > best[0]:
            best = (quality, base)
    return cast(Language, best[1])


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
