"""Automatic numbers as a word processor prints them."""

from __future__ import annotations


def format_number(number: int, format_: str) -> str:
    """A counter as Word or Writer prints it; ``format_`` is Word's name (upperRoman …) or ODF's (I …)."""
    if format_ in ("lowerLetter", "upperLetter", "a", "A"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if format_ in ("lowerLetter", "a") else letter.upper()
    if format_ in ("lowerRoman", "upperRoman", "i", "I"):
        digits, rest = "", max(number, 0)
        for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
                            (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
            digits += sign * (rest // value)
            rest %= value
        return digits if format_ in ("upperRoman", "I") else digits.lower()
    return f"{number:02}" if format_ == "decimalZero" else str(number)
