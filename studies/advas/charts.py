"""The figures of Docs/STUDY.md."""

from __future__ import annotations

from collections.abc import Sequence

import figures
import mechanisms
import plan
from endpoints import Course, counting, paired
from figures import Panel, Points
from plan import CELLS, CHECKPOINTS, Cell
from readouts import Line

ARMS = (("off", "without AdvAs"), ("on", "with AdvAs"))


def curve(course: Course, key: str, by_rounds: bool) -> Points:
    rounds, values = course.at(key)
    scale = 1.0 if by_rounds else 1 / course.rounds
    return [(round_ * scale, value) for round_, value in zip(rounds, values)]


def curves(found: Sequence[Course], cell: Cell, key: str, words: str, by_rounds: bool, log: bool) -> Panel | None:
    """All runs of a cell thin, their means thick, against the share of the budget or against rounds."""
    pairs = paired(found, cell)
    if not pairs:
        return None
    series = [
        figures.series(name, arm, [curve(getattr(pair, arm), key, by_rounds) for pair in pairs], log)
        for arm, name in ARMS
    ]
    rates = " and ".join(sorted({getattr(pair, arm).rate for pair in pairs[:1] for arm, _ in ARMS}))
    count = str(len(pairs)) if len(pairs) >= len(cell.seeds) else f"{len(pairs)} of {len(cell.seeds)}"
    return Panel(
        f"{cell.name}, rate {rates}, {count} pairs", "round" if by_rounds else "share of the budget",
        words, series, log=log, x_limits=None if by_rounds else (0.0, 1.0),
    )


def mechanism(found: Sequence[Course], lines: Sequence[Line], cell: Cell, kind: str, key: str, title: str) -> Panel | None:
    """A cosine at the five checkpoints, by arm."""
    known = mechanisms.values(lines, kind, key)
    sides = []
    for arm, name in ARMS:
        runs = [
            [(at / CHECKPOINTS, known[getattr(pair, arm).run, at]) for at in range(1, CHECKPOINTS + 1)
             if (getattr(pair, arm).run, at) in known]
            for pair in paired(found, cell)
        ]
        sides.append(figures.series(name, arm, [run for run in runs if len(run) == CHECKPOINTS]))
    if not all(side.runs for side in sides):
        return None
    return Panel(
        f"{cell.name}: {title}", "share of the budget", "cosine", sides, limits=(-1, 1), x_limits=(0.2, 1.0),
        ticks=(0.2, 0.4, 0.6, 0.8, 1.0),
    )


def shown(panels: Sequence[Panel | None]) -> list[Panel]:
    return [panel for panel in panels if panel is not None]


def all_of(found: Sequence[Course], lines: Sequence[Line]) -> dict[str, str]:
    """Every figure of which there is something to draw, by name, as SVG."""
    complete = counting(found, plan.ALL)
    groups = {
        "ring": [
            panel for cell in plan.RINGS for panel in (
                curves(found, cell, "sliced_wasserstein", "sliced W₂", False, True),
                curves(found, cell, "high_quality", "high-quality share", False, False),
            )
        ],
        "fid": [
            panel for cell in plan.PICTURES for panel in (
                curves(found, cell, "fid", "FID", False, True),
                curves(found, cell, "fid", "FID", True, True),
            )
        ],
        "mechanism": [
            panel for cell in (*plan.RINGS, CELLS[0]) for panel in (
                mechanism(found, lines, cell, "own", "cosine_125", "own critic, 125 steps on"),
                mechanism(found, lines, cell, "swapped", "cosine_0", "own beside the other arm's critic"),
                mechanism(found, lines, cell, "fresh", "cosine_1000", "own beside a fresh critic"),
            )
        ] + [
            mechanism(found, lines, cell, "own", f"cosine_{steps}", f"own critic, {steps} steps on")
            for cell in plan.PICTURES[1:] if cell.name in complete for steps in (5, 25, 125)
        ],
        "adversary-gradient": [
            curves(found, cell, "r", "r", False, True) for cell in plan.ALL
        ],
    }
    columns = {"mechanism": 3}
    return {
        name: figures.svg(panels, columns.get(name, 2))
        for name, group in groups.items()
        if (panels := shown(group))
    }
