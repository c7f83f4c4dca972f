"""Which paragraphs are headings, and of what level: by bookmarks, numbering and print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.values import find_values
from ingest.readers.pdf.paragraphs import Paragraph

MAX_CHARS = 240
_NAMED = re.compile(
    r"^(?P<name>titre|partie|chapitre|section|article|annexe|volet|axe|fiche|étape|phase|lot)\s+"
    r"(?:n°\s*)?(?P<number>[IVXLC]+(?:er)?|\d+(?:er)?(?:[.\-]\d+)*|[A-Z]|premier|première|unique)"
    r"(?=[\s.:)–—-]|$)", re.I
)  # fmt: skip
_ANNEX = re.compile(r"^annexes?\b", re.I)
_DECIMAL = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2})*)(?P<end>[.)°]|\.?\s*[-–—:/]|\.\))*\s+(?=\S)")
_ROMAN = re.compile(r"^(?P<number>[IVXL]{1,6})(?:[.)]+|\s*[-–—:/.)])\s*(?=\S)")
_ROMAN_SUB = re.compile(r"^(?P<number>[IVXL]{1,6}(?:[.\-]\d{1,2})+)[.)]?\s*[-–—:]?\s+(?=\S)")
_CAPITAL = re.compile(r"^(?P<number>[A-Z])(?:[.)]+|\s*[-–—:/])\s*(?=\S)")
_CAPITAL_SUB = re.compile(r"^(?P<number>[A-Z](?:[.\-]?\d{1,2})(?:\.\d{1,2})*)[.)]?\s*[-–—:]?\s+(?=\S)")
_SMALL = re.compile(r"^(?P<number>[a-z])[.)]+\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.;,…]$")


@dataclass(frozen=True, slots=True)
class Numbering:
    """A heading's number: its kind ("article", "decimal", "roman", "capital" …) and depth."""

    kind: str
    depth: int = 1


def numbering(text: str, before: str = "") -> Numbering | None:
    """The number with which ``text`` begins; ``before`` is the last single letter used."""
    named = _NAMED.match(text)
    if named:
        return Numbering(named["name"].lower(), 1 + named["number"].count("."))
    if _ANNEX.match(text):
        return Numbering("annexe")
    roman, capital = _ROMAN.match(text), _CAPITAL.match(text)
    if roman and capital and len(roman["number"]) == 1 and before:
        if ord(capital["number"]) == ord(before) + 1:
            return Numbering("capital")
    if roman:
        return Numbering("roman")
    sub = _ROMAN_SUB.match(text)
    if sub:
        return Numbering("roman", 1 + len(re.findall(r"[.\-]\d", sub["number"])))
    if capital:
        return Numbering("capital")
    sub = _CAPITAL_SUB.match(text)
    if sub:
        return Numbering("capital", 2 + sub["number"].count("."))
    decimal = _DECIMAL.match(text)
    if decimal and (decimal["end"] or "." in decimal["number"] or int(decimal["number"]) <= 20):
        return Numbering("decimal", 1 + decimal["number"].count("."))
    if _SMALL.match(text):
        return Numbering("small")
    return None


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is printed."""

    size: float
    bold: bool
    capitals: bool
    underlined: bool
    italic: bool
    colored: bool

    @property
    def strong(self) -> bool:
        """Whether it stands out from body text of the same size."""
        return self.bold or self.underlined or self.capitals or self.colored


def look(paragraph: Paragraph, body_color: int) -> Look:
    """The print of a paragraph, as all its lines share it."""
    lines = paragraph.lines
    return Look(
        lines[0].size,
        all(line.bold for line in lines),
        all(line.is_capitals for line in lines if any(c.isalpha() for c in line.text)),
        all(line.underlined for line in lines),
        all(line.italic for line in lines),
        all(line.color not in (body_color, 0) for line in lines),
    )


@dataclass(slots=True)
class HeadingFinder:
    """Decides for paragraphs in reading order; ``body`` is the size of running text.

    ``bookmarks`` are (title, level, page) of the file's own outline, which is believed.
    """

    body: float
    body_color: int
    bookmarks: Sequence[tuple[str, int, int]] = ()
    _marks: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _levels: dict[tuple[object, ...], int] = field(default_factory=dict)
    _stack: list[tuple[tuple[object, ...], float, int]] = field(default_factory=list)
    _letter: str = ""
    _shift: int = 1

    def __post_init__(self) -> None:
        for title, level, page in self.bookmarks:
            self._marks.setdefault(squeeze(title), []).append((level, page))
        tops = [level for _, level, _ in self.bookmarks]
        first = [mark for mark in self.bookmarks if mark[1] == min(tops, default=1)]
        # One mark above all others is the document's title: its children are level 2.
        self._shift = 0 if len(first) == 1 and len(tops) > 1 else 1

    def bookmark(self, text: str, page: int) -> int | None:
        """The level that the file's outline gives to this text on this page."""
        for level, place in self._marks.get(squeeze(text), ()):
            if abs(place - page) <= 1:
                return level + self._shift
        return None

    def is_heading(self, paragraph: Paragraph, text: str, following: Paragraph | None) -> bool:
        """Whether ``paragraph`` is a heading; ``following`` is what comes after it."""
        if paragraph.bullet or len(text) > MAX_CHARS or not any(c.isalpha() for c in text):
            return False
        if self.bookmark(text, paragraph.first.page) is not None:
            return True
        if len(paragraph.lines) > 4 or "@" in text or "http" in text or _has_phone(text):
            return False
        style = look(paragraph, self.body_color)
        number = numbering(text, self._letter)
        large = style.size > 1.12 * self.body
        if style.size < 0.92 * self.body:
            return False
        ends = bool(_SENTENCE_END.search(text))
        if number is None:
            if ends and not (style.size > 1.3 * self.body and len(text) < 120):
                return False
            if text.endswith(":") and not (large or style.underlined and style.bold):
                return False
            if not (text[0].isupper() or text[0] in "«“\"'ÉÀ0123456789"):
                return False
            if large:
                return True
            return style.strong and len(text) <= 160 and self._stands_alone(paragraph, following)
        if ends and not (style.strong and number.kind in ("titre", "article", "annexe", "chapitre")):
            if not (style.bold and len(text) < 100 and text.endswith(".")):
                return False
        if large or style.strong:
            return True
        if style.italic and number.kind != "small":
            return True
        if number.kind in ("titre", "chapitre", "article", "annexe", "section"):
            return len(text) <= 140 and not ends
        if number.kind == "small" or len(text) > 110 or len(paragraph.lines) > 1:
            return False
        # Plain print: a short line with a number, unless its neighbours are numbered alike.
        follows = following is not None and numbering(following.first.text)
        return not text.endswith(":") and paragraph.gap_before and (not follows or follows.depth > number.depth)  # fmt: skip

    def _stands_alone(self, paragraph: Paragraph, following: Paragraph | None) -> bool:
        if following is None:
            return False
        return following.gap_before or not following.first.bold or following.bullet or paragraph.gap_before  # fmt: skip

    def level(self, paragraph: Paragraph, text: str) -> int:
        """The level (from 2) of a heading; call it for every heading in reading order."""
        style = look(paragraph, self.body_color)
        number = numbering(text, self._letter)
        if number and number.kind == "capital" and number.depth == 1:
            self._letter = text[0]
        if number:
            key: tuple[object, ...] = (number.kind, number.depth)
        else:
            key = (round(style.size), style.bold, style.capitals, style.underlined, style.italic)
        marked = self.bookmark(text, paragraph.first.page)
        if marked is not None:
            level = max(2, marked)
        elif key in self._levels:
            level = self._levels[key]
        elif number and number.depth > 1 and (number.kind, number.depth - 1) in self._levels:
            level = self._levels[number.kind, number.depth - 1] + 1
        elif number and number.kind == "annexe":
            level = 2
        else:
            level = 2
            for look_above, size, above in reversed(self._stack):
                if style.size <= size + 0.4:
                    # "Preamble" and "Article 1" in the same print stand side by side.
                    alike = number and number.depth == 1 and len(look_above) > 2 and style.size >= size - 0.4  # fmt: skip
                    level = above if alike else above + 1
                    break
        level = min(level, 6)
        while self._stack and self._stack[-1][2] >= level:
            self._stack.pop()
        self._stack.append((key, style.size, level))
        self._levels.setdefault(key, level)
        return level


def squeeze(text: str) -> str:
    """``text`` without white space and case, to compare with bookmarks."""
    return re.sub(r"\s+", "", text).casefold()


def _has_phone(text: str) -> bool:
    if sum(c.isdigit() for c in text) < 9:
        return False
    return any(value.kind == "phone" for value in find_values(text))


def common_looks(paragraphs: Sequence[Paragraph], body_color: int) -> Counter[Look]:
    """How many short paragraphs share each print."""
    return Counter(look(p, body_color) for p in paragraphs if len(p.lines) <= 3)
