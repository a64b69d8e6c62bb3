"""The rules of Docs/STUDY-PLAN.md, which were fixed before the first run that counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endpoints import percent
from inference import (
    Interval, bootstrap_interval, holm, pairs_that_decide, sign_flip, stratified_interval, stratified_sign_flip,
    t_interval, t_test,
)
from words import change, p_text

LOOK = 0.0294
"""The level of each of two looks (Pocock 1977), so that both together are at 0.05."""
SAME = math.log(1.03)
"""A change of FID by at most 3 % is none."""
WIDE = math.log(1.05)
"""An interval that holds 0 and is wider than this on either side asks for more pairs."""

Strata = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Verdict:
    word: str
    """reproduced, reproduced per step only, mechanism only, no effect, harm, undecided."""
    pooled: Interval
    p: float
    """The exact sign-flip test of the pooled mean."""


def harmed(strata: Strata) -> list[str]:
    """Cells in which AdvAs is worse after Holm, by t: five pairs cannot give an exact p below 0.0625."""
    adjusted = holm({name: t_test(values) for name, values in strata.items()})
    return [name for name, values in strata.items() if sum(values) > 0 and adjusted[name] < 0.05]


def negative(strata: Strata) -> int:
    """In how many cells AdvAs is better on average."""
    return sum(sum(values) < 0 for values in strata.values())


def verdict(time: Strata, rounds: Strata, r: Strata, cosine: Strata) -> Verdict:
    """Of all six cells: log FID at equal time and at equal rounds, log r and cosine_125 at the end.

    Each is differences of pairs, with AdvAs less without. The first rule that holds decides.
    """
    level = 1 - LOOK
    pooled = stratified_interval(time, level)
    p = stratified_sign_flip(time)

    def says(word: str) -> Verdict:
        return Verdict(word, pooled, p)

    if pooled.low > 0:
        return says("harm")
    if pooled.high < 0:
        return says("reproduced" if negative(time) >= 4 and not harmed(time) else "undecided")
    if stratified_interval(rounds, level).high < 0:
        return says("reproduced per step only")
    if stratified_interval(r, level).high < 0 and stratified_interval(cosine, level).low > 0:
        return says("mechanism only")
    # Two one-sided tests at 0.05 are the interval of 90 %.
    both = stratified_interval(time, 0.90)
    if -SAME < both.low and both.high < SAME:
        return says("no effect")
    return says("undecided")


def wants_more(time: Strata) -> bool:
    """Whether the first look asks for eight pairs in every cell."""
    pooled = stratified_interval(time, 1 - LOOK)
    return not pooled.excludes_zero and (pooled.low < -WIDE or pooled.high > WIDE)


def of_cell(differences: Sequence[float]) -> tuple[str, Interval, float]:
    """What one complete cell says by itself: its interval of 95 % and the exact p, without a correction."""
    interval = t_interval(differences)
    word = "better" if interval.high < 0 else "worse" if interval.low > 0 else "undecided"
    return word, interval, sign_flip(differences)


def of_ring(endpoints: Mapping[str, Sequence[float]]) -> dict[str, tuple[str, Interval, float]]:
    """Each endpoint of the ring: `higher`, `lower` or `undecided` by the exact test after Holm, interval, adjusted p."""
    adjusted = holm({name: sign_flip(values) for name, values in endpoints.items()})
    result = {}
    for name, values in endpoints.items():
        interval = t_interval(values)
        word = "higher" if interval.mean > 0 else "lower"
        result[name] = (word if adjusted[name] < 0.05 else "undecided", interval, adjusted[name])
    return result


def reason(found: Verdict, time: Strata, rounds: Strata, r: Strata, cosine: Strata) -> str:
    """What decided beside the pooled interval at equal time."""
    level = 1 - LOOK
    if found.word == "reproduced per step only":
        return f" At equal rounds {change(stratified_interval(rounds, level))}."
    if found.word == "mechanism only":
        turned = stratified_interval(cosine, level)
        return (
            f" r {change(stratified_interval(r, level))}, cosine after 125 steps {turned.mean:+.2f} "
            f"({turned.low:+.2f} ... {turned.high:+.2f})."
        )
    if found.word != "undecided":
        return ""
    if found.pooled.high < 0:
        cells = harmed(time)
        worse = f" After Holm it is worse in {' and '.join(cells)}." if cells else ""
        return f" Over all cells it is better, in {negative(time)} of {len(time)} of them.{worse}"
    return f" About {pairs_that_decide(time, level)} pairs in all would give an interval of ±5 %."


def sentence(found: Verdict, time: Strata, rounds: Strata, r: Strata, cosine: Strata) -> str:
    """The verdict, with the figures that decided; where it is open, with how many pairs would decide."""
    words = {
        "reproduced": "AdvAs improves FID at equal time",
        "reproduced per step only": "AdvAs improves FID at equal rounds, and not at equal time",
        "mechanism only": "AdvAs does to the adversary what the paper says, without better FID",
        "no effect": "AdvAs changes FID by less than 3 %",
        "harm": "AdvAs makes FID worse at equal time",
        "undecided": "whether AdvAs changes FID stays open",
    }
    drawn = bootstrap_interval(time)
    return (
        f"On Fashion-MNIST, with networks of this size, {words[found.word]}: FID {change(found.pooled)} at equal time "
        f"(interval of {100 * (1 - LOOK):.2f} %), exact p {p_text(found.p)}, {sum(map(len, time.values()))} pairs; "
        f"by a bootstrap of 95 % {percent(drawn.low):+.1f} ... {percent(drawn.high):+.1f}."
        + reason(found, time, rounds, r, cosine)
    )
