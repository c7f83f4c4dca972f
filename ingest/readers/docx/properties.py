"""Single properties of paragraphs and runs; None where an element does not have them."""

from __future__ import annotations

import re
from typing import TypeVar

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T = TypeVar("_T")


def inherit(own: _T | None, inherited: _T) -> _T:
    """What an element says itself, else what it inherits."""
    return inherited if own is None else own


def value_of(element: etree._Element, name: str, default: str) -> str:
    """The value of the child ``name``, or ``default``."""
    child = element.find(f"{W}{name}")
    return child.get(f"{W}val", default) if child is not None else default


def is_on(run: etree._Element | None, name: str) -> bool | None:
    """Whether a run property that is either on or off (``b``, ``i``, ``u``) is on."""
    element = run.find(f"{W}{name}") if run is not None else None
    if element is None:
        return None
    return element.get(f"{W}val", "1") not in ("0", "false", "none", "off")


def size_of(run: etree._Element | None) -> float | None:
    """The font size in points; Word counts half points."""
    element = run.find(f"{W}sz") if run is not None else None
    value = element.get(f"{W}val", "") if element is not None else ""
    return float(value) / 2 if value.replace(".", "", 1).isdecimal() else None


def color_of(run: etree._Element | None) -> int | None:
    """The colour as 0xRRGGBB; None also for "auto"."""
    element = run.find(f"{W}color") if run is not None else None
    value = element.get(f"{W}val", "") if element is not None else ""
    return int(value, 16) if re.fullmatch(r"[0-9A-Fa-f]{6}", value) else None


def number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    """The list of a paragraph and the depth in it, from 0; list "0" takes it out of any list."""
    element = properties.find(f"{W}numPr") if properties is not None else None
    if element is None:
        return None
    id_, level = element.find(f"{W}numId"), element.find(f"{W}ilvl")
    if id_ is None:
        return None
    depth = level.get(f"{W}val", "0") if level is not None else "0"
    return id_.get(f"{W}val", "0"), int(depth) if depth.isdecimal() else 0


def is_framed(properties: etree._Element | None) -> bool:
    """Whether a paragraph has a border on all four sides."""
    borders = properties.find(f"{W}pBdr") if properties is not None else None
    if borders is None:
        return False
    sides = [borders.find(f"{W}{side}") for side in ("top", "bottom", "left", "right")]
    return all(s is not None and s.get(f"{W}val") not in ("nil", "none") for s in sides)
