"""Rectifiers at their kinks: where float32 may take the other slope than float64.

The derivative of relu and leaky_relu jumps at 0. An input that is 0 but for rounding takes one slope in
float64 and, rightly, the other in float32; the gradient of its sample differs by far more than rounding.
A float32 record that is too far is therefore compared once more with such inputs on their other slope,
and by the errors of torch's float32 where that took the slopes of float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from comparison import FLOAT32_FACTOR, Row, relative_error
from game import Named, StepValues

TRIED = 32
"""So many of the inputs that are nearest to 0 are tried on their other slope."""

Term = tuple[str, Named, Callable[[StepValues], Named]]
"""What a step computes: its name, its tensors as recorded, and where they are among the step's values."""
SLOPES = {functional.relu: 0.0, torch.relu: 0.0, functional.leaky_relu: 0.01}
"""By function, unless a call says otherwise."""


Place = tuple[int, int]
"""A call of a rectifier, counted from 0 in the order of a step, and an element of its input."""


class Rectifiers(TorchFunctionMode):
    """Notes the input of each relu and leaky_relu called within it, and which elements pass unchanged:
    those above 0, or those that `slopes` says, call by call as far as it goes."""

    def __init__(self, slopes: Sequence[Tensor] = ()) -> None:
        super().__init__()
        self.inputs: list[Tensor] = []
        self.passing: list[Tensor] = []
        self._slopes = slopes

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func not in SLOPES:
            return func(*args, **kwargs)
        value, *rest = args
        slope = SLOPES[func]
        if func is functional.leaky_relu:
            slope = rest[0] if rest else kwargs.get("negative_slope", slope)
        call = len(self.passing)
        passing = self._slopes[call] if call < len(self._slopes) else value > 0
        self.inputs.append(value.detach())
        self.passing.append(passing)
        return torch.where(passing, value, slope * value)

    def agrees(self, other: Rectifiers) -> bool:
        """Whether the same elements pass, in whatever order the samples come."""
        return all(
            torch.equal(a.sum(0), b.sum(0))
            for a, b in zip(self.passing, other.passing, strict=True)
        )

    def but_for(self, place: Place) -> list[Tensor]:
        """What passes, with the other slope at one place."""
        call, element = place
        slopes = list(self.passing)
        slopes[call] = slopes[call].clone()
        slopes[call].view(-1)[element].logical_not_()
        return slopes


@dataclass(frozen=True)
class Evaluations:
    """A step in float64, in torch's float32 in several orders of the samples, and once more on demand."""

    exact: StepValues
    seen: Rectifiers
    """By the float64 evaluation."""
    own: list[StepValues]
    """In float32, the first in the order and with the slopes of `exact`."""
    smooth: list[StepValues]
    """Those of them in which no rectifier took another slope than in float64."""
    seen_by_own: Rectifiers
    """By the first of them."""
    again: Callable[[], StepValues]
    """In float64."""


def but_for_kinks(rows: list[Row], terms: list[Term], step: Evaluations) -> list[Row]:
    """The rows of a step, one a term, where rectifiers at their kinks take the other slope in float64 too.

    Each does only if the record is nearer for it, and none once all rows pass. Bounds stay as they are:
    what is left of an error is rounding, or a row fails.
    """
    seen, others = step.seen, 0
    for place in kinks(step.seen, step.seen_by_own)[:TRIED]:
        with Rectifiers(seen.but_for(place)) as tried_seen:
            exact = step.again()
        tried = [
            replace(row, error=relative_error(found, pick(exact)), kinks=others + 1)
            for row, (_, found, pick) in zip(rows, terms, strict=True)
        ]
        if distance(tried) < distance(rows):
            rows, seen, others = tried, tried_seen, others + 1
        if all(row.passes for row in rows):
            break
    return rows


def distance(rows: list[Row]) -> float:
    return sum(row.error / row.bound for row in rows)


def kinks(exact: Rectifiers, rounded: Rectifiers) -> list[Place]:
    """Places whose input is 0 but for a few times the largest rounding error of its call, nearest to 0
    first, in units of that error.

    `exact` and `rounded` saw the same step in float64 and in float32.
    """
    found: list[tuple[float, Place]] = []
    for call, (value, other) in enumerate(zip(exact.inputs, rounded.inputs, strict=True)):
        error = (value - other).abs().max()
        near = ((value.abs() <= FLOAT32_FACTOR * error) & (error > 0)).flatten().nonzero().flatten()
        found += [(float(value.flatten()[i].abs() / error), (call, int(i))) for i in near]
    return [place for _, place in sorted(found)]
