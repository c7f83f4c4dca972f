"""What a draft says around the answers, by language; every other language gets English."""

from functools import lru_cache
from pathlib import Path

from assistant.call import read_toml


@lru_cache(maxsize=8)
def letter_texts(language: str) -> dict[str, str]:
    """Phrases of a reply in ``language``."""
    path = Path(__file__).with_name(f"{language}.toml")
    if not path.exists():
        path = Path(__file__).with_name("en.toml")
    return {name: str(value) for name, value in read_toml(path).items()}
