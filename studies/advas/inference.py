"""The statistics of paired runs: intervals, exact tests, corrections. NumPy only, all in float64.

A difference is that of one pair of runs; a stratum is the differences of one cell. Differences of different cells are
independent, since their seeds are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MOST_FLIPS = 1 << 24
"""How many sums of one half of the differences are listed: 2^24 doubles are 134 MB. Six cells of eight pairs are as many."""


@dataclass(frozen=True)
class Interval:
    """A mean with bounds."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def regularized_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), by Lentz's continued fraction (Press and others 1992, section 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - regularized_beta(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front += a * math.log(x) + b * math.log1p(-x)
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 500):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + factor * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + factor / c
            c = c if abs(c) > tiny else tiny
            value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return math.exp(front) * value / a


def student_p(t: float, df: float) -> float:
    """The two-sided p of Student's t."""
    return regularized_beta(df / (df + t * t), df / 2, 0.5)


def student_quantile(confidence: float, df: float) -> float:
    """The t that |T| exceeds with probability 1 - confidence, by bisection."""
    low, high = 0.0, 1.0
    while student_p(high, df) > 1 - confidence:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if student_p(middle, df) > 1 - confidence else (low, middle)
    return (low + high) / 2


def t_interval(differences: Sequence[float], confidence: float = 0.95) -> Interval:
    """Student's interval of the mean; without bounds for fewer than two."""
    mean = float(np.mean(differences))
    n = len(differences)
    if n < 2:
        return Interval(mean, -math.inf, math.inf)
    half = student_quantile(confidence, n - 1) * float(np.std(differences, ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half)


def t_test(differences: Sequence[float]) -> float:
    """The two-sided p of the mean being 0; 1 for fewer than two."""
    n = len(differences)
    if n < 2:
        return 1.0
    deviation = float(np.std(differences, ddof=1))
    mean = float(np.mean(differences))
    if deviation == 0:
        return 1.0 if mean == 0 else 0.0
    return student_p(mean / deviation * math.sqrt(n), n - 1)


def welch(a: Sequence[float], b: Sequence[float]) -> tuple[Interval, float]:
    """Mean of a less that of b, unpaired, with its 95 % interval and p (Welch 1947)."""
    errors = [float(np.var(side, ddof=1)) / len(side) for side in (a, b)]
    error = math.sqrt(sum(errors))
    df = sum(errors) ** 2 / sum(e**2 / (len(s) - 1) for e, s in zip(errors, (a, b)))
    mean = float(np.mean(a) - np.mean(b))
    half = student_quantile(0.95, df) * error
    return Interval(mean, mean - half, mean + half), student_p(mean / error, df)


def flipped_sums(differences: Sequence[float]) -> np.ndarray:
    """The sums of all choices of signs, 2^n of them."""
    sums = np.zeros(1)
    for difference in differences:
        sums = np.concatenate([sums + difference, sums - difference])
    return sums


def sign_flip(differences: Sequence[float]) -> float:
    """The exact two-sided p of the sign-flip test (Fisher 1935) of the sum of the differences.

    Were there no effect, each difference could as well have the other sign. All 2^n choices count, by the sums of two
    halves of them, sorted. Raises ValueError for more than 48 differences.
    """
    half = len(differences) // 2
    if 1 << (len(differences) - half) > MOST_FLIPS:
        raise ValueError(f"{len(differences)} differences have too many signs to count")
    observed = abs(float(np.sum(differences)))
    # Sums that are equal but for the order of additions count as equal.
    slack = 1e-12 * float(np.sum(np.abs(differences)))
    first = np.sort(flipped_sums(differences[:half]))
    extreme = 0
    # Sorted and in pieces, so that the search stays near where it was and its answers take little memory.
    for second in np.array_split(np.sort(flipped_sums(differences[half:])), 64):
        above = len(first) - np.searchsorted(first, observed - slack - second, side="left")
        below = np.searchsorted(first, slack - observed - second, side="right")
        extreme += int(np.sum(above)) + int(np.sum(below))
    # At an observed sum of 0 both sides are all sums.
    return min(1.0, extreme / 2 ** len(differences))


def stratified_mean(strata: Mapping[str, Sequence[float]]) -> float:
    """The mean of the strata's means: every cell counts alike."""
    return float(np.mean([np.mean(values) for values in strata.values()]))


def stratified_interval(strata: Mapping[str, Sequence[float]], confidence: float = 0.95) -> Interval:
    """Of the mean of the strata's means, by the variance within strata, Satterthwaite's degrees of freedom."""
    mean = stratified_mean(strata)
    if any(len(values) < 2 for values in strata.values()):
        return Interval(mean, -math.inf, math.inf)
    parts = [
        (float(np.var(values, ddof=1)) / len(values) / len(strata) ** 2, len(values) - 1)
        for values in strata.values()
    ]
    variance = sum(part for part, _ in parts)
    if variance == 0:
        return Interval(mean, mean, mean)
    df = variance**2 / sum(part**2 / df for part, df in parts)
    half = student_quantile(confidence, df) * math.sqrt(variance)
    return Interval(mean, mean - half, mean + half)


def stratified_sign_flip(strata: Mapping[str, Sequence[float]]) -> float:
    """The exact p of the mean of the strata's means."""
    return sign_flip([value / len(values) for values in strata.values() for value in values])


def bootstrap_interval(
    strata: Mapping[str, Sequence[float]], seed: int = 0, resamples: int = 20_000
) -> Interval:
    """The percentile interval of the mean of means, by pairs drawn again within each stratum."""
    generator = np.random.default_rng(seed)
    total = np.zeros(resamples)
    for values in strata.values():
        drawn = generator.integers(0, len(values), (resamples, len(values)))
        total += np.asarray(values, dtype=float)[drawn].mean(axis=1)
    low, high = np.quantile(total / len(strata), [0.025, 0.975])
    return Interval(stratified_mean(strata), float(low), float(high))


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjusted p values (1979), by name."""
    adjusted: dict[str, float] = {}
    largest = 0.0
    for index, name in enumerate(sorted(p, key=lambda name: p[name])):
        largest = max(largest, min(1.0, (len(p) - index) * p[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p}


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Pearson's; not a number where a side has no spread."""
    if len(a) < 2 or np.std(a) == 0 or np.std(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def pairs_that_decide(strata: Mapping[str, Sequence[float]], confidence: float, width: float = 0.05) -> int:
    """How many pairs, alike in every stratum, make the interval of the mean of means this wide on each side.

    By the variances seen within strata.
    """
    variances = [float(np.var(values, ddof=1)) for values in strata.values()]
    if not any(variances):
        return 2 * len(strata)
    freedom = sum(variances) ** 2 / sum(variance**2 for variance in variances)
    n = 2
    while n < 100_000:
        error = math.sqrt(sum(variances) / n) / len(strata)
        if student_quantile(confidence, freedom * (n - 1)) * error <= width:
            break
        n += 1 if n < 200 else n // 20
    return n * len(strata)
