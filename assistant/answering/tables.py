"""Rows and tables as lines of an answer: "- label : value", with the names of their columns."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.draft import Draft
from assistant.answering.index import CallIndex
from assistant.answering.texts import say, spell_date
from assistant.types import Span, Unit


def compose_table(draft: Draft, unit: Unit) -> tuple[str, str]:
    """Rows as "label : value", each value under its column's header where there is one."""
    text = draft.index.document(unit.document).text
    rows = [unit.span] if unit.kind == "row" else list(unit.sentences)
    named = _header(draft.index, unit)
    header = text[named.start : named.end].split("\t") if named else []
    lines = []
    for row in (row for row in rows if row != named):
        cells = [cell.strip() for cell in text[row.start : row.end].split("\t")]
        values = [
            f"{header[i].strip()} : {cell}"
            if len(header) == len(cells) > 2 and header[i].strip()
            else cell
            for i, cell in enumerate(cells)
            if cell and i > 0
        ]
        lines.append(labelled([cells[0], *values]))
    spans = [named, unit.span] if named and unit.kind == "row" and len(header) > 2 else [unit.span]
    mark = draft.cite(unit.document, *spans)
    if unit.kind == "row" and draft.language != "fr":
        dates = [v for v in draft.index.values(unit.document, unit.span) if v.kind == "date"]
        if len(dates) == 1 and len(dates[0].value) == 10:
            spelled = spell_date(dates[0].value, draft.language)
            return say(draft.language, "fact", value=spelled, label=lines[0], mark="").strip(), mark
    return ("\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]), mark


def _header(index: CallIndex, unit: Unit) -> Span | None:
    """The row that names the columns of a row or of a table; the rows below have it as their lead-in."""
    if unit.kind == "row":
        tabbed = unit.lead is not None and "\t" in index.text(unit.document, unit.lead)
        return unit.lead if tabbed else None
    first = unit.sentences[0]
    leads = (other.lead for other in index.units_of(unit.document) if other.kind == "row")
    return first if first in leads else None


def labelled(cells: Sequence[str]) -> str:
    """A row as "label : value ; value", without its empty cells; "" when all are."""
    label, *values = [cell.strip() for cell in cells if cell.strip()] or [""]
    return f"{label} : {' ; '.join(values)}" if values else label
