"""Charts as SVG files that read on light and on dark pages: thin lines for runs, a thick one for their mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 360, 240
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 34, 40

STYLE = """
text { font: 11px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600; font-size: 12px }
.frame { fill: none; stroke: #888 }
.grid { stroke: #8884; fill: none }
.run { fill: none; stroke-width: 0.8; opacity: 0.45 }
.mean { fill: none; stroke-width: 2.4 }
.off { stroke: #c2410c } .on { stroke: #1d6fd1 } .third { stroke: #15803d } .fourth { stroke: #7e22ce }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd }
  .off { stroke: #fb923c } .on { stroke: #60a5fa } .third { stroke: #4ade80 } .fourth { stroke: #c084fc }
}
"""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Series:
    """Runs of one kind; `style` is off, on, third or fourth."""

    name: str
    style: str
    runs: Sequence[Points]
    mean: Points = ()


@dataclass(frozen=True)
class Panel:
    """One chart."""

    title: str
    x: str
    y: str
    series: Sequence[Series]
    log: bool = False
    """Whether the y axis is logarithmic; what is not positive is then left out."""
    limits: tuple[float, float] | None = None
    x_limits: tuple[float, float] | None = None
    ticks: Sequence[float] = field(default=())
    """Places on x, else round numbers."""


def nice_step(span: float, wanted: int = 5) -> float:
    """1, 2 or 5 times a power of ten, so that about as many ticks fit."""
    raw = span / wanted
    power = 10 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= raw)


def linear_ticks(low: float, high: float) -> list[float]:
    step = nice_step(high - low)
    first = math.ceil(low / step - 1e-9)
    return [step * k for k in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    leaders = (1,) if high / low > 300 else (1, 2, 5)
    found = [m * 10.0**d for d in decades for m in leaders]
    return [tick for tick in found if low * 0.999 <= tick <= high * 1.001]


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


class Axis:
    """From values to places."""

    def __init__(self, low: float, high: float, begin: float, end: float, log: bool = False) -> None:
        if log:
            low, high = math.log(low), math.log(high)
        if high - low < 1e-12:
            low, high = low - 0.5, high + 0.5
        self.low, self.high, self.begin, self.end, self.log = low, high, begin, end, log

    def __call__(self, value: float) -> float:
        place = math.log(value) if self.log else value
        share = (place - self.low) / (self.high - self.low)
        return self.begin + min(1.02, max(-0.02, share)) * (self.end - self.begin)


def path(points: Points, x: Axis, y: Axis, style: str) -> str:
    shown = [(a, b) for a, b in points if math.isfinite(b) and (not y.log or b > 0)]
    if len(shown) < 2:
        return "".join(f'<circle class="{style}" cx="{x(a):.1f}" cy="{y(b):.1f}" r="1.5"/>' for a, b in shown)
    return f'<polyline class="{style}" points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in shown)}"/>'


def drawn(panel: Panel, left: float, top: float) -> str:
    """One chart at a place of the picture."""
    every = [point for series in panel.series for run in (*series.runs, series.mean) for point in run]
    finite = [(a, b) for a, b in every if math.isfinite(b) and (not panel.log or b > 0)]
    xs, ys = [a for a, _ in finite], [b for _, b in finite]
    x_low, x_high = panel.x_limits or (min(xs), max(xs))
    low, high = panel.limits or (min(ys), max(ys))
    x = Axis(x_low, x_high, left + LEFT, left + WIDTH - RIGHT)
    y = Axis(low, high, top + HEIGHT - BOTTOM, top + TOP, panel.log)
    parts = [f'<text class="title" x="{left + LEFT}" y="{top + 20}">{escape(panel.title)}</text>']
    for tick in panel.ticks or linear_ticks(x_low, x_high):
        parts.append(
            f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{y.begin}" y2="{y.end}"/>'
            f'<text x="{x(tick):.1f}" y="{y.begin + 14}" text-anchor="middle">{number(tick)}</text>'
        )
    for tick in log_ticks(low, high) if panel.log else linear_ticks(low, high):
        parts.append(
            f'<line class="grid" x1="{x.begin}" x2="{x.end}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
            f'<text x="{x.begin - 5}" y="{y(tick) + 4:.1f}" text-anchor="end">{number(tick)}</text>'
        )
    parts.append(
        f'<rect class="frame" x="{x.begin}" y="{y.end}" width="{x.end - x.begin}" height="{y.begin - y.end}"/>'
        f'<text x="{(x.begin + x.end) / 2:.0f}" y="{y.begin + 30}" text-anchor="middle">{escape(panel.x)}</text>'
        f'<text transform="translate({left + 12} {(y.begin + y.end) / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(panel.y)}</text>"
    )
    for series in panel.series:
        parts += [path(run, x, y, f"run {series.style}") for run in series.runs]
    for series in panel.series:
        if series.mean:
            parts.append(path(series.mean, x, y, f"mean {series.style}"))
    return "\n".join(parts)


def legend(panels: Sequence[Panel], top: float) -> str:
    """A line with the name of every kind of runs."""
    parts, place, seen = [], 20.0, set()
    for series in (series for panel in panels for series in panel.series):
        if series.name in seen:
            continue
        seen.add(series.name)
        parts.append(
            f'<line class="mean {series.style}" x1="{place}" x2="{place + 24}" y1="{top}" y2="{top}"/>'
            f'<text x="{place + 30}" y="{top + 4}">{escape(series.name)}</text>'
        )
        place += 46 + 6.2 * len(series.name)
    return "".join(parts)


def svg(panels: Sequence[Panel], columns: int = 2) -> str:
    """Charts side by side with one legend below."""
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, height = columns * WIDTH, rows * HEIGHT + 26
    body = "\n".join(
        drawn(panel, index % columns * WIDTH, index // columns * HEIGHT) for index, panel in enumerate(panels)
    )
    names = "; ".join(panel.title for panel in panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(names, quote=True)}">\n<style>{STYLE}</style>\n'
        f"{body}\n{legend(panels, rows * HEIGHT + 10)}\n</svg>\n"
    )


def mean_of(runs: Sequence[Points], log: bool) -> list[tuple[float, float]]:
    """The mean, or geometric mean, of runs that have a value at the same place; of all of them, or none."""
    places: dict[float, list[float]] = {}
    for run in runs:
        for a, b in run:
            places.setdefault(round(a, 9), []).append(b)
    whole = {a: found for a, found in places.items() if len(found) == len(runs)}
    if log:
        return [(a, math.exp(sum(map(math.log, v)) / len(v))) for a, v in sorted(whole.items()) if min(v) > 0]
    return [(a, sum(v) / len(v)) for a, v in sorted(whole.items())]


def series(name: str, style: str, runs: Sequence[Points], log: bool = False) -> Series:
    """Runs with their mean."""
    return Series(name, style, runs, mean_of(runs, log))
