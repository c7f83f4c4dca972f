"""Marks of list items: bullets, numbers and letters before the text."""

from __future__ import annotations

import re

_BULLETS = frozenset("•‣▪▫◦●○■□◼◻♦◆❖➢➔→►▶▸➤✓✔☑☐·∙⁃*–—-−‐")
_GLUED = frozenset("•▪●➢➔►✓")
NUMBERED = re.compile(
    r"^(?:\(?\d{1,2}(?:\.\d{1,2})*[.)°]?[)]?|[a-zA-Z][.)]|\([a-zA-Z]\)|[ivxIVX]{1,5}[.)]|\([ivx]{1,5}\))$"
)


def is_bullet(text: str) -> bool:
    """Whether a word is the mark of a list item (the private signs of symbol fonts included)."""
    return len(text) == 1 and (text in _BULLETS or "\uf000" <= text <= "\uf0ff")


def is_glued_bullet(text: str) -> bool:
    """Whether a word begins with a bullet that no space sets apart."""
    return len(text) > 1 and text[0] in _GLUED


def is_marker(text: str) -> bool:
    """Whether a word is a bullet or the number of an item or heading."""
    return is_bullet(text) or text == "o" or bool(NUMBERED.match(text))
