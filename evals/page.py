"""The report as one HTML page that needs nothing else: tables, plots, failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from evals.metrics.curves import (
    abstention_curve,
    calibration,
    calibration_error,
    histogram,
)
from evals.plots import plot_abstention, plot_calibration, plot_latency
from evals.report import breakdown_rows, headline_rows
from evals.runner import Record
from evals.stored import StoredRun

# Nothing may be loaded, run or sent, whatever a question or an answer holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a2e; background: #fff; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid #ccd; padding: .2rem .7rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
svg { width: 23rem; max-width: 100%; border: 1px solid #ccd; font: 11px system-ui, sans-serif; }
svg .title { font-weight: 600; font-size: 13px; }
svg .grid { stroke: #dde; } svg .ideal { stroke: #667; stroke-dasharray: 4; }
polyline { fill: none; stroke-width: 2; }
path.first, polyline.first { stroke: #000091; } circle.first, rect.first, text.first { fill: #000091; }
polyline.second { stroke: #b34000; } text.second { fill: #b34000; }
article { border-top: 1px solid #ccd; padding: .6rem 0; overflow-wrap: anywhere; }
article h3 { margin: 0; font-size: 1rem; } article p, article ol { margin: .2rem 0; }
.why { color: #a00; } .small { color: #556; font-size: .9rem; }
"""


def page(
    report: Mapping[str, Any],
    records: Sequence[Record],
    beside: Mapping[str, Mapping[str, Any]] | None = None,
    stored: StoredRun | None = None,
) -> str:
    """The HTML of a ``summary`` and of the records that it sums up; the rest as in
    ``print_report``. Every text of a question, an answer or a source is escaped."""
    settings = ", ".join(f"{key} {value}" for key, value in report["settings"].items())
    counts = f"{report['cases']} cases, {report['scored']} scored, {report['errors']} errors"
    return "\n".join([
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Evaluation</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Evaluation</h1>",
        f'<p>{escape(counts)}</p>\n<p class="small">{escape(settings)}</p>',
        "<h2>Headline</h2>",
        _table(*headline_rows(report, beside or {}, stored)),
        _plots(records),
        *(
            f"<h2>By {field}</h2>\n{_table(*breakdown_rows(report, field))}"
            for field in report["breakdown"]
        ),
        f"<h2>Failures: {len(report['failures'])}</h2>",
        *map(_failure, report["failures"]),
        "</body>\n</html>\n",
    ])  # fmt: skip


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _plots(records: Sequence[Record]) -> str:
    known = [
        (r.answer.confidence, r.scores.right) for r in records if r.answer and r.scores.right is not None
    ]
    bins = calibration(known)
    # An abstention's confidence is that there is no answer.
    asked = [
        (1 - r.answer.confidence if r.answer.abstained else r.answer.confidence, r.case.expected == "abstain")
        for r in records
        if r.answer and r.case.expected in ("answer", "abstain")
    ]
    error = calibration_error(bins)
    said = "" if error is None else f"<p>Expected calibration error: {error:.3f} ({len(known)} cases).</p>"
    return "\n".join([
        '<div class="plots">',
        plot_calibration(bins),
        plot_abstention(abstention_curve(asked)),
        plot_latency(histogram([r.latency_ms for r in records])),
        f"</div>\n{said}",
    ])  # fmt: skip


def _failure(entry: Mapping[str, Any]) -> str:
    passages = "\n".join(
        f"<li>{p['score']:.2f} · {escape(p['document'])} · {escape(p['text'])}</li>"
        for p in entry["retrieved"]
    )
    return "\n".join([
        f"<article>\n<h3>{escape(entry['id'])}: {escape(entry['question'])}</h3>",
        f'<p class="why">{escape("; ".join(entry["reasons"]))}</p>',
        f"<p>{escape(entry['answer'])} ({escape(entry['status'])})</p>",
        f'<ol class="small">\n{passages}\n</ol>' if passages else "",
        "</article>",
    ])  # fmt: skip
