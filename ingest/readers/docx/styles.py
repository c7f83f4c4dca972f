"""Paragraph and table styles, each with what it inherits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from ingest.readers.docx.properties import (
    W,
    color_of,
    inherit,
    is_framed,
    is_on,
    number_of,
    size_of,
)

_HEADING = re.compile(r"^(?:heading|titre|überschrift|ttulo)\s*(\d)$", re.I)
_TITLE = re.compile(r"^(?:title|titre)$", re.I)


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits: ``level`` is that of a heading (0 for a title), ``size`` in points,
    ``number`` its list and the depth in it; ``first_row`` when a table style prints the first row in
    its own way."""

    name: str = ""
    level: int | None = None
    size: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    underlined: bool | None = None
    color: int | None = None
    number: tuple[str, int] | None = None
    framed: bool = False
    first_row: bool = False


def read_styles(root: etree._Element | None) -> dict[str, Style]:
    """All styles of styles.xml by id."""
    if root is None:
        return {}
    elements = {s.get(f"{W}styleId", ""): s for s in root.iter(f"{W}style")}
    default = size_of(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
    made: dict[str, Style] = {}

    def make(key: str, seen: frozenset[str]) -> Style:
        if key in made or key not in elements or key in seen:
            return made.get(key, Style(size=default))
        element = elements[key]
        based = element.find(f"{W}basedOn")
        parent = make(based.get(f"{W}val", ""), seen | {key}) if based is not None else Style(size=default)  # fmt: skip
        name_element = element.find(f"{W}name")
        name = name_element.get(f"{W}val", "") if name_element is not None else ""
        properties = element.find(f"{W}pPr")
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        match = _HEADING.match(name)
        level = parent.level
        if outline is not None:
            value = int(outline.get(f"{W}val", "9"))
            level = value + 1 if value < 9 else None
        elif match:
            level = int(match[1])
        elif _TITLE.match(name):
            level = 0
        run = element.find(f"{W}rPr")
        number = number_of(properties)
        made[key] = Style(
            name, level, size_of(run) or parent.size, inherit(is_on(run, "b"), parent.bold),
            inherit(is_on(run, "i"), parent.italic), inherit(is_on(run, "u"), parent.underlined),
            inherit(color_of(run), parent.color), number or parent.number,
            parent.framed or is_framed(properties),
            parent.first_row or any(s.get(f"{W}type") == "firstRow" for s in element.iter(f"{W}tblStylePr")),
        )  # fmt: skip
        return made[key]

    for key in elements:
        make(key, frozenset())
    return made
