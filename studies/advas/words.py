"""How numbers, intervals and tests are written on the study's pages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from endpoints import percent
from inference import Interval


def figure(value: float | None, digits: int = 4) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}g}"


def p_text(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-4 else f"{p:.1e}"


def span(interval: Interval, show: str = "+.3f") -> str:
    return f"{interval.mean:{show}} ({interval.low:{show}} ... {interval.high:{show}})"


def change(interval: Interval) -> str:
    """A difference of logs in percent."""
    low, high = (percent(v) if math.isfinite(v) else v for v in (interval.low, interval.high))
    return f"{percent(interval.mean):+.1f} % ({low:+.1f} ... {high:+.1f})"


def share(interval: Interval) -> str:
    """A difference of logs as a share of what it is without AdvAs, in percent."""
    mean, low, high = (100 * math.exp(v) for v in (interval.mean, interval.low, interval.high))
    return f"{figure(mean, 3)} % ({figure(low, 3)} ... {figure(high, 3)})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
