"""The plots of the report's page, as inline SVG: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from evals.metrics.curves import Abstention, Bin

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 460, 300, 50, 44, 28, 14


@dataclass(frozen=True, slots=True)
class _Frame:
    """Axes from 0 to ``x_max`` and ``y_max``."""

    x_max: float
    y_max: float

    def x(self, value: float) -> float:
        return round(_LEFT + value / self.x_max * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        return round(_HEIGHT - _BOTTOM - value / self.y_max * (_HEIGHT - _BOTTOM - _TOP), 1)

    def draw(self, title: str, x_name: str, y_name: str, marks: Sequence[str]) -> str:
        """The plot: ``marks`` are SVG elements, drawn over the axes."""
        return "\n".join([
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">',
            f'<text class="title" x="{_LEFT}" y="16">{escape(title)}</text>',
            *self._axis(),
            f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 6}" '
            f'text-anchor="middle">{escape(x_name)}</text>',
            f'<text transform="translate(12 {_HEIGHT / 2}) rotate(-90)" '
            f'text-anchor="middle">{escape(y_name)}</text>',
            *marks,
            "</svg>",
        ])  # fmt: skip

    def _axis(self) -> Iterator[str]:
        for step in range(6):
            x, y = self.x_max * step / 5, self.y_max * step / 5
            yield f'<path class="grid" d="M{_LEFT} {self.y(y)}H{_WIDTH - _RIGHT}"/>'
            yield f'<text x="{_LEFT - 6}" y="{self.y(y) + 4}" text-anchor="end">{y:.3g}</text>'
            yield f'<text x="{self.x(x)}" y="{_HEIGHT - 26}" text-anchor="middle">{x:.3g}</text>'


def plot_calibration(bins: Sequence[Bin]) -> str:
    """Confidence against the share of right outcomes, with 95 % intervals; the diagonal is ideal."""
    frame = _Frame(1, 1)
    marks = [f'<path class="ideal" d="M{frame.x(0)} {frame.y(0)}L{frame.x(1)} {frame.y(1)}"/>']
    points = []
    for b in bins:
        if b.confidence is None or b.right.value is None:
            continue
        x, y = frame.x(b.confidence), frame.y(b.right.value)
        points.append(f"{x},{y}")
        low, high = frame.y(b.right.low or 0), frame.y(b.right.high or 0)
        note = f"{b.low:.1f} to {b.high:.1f}: {b.right.value:.1%} right of {b.right.n}"
        marks.append(f'<path class="first" d="M{x} {low}V{high}"/>')
        marks.append(f'<circle class="first" cx="{x}" cy="{y}" r="4"><title>{note}</title></circle>')
    marks.append(f'<polyline class="first" points="{" ".join(points)}"/>')
    return frame.draw("Calibration", "confidence", "right outcomes", marks)


def plot_abstention(curve: Sequence[Abstention]) -> str:
    """Precision and recall of abstaining below a threshold of confidence."""
    frame = _Frame(1, 1)
    precision = [(c.threshold, c.precision) for c in curve if c.precision is not None]
    recall = [(c.threshold, c.recall) for c in curve if c.recall is not None]
    marks = []
    for name, points, place in (("first", precision, 60), ("second", recall, 46)):
        line = " ".join(f"{frame.x(x)},{frame.y(y)}" for x, y in points)
        label = "precision" if name == "first" else "recall"
        marks.append(f'<polyline class="{name}" points="{line}"/>')
        marks.append(
            f'<text class="{name}" x="{_LEFT + 8}" y="{_HEIGHT - place}">{label}</text>'
        )
    return frame.draw("Abstention by threshold", "abstain below this confidence", "share", marks)


def plot_latency(bars: Sequence[tuple[float, float, int]]) -> str:
    """How many answers took how long (ms); the last bar holds all slower ones."""
    width = bars[0][1] if bars else 1.0
    frame = _Frame(width * max(len(bars), 1), max((n for _, _, n in bars), default=0) or 1)
    marks = []
    for number, (low, high, n) in enumerate(bars):
        x, y = frame.x(number * width), frame.y(n)
        marks.append(
            f'<rect class="first" x="{x}" y="{y}" width="{frame.x((number + 1) * width) - x - 1:.1f}" '
            f'height="{frame.y(0) - y:.1f}"><title>{low:.1f} to {high:.1f} ms: {n}</title></rect>'
        )
    return frame.draw("Latency", "ms", "answers", marks)
