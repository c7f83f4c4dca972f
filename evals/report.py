"""What a run shows: figures with their N, breakdowns, failures; for a terminal and for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.metrics.figures import Figure, mean, middle, percentile, share
from evals.runner import Record

BREAKDOWNS = ("kind", "lang", "style", "split")
_EXCERPT = 200
_LABELS = {
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
        "failures": [entry for entry in map(_failure, records) if entry],
    }


def print_report(
    report: Mapping[str, Any],
    console: Console,
    *,
    failures: int = 20,
    baseline: Mapping[str, Any] | None = None,
) -> None:
    """Print a ``summary``, beside that of a ``baseline`` where there is one."""
    console.print(_headline_table(report, baseline))
    console.print(_breakdown_table(report))
    listed = report["failures"][:failures]
    if listed:
        console.print(_failure_table(listed, len(report["failures"])))


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
    text = " ".join(record.answer.text.split()) if record.answer else ""
    return {
        "id": record.case.id,
        "question": record.case.question,
        "status": record.answer.status if record.answer else "error",
        "reasons": why,
        "answer": text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…",
    }


def _show(name: str, figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "-"
    if name in _PLAIN:
        return f"{figure['value']:.1f}"
    shown = f"{figure['value']:.1%}"
    return f"{shown} ({figure['low']:.0%}-{figure['high']:.0%})" if "low" in figure else shown


def _headline_table(report: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> Table:
    title = f"{report['cases']} cases, {report['scored']} scored, {report['errors']} errors"
    table = Table("Measure", title=title, title_justify="left")
    for name in ("Value (95 %)", "N", *(("Baseline",) if baseline else ())):
        table.add_column(name, justify="right")
    for name, label in _LABELS.items():
        figure = report["headline"][name]
        other = [_show(name, baseline["headline"][name])] if baseline else []
        table.add_row(label, _show(name, figure), str(figure["n"]), *other)
    caption = ", ".join(f"{key} {value}" for key, value in report["settings"].items())
    table.caption = escape(caption) or None
    return table


def _breakdown_table(report: Mapping[str, Any]) -> Table:
    table = Table("By", "", title="Breakdown: value (N)", title_justify="left")
    for header in ("Right", "Facts", "Evidence", "Abst. recall", "False abst.", "Wrong c./d."):
        table.add_column(header, justify="right")
    for field, rows in report["breakdown"].items():
        for number, (value, figures) in enumerate(rows.items()):
            cells = (
                "-" if f["value"] is None else f"{f['value']:.0%} ({f['n']})"
                for f in figures.values()
            )
            table.add_row("" if number else field, escape(value), *cells)
        table.add_section()
    return table


def _failure_table(entries: Sequence[Mapping[str, Any]], total: int) -> Table:
    title = f"Failures: {len(entries)} of {total}"
    table = Table("Id", "Question", "Why", "Answer", title=title, title_justify="left")
    for entry in entries:
        why = "; ".join(entry["reasons"])
        table.add_row(*map(escape, (entry["id"], entry["question"], why, entry["answer"])))
    return table
