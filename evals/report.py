"""What a run shows: figures with their N, breakdowns, failures; for a terminal and for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.metrics.figures import Figure, mean, middle, percentile, share
from evals.runner import Record
from evals.stored import StoredRun

BREAKDOWNS = ("kind", "lang", "style", "split")
_EXCERPT = 200
LABELS = {
    "right": "Right outcome",
    "facts_fr": "Facts, French",
    "facts_en": "Facts, English",
    "facts_other": "Facts, other languages",
    "fact_share": "Facts, share (partial credit)",
    "evidence_recall": "Evidence recall",
    "evidence_share": "Evidence, share of characters",
    "citation_precision": "Citation precision",
    "marker_accuracy": "Marker accuracy",
    "wrong_contact_or_date": "Wrong contact or date",
    "abstention_precision": "Abstention precision",
    "abstention_recall": "Abstention recall",
    "false_abstention": "False abstention",
    "words": "Words an answer (median)",
    "citations": "Citations an answer",
    "latency_p50_ms": "Latency p50 (ms)",
    "latency_p95_ms": "Latency p95 (ms)",
}
_PLAIN = {"words", "citations", "latency_p50_ms", "latency_p95_ms"}
_COLUMNS = (
    "right", "facts", "evidence_recall", "abstention_recall", "false_abstention",
    "wrong_contact_or_date",
)  # fmt: skip
_HEADERS = ("Right", "Facts", "Evidence", "Abst. recall", "False abst.", "Wrong c./d.")


def headline(records: Sequence[Record]) -> dict[str, Figure]:
    """The figures of a run, by name; each is over the cases where it applies.

    Facts and evidence are over the cases that expect an answer. Abstention precision is over
    abstentions and its recall over cases that expect one; cases that expect "partial" are in
    neither, as both outcomes are right there.
    """
    wanted = [r for r in records if r.case.expected == "answer"]
    clear = [r for r in records if r.case.expected in ("answer", "abstain")]
    return {
        "right": share(r.scores.right for r in records),
        "facts_fr": _facts([r for r in wanted if _language(r) == "fr"]),
        "facts_en": _facts([r for r in wanted if _language(r) == "en"]),
        "facts_other": _facts([r for r in wanted if _language(r) not in ("fr", "en")]),
        "fact_share": mean(r.scores.fact_share for r in wanted),
        "evidence_recall": mean(r.scores.evidence_recall for r in wanted),
        "evidence_share": mean(r.scores.evidence_share for r in wanted),
        "citation_precision": share(r.scores.citation_precision for r in records),
        "marker_accuracy": share(r.scores.marker_accuracy for r in records),
        "wrong_contact_or_date": share(r.scores.wrong_contact_or_date for r in records),
        "abstention_precision": share(
            r.case.expected == "abstain" for r in clear if r.scores.abstained
        ),
        "abstention_recall": share(
            bool(r.scores.abstained) for r in clear if r.case.expected == "abstain"
        ),
        "false_abstention": share(bool(r.scores.abstained) for r in wanted),
        "words": middle(r.scores.words for r in records),
        "citations": mean(r.scores.citations for r in records),
        "latency_p50_ms": percentile([r.latency_ms for r in records], 0.50),
        "latency_p95_ms": percentile([r.latency_ms for r in records], 0.95),
    }


def summary(records: Sequence[Record], settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The run as JSON: settings (as given), counts, headline, breakdowns, failures."""
    return {
        "settings": dict(settings or {}),
        "cases": len(records),
        "scored": sum(r.case.scored for r in records),
        "errors": sum(r.answer is None for r in records),
        "headline": {name: figure.as_dict() for name, figure in headline(records).items()},
        "breakdown": {
            field: {
                value: {name: figure.as_dict() for name, figure in row.items()}
                for value, row in _breakdown(records, field).items()
            }
            for field in BREAKDOWNS
        },
        "wrong": [r.case.id for r in records if r.scores.wrong_contact_or_date],
        "failures": [entry for entry in map(_failure, records) if entry],
    }


def print_report(
    report: Mapping[str, Any],
    console: Console,
    *,
    failures: int = 20,
    beside: Mapping[str, Mapping[str, Any]] | None = None,
    stored: StoredRun | None = None,
) -> None:
    """Print a ``summary``, its differences from a ``stored`` run, and the summaries of other
    respondents ``beside`` it, by their names."""
    console.print(_headline_table(report, beside or {}, stored))
    console.print(_breakdown_table(report))
    listed = report["failures"][:failures]
    if listed:
        text = _failure_list(listed, len(report["failures"]))
        console.print(text, markup=False, soft_wrap=True)


def reasons(record: Record) -> list[str]:
    """Why a case is a failure, worst first; empty when it is none."""
    scores, found = record.scores, []
    if record.answer is None:
        return [f"error: {record.error}"]
    if scores.grounding:
        bad = scores.grounding
        for label, items in (
            ("wrong contact or date", bad.wrong),
            ("not at its offsets", tuple(f"[{n}]" for n in bad.inexact)),
            ("no such citation", tuple(f"[{n}]" for n in bad.dangling)),
            ("in no quote", tuple(item for item in bad.ungrounded if item not in bad.wrong)),
            ("cited by another number", bad.misnumbered),
        ):
            if items:
                found.append(f"{label}: {', '.join(items)}")
    if scores.right is False:
        if record.case.expected == "abstain":
            found.append("answered, should abstain")
        elif scores.abstained:
            found.append("abstained, should answer")
        else:
            found.append(f"missing: {', '.join(scores.missing)}")
    return found


def _facts(records: Sequence[Record]) -> Figure:
    return share(r.scores.fact_accuracy for r in records)


def _language(record: Record) -> str:
    return record.case.lang or "fr"


def _breakdown(records: Sequence[Record], field: str) -> dict[str, dict[str, Figure]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(getattr(record.case, field) or "-", []).append(record)
    rows = {}
    for value, group in sorted(groups.items()):
        figures = headline(group)
        figures["facts"] = _facts([r for r in group if r.case.expected == "answer"])
        rows[value] = {name: figures[name] for name in _COLUMNS}
    return rows


def _failure(record: Record) -> dict[str, Any] | None:
    why = reasons(record)
    if not why:
        return None
    return {
        "id": record.case.id,
        "question": record.case.question,
        "status": record.answer.status if record.answer else "error",
        "reasons": why,
        "answer": _excerpt(record.answer.text) if record.answer else "",
        "retrieved": [
            {"score": round(p.score, 3), "document": p.document, "text": _excerpt(p.text)}
            for p in record.retrieved
        ],
    }


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[:_EXCERPT] + "…"


def _show(name: str, figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "-"
    if name in _PLAIN:
        return f"{figure['value']:.1f}"
    shown = f"{figure['value']:.1%}"
    return f"{shown} ({figure['low']:.0%}-{figure['high']:.0%})" if "low" in figure else shown


def headline_rows(
    report: Mapping[str, Any],
    beside: Mapping[str, Mapping[str, Any]],
    stored: StoredRun | None,
) -> tuple[list[str], list[list[str]]]:
    """The headline as a table: the names of its columns, and its rows as they are shown."""
    columns = ["Measure", "Value (95 %)", "N", *(["Since stored"] if stored else []), *beside]
    rows = []
    for name, label in LABELS.items():
        figure = report["headline"][name]
        row = [label, _show(name, figure), str(figure["n"])]
        if stored:
            row.append(_since(name, figure, stored))
        rows.append(row + [_show(name, other["headline"][name]) for other in beside.values()])
    return columns, rows


def breakdown_rows(report: Mapping[str, Any], field: str) -> tuple[list[str], list[list[str]]]:
    """The breakdown by ``field`` as a table: the names of its columns, and its rows as shown."""
    rows = [
        [value, *("-" if f["value"] is None else f"{f['value']:.0%} ({f['n']})" for f in row.values())]
        for value, row in report["breakdown"][field].items()
    ]
    return [field, *_HEADERS], rows


def _since(name: str, figure: Mapping[str, Any], stored: StoredRun) -> str:
    difference = stored.difference(name, figure)
    if difference is None:
        return "-"
    shown = f"{difference:+.1f}" if name in _PLAIN else f"{100 * difference:+.1f} points"
    before = stored.headline[name].n
    return shown if before == figure["n"] else f"{shown} (N {before})"


def _headline_table(
    report: Mapping[str, Any],
    beside: Mapping[str, Mapping[str, Any]],
    stored: StoredRun | None,
) -> Table:
    title = f"{report['cases']} cases, {report['scored']} scored, {report['errors']} errors"
    table = Table(title=title, title_justify="left")
    columns, rows = headline_rows(report, beside, stored)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    caption = ", ".join(f"{key} {value}" for key, value in report["settings"].items())
    table.caption = escape(caption) or None
    return table


def _breakdown_table(report: Mapping[str, Any]) -> Table:
    table = Table(title="Breakdown: value (N)", title_justify="left")
    table.add_column("By")
    table.add_column("", no_wrap=True, overflow="fold")
    for header in _HEADERS:
        table.add_column(header, justify="right")
    for field in report["breakdown"]:
        for number, (value, *cells) in enumerate(breakdown_rows(report, field)[1]):
            table.add_row("" if number else field, escape(value), *cells)
        table.add_section()
    return table


def _failure_list(entries: Sequence[Mapping[str, Any]], total: int) -> str:
    """Failures one below the other: what was asked, what is wrong, what was said and retrieved."""
    lines = [f"Failures: {len(entries)} of {total}"]
    for entry in entries:
        lines += ["", f"{entry['id']}  {entry['question']}", f"  why     {'; '.join(entry['reasons'])}"]
        lines.append(f"  answer  {entry['answer']} ({entry['status']})")
        lines += [f"  {p['score']:6.2f}  {p['text']}" for p in entry["retrieved"]]
    return "\n".join(lines)
