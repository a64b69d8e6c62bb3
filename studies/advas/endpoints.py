"""From lines of results to one number a run, and to differences of pairs."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from plan import CELLS, READ_OUTS, Cell

Line = dict[str, Any]
Answer = TypeVar("Answer")

LAST = 3
"""Read-outs whose mean is the endpoint: less noise than the last, and no selection."""
COLLAPSE = 3.0
"""A run whose last FID is so many times its least is listed as collapsed; it counts as it is."""


class NoValue(ValueError):
    """A run has no finite value of a figure: it diverged before the figure was measured, or its cell does without it."""


@dataclass(frozen=True)
class Course:
    """The read-outs of one run, in the order of rounds."""

    run: str
    cell: str
    arm: str
    seed: int
    rate: str
    rounds: int
    lines: tuple[Line, ...]
    end: str

    def values(self, key: str) -> list[float]:
        """A figure at every read-out where it is finite."""
        found = (line.get(key) for line in self.lines)
        return [value for value in found if value is not None and math.isfinite(value)]

    def at(self, key: str) -> tuple[list[float], list[float]]:
        """Rounds of the read-outs and a figure there, where it is finite."""
        pairs = [(line["round"], line.get(key)) for line in self.lines]
        kept = [(r, v) for r, v in pairs if v is not None and math.isfinite(v)]
        return [float(r) for r, _ in kept], [float(v) for _, v in kept]

    @property
    def features(self) -> str | None:
        """Which network FID was measured through; None is the one that the plan names."""
        return self.lines[0].get("features")

    @property
    def collapsed(self) -> bool:
        fids = self.values("fid")
        return bool(fids) and fids[-1] > COLLAPSE * min(fids)


def courses(lines: Iterable[Line], stage: str) -> list[Course]:
    """The runs of a stage that have ended, in the order of the lines."""
    runs: dict[str, list[Line]] = {}
    for line in lines:
        if line["stage"] == stage and line.get("kind", "read-out") == "read-out":
            runs.setdefault(line["run"], []).append(line)
    result = []
    for name, found in runs.items():
        found.sort(key=lambda line: line["round"])
        end = next((line["end"] for line in found if "end" in line), None)
        if end is not None:
            first = found[0]
            result.append(
                Course(
                    name, first["cell"], first["arm"], first["seed"], first["rate"], first["rounds"],
                    tuple(found), end,
                )
            )
    return result


def final(course: Course, key: str, of: Callable[[float], float]) -> float:
    """The mean of a figure over the last three read-outs, by `of` each; of a run that diverged, its last finite one.

    Raises NoValue where it has none.
    """
    values = course.values(key)
    if not values:
        raise NoValue(f"{course.run} has no finite {key}")
    last = values[-1:] if course.end != "finished" else values[-LAST:]
    return sum(of(value) for value in last) / len(last)


def log_of(key: str) -> Callable[[Course], float]:
    """The primary endpoint for a positive figure."""
    return lambda course: final(course, key, math.log)


def plain(key: str) -> Callable[[Course], float]:
    return lambda course: final(course, key, float)


def last(key: str) -> Callable[[Course], float]:
    """The last finite value of a figure that is not measured at every read-out."""

    def value(course: Course) -> float:
        if not (found := course.values(key)):
            raise NoValue(f"{course.run} has no finite {key}")
        return found[-1]

    return value


def area(key: str) -> Callable[[Course], float]:
    """The mean of the log of a figure over the read-outs: the area under the curve by share of the budget."""

    def value(course: Course) -> float:
        logs = [math.log(v) for v in course.values(key)]
        if not logs:
            raise NoValue(f"{course.run} has no finite {key}")
        # A run that diverged keeps its last finite value.
        logs += [logs[-1]] * (READ_OUTS - len(logs))
        return sum(logs) / len(logs)

    return value


def interpolated(course: Course, key: str, round_: float) -> float:
    """The log of a figure at a round between two read-outs, along a straight line; at the ends the end's."""
    rounds, values = course.at(key)
    logs = [math.log(value) for value in values]
    if round_ <= rounds[0]:
        return logs[0]
    for (a, left), (b, right) in zip(zip(rounds, logs), zip(rounds[1:], logs[1:])):
        if round_ <= b:
            return left + (right - left) * (round_ - a) / (b - a)
    return logs[-1]


def time_to(course: Course, key: str, target: float) -> float:
    """The share of the budget until the log of a figure first passes a target, between read-outs; 1 if it never does."""
    rounds, values = course.at(key)
    before = None
    for round_, value in zip(rounds, values):
        log = math.log(value)
        if log <= target:
            if before is None:
                return round_ / course.rounds
            a, left = before
            return (a + (round_ - a) * (left - target) / (left - log)) / course.rounds
        before = (round_, log)
    return 1.0


@dataclass(frozen=True)
class Pair:
    """Both arms of one seed."""

    off: Course
    on: Course

    def difference(self, endpoint: Callable[[Course], float]) -> float:
        """With AdvAs less without."""
        return endpoint(self.on) - endpoint(self.off)

    def per_round(self, key: str) -> float:
        """The difference of logs at equal rounds: with AdvAs at its last three read-outs, without it as it was there.

        The run with AdvAs has the fewer rounds in its budget.
        """
        rounds = self.on.at(key)[0][-LAST:]
        if self.on.end != "finished":
            rounds = rounds[-1:]
        if not rounds or not self.off.values(key):
            raise NoValue(f"{self.off.run} or {self.on.run} has no finite {key}")
        there = sum(interpolated(self.off, key, round_) for round_ in rounds) / len(rounds)
        return final(self.on, key, math.log) - there


def paired(found: Sequence[Course], cell: Cell | str) -> list[Pair]:
    """The pairs of a cell of which both arms have ended, by seed."""
    name = cell if isinstance(cell, str) else cell.name
    arms: dict[str, dict[int, Course]] = {"off": {}, "on": {}}
    for course in found:
        if course.cell == name:
            arms[course.arm][course.seed] = course
    return [Pair(arms["off"][seed], arms["on"][seed]) for seed in sorted(arms["off"]) if seed in arms["on"]]


def is_second_look(found: Sequence[Course]) -> bool:
    """Whether every cell has the pairs of both looks."""
    return all(
        {pair.off.seed for pair in paired(found, cell)} >= {*cell.seeds, *cell.more_seeds} for cell in CELLS
    )


def seeds_that_count(found: Sequence[Course], cells: Sequence[Cell]) -> dict[str, tuple[int, ...]]:
    """The seeds of each complete cell: those of the first look, and the others where every cell has all of them."""
    there = {cell.name: {pair.off.seed for pair in paired(found, cell)} for cell in cells}
    second = is_second_look(found)
    return {
        cell.name: cell.seeds + (cell.more_seeds if second else ())
        for cell in cells
        if there[cell.name] >= set(cell.seeds)
    }


def counting(found: Sequence[Course], cells: Sequence[Cell]) -> dict[str, list[Pair]]:
    """The pairs of every complete cell that count, by seed: a second look that is under way does not, until it is whole."""
    return {
        name: [pair for pair in paired(found, name) if pair.off.seed in seeds]
        for name, seeds in seeds_that_count(found, cells).items()
    }


def measured(pairs: Iterable[Pair], of: Callable[[Pair], Answer]) -> list[Answer]:
    """What `of` says of each pair, without those of which a run has no value."""
    result = []
    for pair in pairs:
        with contextlib.suppress(NoValue):
            result.append(of(pair))
    return result


def by_cell(
    found: Sequence[Course], cells: Sequence[Cell], difference: Callable[[Pair], float]
) -> dict[str, list[float]]:
    """The differences of every complete cell, by seed; of a cell without a value, nothing."""
    every = {name: measured(pairs, difference) for name, pairs in counting(found, cells).items()}
    return {name: values for name, values in every.items() if values}


def percent(log: float) -> float:
    """A difference of logs as a change in percent."""
    return 100 * math.expm1(log)
