"""What is trained, in which order, with which seeds, rates and rounds: Docs/STUDY-PLAN.md as code.

Nothing here depends on the machine: rounds follow from the budget and the measured costs in costs.json, rates from the
pilots' lines, by the rule of the plan.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "results"

READ_OUTS = 12
PILOT_READ_OUTS = 3
CHECKPOINTS = 5
GRAIN = 60
"""Rounds of a run are a multiple of this, so that read-outs and checkpoints fall on whole rounds."""

ON = "regularizers.advas={}"
WITHOUT = "regularizers.advas=null"


@dataclass(frozen=True)
class Cell:
    """A game with its number of critic steps, in both arms."""

    name: str
    spec: str
    """A file of specs/ beside this one, or of the project, from its root."""
    steps: int
    seeds: tuple[int, ...]
    more_seeds: tuple[int, ...]
    """Of the second look, if there is one."""
    pilot_seeds: tuple[int, ...]
    rates: tuple[str, ...]
    budget: float
    """Seconds of one core for a run; what it measures is not counted."""
    pilot_budget: float
    provisional: tuple[float, float]
    """Milliseconds a round without and with AdvAs on a busy machine: rounds of pilots follow from these."""
    measures: str
    """The key of METRICS."""

    @property
    def is_ring(self) -> bool:
        return self.measures == "ring"

    @property
    def reals(self) -> int:
        """All pictures of the training set."""
        return 50_000 if self.measures == "photographs" else 60_000

    def swapped_checkpoints(self, seed: int) -> tuple[int, ...]:
        """At which fifths of the budget the mechanism is looked at with the other arm's adversary, and a fresh one."""
        if self.is_ring:
            return (1, 2, 3, 4, 5) if seed in self.seeds[:10] else ()
        return (1, 2, 3, 4, 5) if self.name == "wgan-gp-1" else (5,)


def cell(number: int, name: str, spec: str, steps: int, provisional: tuple[float, float]) -> Cell:
    first = 1000 * number
    return Cell(
        name, f"specs/{spec}.yaml", steps, tuple(range(first, first + 5)),
        tuple(range(first + 5, first + 8)), (900, 901), ("3e-4", "1e-3", "3e-3"), 240.0, 120.0,
        provisional, "pictures",
    )


CELLS = (
    cell(1, "wgan-gp-1", "wgan-gp", 1, (14.6, 23.1)),
    cell(2, "wgan-gp-5", "wgan-gp", 5, (42.6, 53.2)),
    cell(3, "hinge-1", "hinge", 1, (15.3, 24.2)),
    cell(4, "non-saturating-1", "non-saturating", 1, (16.2, 25.3)),
    cell(5, "hinge-5", "hinge", 5, (37.0, 46.0)),
    cell(6, "non-saturating-5", "non-saturating", 5, (38.0, 47.0)),
)
"""Of Fashion-MNIST, the sharpest question first."""

RING = Cell(
    "ring", "specs/ring.yaml", 1, tuple(range(100, 120)), (), (900, 901, 902), ("1e-4", "3e-4", "1e-3"),
    10.0, 10.0, (1.30, 1.95), "ring",
)
RING_AS_SHIPPED = replace(
    RING, name="ring-shipped", seeds=tuple(range(200, 220)), pilot_seeds=(), rates=("1e-4",)
)
"""The same at the rate of specs/ring/wgan-gp.yaml, which nobody tuned for either arm."""
RING_FAST = replace(RING, name="ring-fast", seeds=tuple(range(300, 320)), pilot_seeds=(), rates=("1e-3",))
"""The same at the fastest rate of the pilots, at which the critic keeps up best."""

PHOTOGRAPHS = Cell(
    "photographs-1", "specs/photographs.yaml", 1, tuple(range(7000, 7005)), (), (), ("set",), 480.0, 0.0,
    (20.0, 31.0), "photographs",
)
"""Frozen settings: the rates that the pilots of wgan-gp-1 chose."""

RINGS = (RING, RING_AS_SHIPPED, RING_FAST)
ORDER = (RING, RING_AS_SHIPPED, CELLS[0], RING_FAST, *CELLS[1:])
PICTURES = (*CELLS, PHOTOGRAPHS)
ALL = (*RINGS, *PICTURES)


@dataclass(frozen=True)
class Run:
    """One training."""

    stage: str
    """pilot, pair, same-rate or ablation."""
    cell: Cell
    arm: str
    settings: tuple[str, ...]
    """What --set gives beyond seed, rate, rounds and critic steps."""
    seed: int
    rate: str
    rounds: int

    @property
    def key(self) -> str:
        return f"{self.stage}/{self.cell.name}/{self.arm}-{self.rate}-{self.seed}"

    @property
    def every(self) -> int:
        """Rounds between read-outs."""
        return self.rounds // (PILOT_READ_OUTS if self.stage == "pilot" else READ_OUTS)


Unit = Sequence[Run]
"""Runs that train side by side."""


def rounds_of(seconds: float, milliseconds: float) -> int:
    """The rounds that a budget buys, to the nearest multiple of GRAIN, at least one."""
    return max(GRAIN, GRAIN * round(seconds * 1000 / milliseconds / GRAIN))


def costs() -> dict[str, Any]:
    """Milliseconds a round by cell and arm, as measured on a quiet machine; empty before that."""
    path = HERE / "costs.json"
    return json.loads(path.read_text())["milliseconds"] if path.exists() else {}


def cost(cell: Cell, arm: str) -> float:
    """Milliseconds a round of a cell's arm. The cells of the ring cost the same."""
    return costs()["ring" if cell.is_ring else cell.name]["off" if arm == "off" else "on"]


def has_cost(cell: Cell) -> bool:
    return ("ring" if cell.is_ring else cell.name) in costs()


def pilots(cell: Cell) -> Iterator[Unit]:
    """Every rate of both arms; both arms of a seed and a rate side by side."""
    for seed in cell.pilot_seeds:
        for rate in cell.rates:
            yield [
                Run("pilot", cell, arm, (setting,), seed, rate, rounds_of(cell.pilot_budget, ms))
                for arm, setting, ms in zip(("off", "on"), (WITHOUT, ON), cell.provisional)
            ]


def pairs(cell: Cell, rates: dict[str, str], seeds: Iterable[int]) -> Iterator[Unit]:
    """Both arms of each seed, each at its own rate."""
    for seed in seeds:
        yield [
            Run("pair", cell, arm, (setting,), seed, rates[arm], rounds_of(cell.budget, cost(cell, arm)))
            for arm, setting in (("off", WITHOUT), ("on", ON))
        ]


def same_rate(cell: Cell, rates: dict[str, str]) -> Iterator[Unit]:
    """AdvAs at the rate that was chosen for the baseline, where it has another of its own; two at a time."""
    if rates["off"] == rates["on"]:
        return
    rounds = rounds_of(cell.budget, cost(cell, "on"))
    runs = [Run("same-rate", cell, "on", (ON,), seed, rates["off"], rounds) for seed in cell.seeds]
    for first in range(0, len(runs), 2):
        yield runs[first : first + 2]


ABLATIONS: dict[str, tuple[str, ...]] = {
    # What the others are read beside: trained with them, seen through the same features, for as many rounds.
    "off": (WITHOUT,),
    "on": (ON,),
    "weight-0.1": ("regularizers.advas={weight: 0.1}",),
    "weight-1": ("regularizers.advas={weight: 1}",),
    "biased": ("regularizers.advas={estimator: biased}",),
    "one-sided": ("regularizers.advas={estimator: one_sided}",),
    # The factor makes their gradients longer than the loss's, so that `auto` brings them to its very length, which is
    # that of AdvAs wherever its weight is below 1.
    "noise": (
        'regularizers.noise={player: generator, weight: auto, value: "1e6*dot(fake, normal(like=real))"}',
    ),
    "pull": (
        'regularizers.pull={player: generator, weight: auto, value: "1e6*sumsq(params(generator))"}',
    ),
}


def ablations(cell: Cell, rates: dict[str, str]) -> Iterator[Unit]:
    """Other penalties for the generator beside AdvAs and none, with AdvAs's rate and rounds; seeds of the first two pairs."""
    rounds = rounds_of(cell.budget, cost(cell, "on"))
    for arm, settings in ABLATIONS.items():
        yield [Run("ablation", cell, arm, settings, seed, rates["on"], rounds) for seed in cell.seeds[:2]]


def score_of(line: dict[str, Any], cell: Cell) -> float:
    """What pilots are ranked by, less is better: log FID, or log sliced W of the ring."""
    value = line["sliced_wasserstein"] if cell.is_ring else line["fid"]
    return math.log(value) if value is not None and value > 0 else math.inf


def chosen_rates(cell: Cell, lines: Sequence[dict[str, Any]]) -> dict[str, str] | None:
    """The rate of each arm with the least mean score at the end of its pilots; None while pilots are missing.

    A pilot that diverged has no score and rules its rate out. Of equal ones the smaller rate is taken.
    """
    if cell is PHOTOGRAPHS:
        return chosen_rates(CELLS[0], lines)
    if len(cell.rates) == 1:
        return {"off": cell.rates[0], "on": cell.rates[0]}
    last: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line["stage"] == "pilot" and line["cell"] == cell.name and "end" in line:
            last[line["run"]] = line
    needed = [run for unit in pilots(cell) for run in unit]
    if any(run.key not in last for run in needed):
        return None
    best = {}
    for arm in ("off", "on"):
        means = []
        for rate in cell.rates:
            scores = [
                score_of(last[run.key], cell) if last[run.key]["end"] == "finished" else math.inf
                for run in needed if run.arm == arm and run.rate == rate
            ]
            means.append((sum(scores) / len(scores), float(rate), rate))
        best[arm] = min(means)[2]
    return best
