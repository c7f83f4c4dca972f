"""Automatic numbers of headings and list items."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.counters import format_number
from ingest.readers.docx.properties import W, value_of


@dataclass(slots=True)
class Numbers:
    """What Word would print before a paragraph, by numbering.xml; ask for every one in its order."""

    root: etree._Element | None
    _levels: dict[str, dict[int, tuple[str, str, int]]] = field(default_factory=dict)
    _lists: dict[str, str] = field(default_factory=dict)
    _counters: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.root is None:
            return
        for abstract in self.root.iter(f"{W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{W}lvl"):
                index = int(level.get(f"{W}ilvl", "0"))
                levels[index] = (
                    value_of(level, "numFmt", "decimal"), value_of(level, "lvlText", ""),
                    int(value_of(level, "start", "1") or 1),
                )  # fmt: skip
            self._levels[abstract.get(f"{W}abstractNumId", "")] = levels
        for number in self.root.iter(f"{W}num"):
            self._lists[number.get(f"{W}numId", "")] = value_of(number, "abstractNumId", "")

    def label(self, id_: str, depth: int) -> str | None:
        """The number of the next paragraph of list ``id_``; "" for a bullet, None for no list."""
        abstract = self._lists.get(id_)
        if abstract is None or depth not in self._levels.get(abstract, {}):
            return None
        levels = self._levels[abstract]
        format_, text, start = levels[depth]
        if format_ in ("bullet", "none") and "%" not in text:
            return ""
        counters = self._counters.setdefault(abstract, [])
        while len(counters) <= depth:
            counters.append(levels.get(len(counters), ("", "", 1))[2] - 1)
        counters[depth] += 1
        del counters[depth + 1 :]
        for index in range(depth):
            counters[index] = max(counters[index], levels.get(index, ("", "", 1))[2])

        def number(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            if index >= len(counters):
                return ""
            return format_number(counters[index], levels.get(index, ("decimal", "", 1))[0])

        return re.sub(r"%(\d)", number, text).strip()
