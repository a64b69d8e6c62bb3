"""What `optimality` said: of each arm's own adversary, of a fresh one, and of the other arm's."""

from __future__ import annotations

from collections.abc import Sequence

import inference
import pages
import plan
from endpoints import Course, paired, seeds_that_count
from plan import CELLS, CHECKPOINTS
from readouts import Line

Values = dict[tuple[str, int], float]
"""By a run's key and the checkpoint, 1 to 5."""


def values(lines: Sequence[Line], kind: str, key: str) -> Values:
    """A figure of every run and checkpoint where it was measured."""
    return {
        (line["run"], round(line["round"] / line["rounds"] * CHECKPOINTS)): line[key]
        for line in lines
        if line["kind"] == kind and line.get(key) is not None
    }


def differences(found: Sequence[Course], lines: Sequence[Line], cell: str, kind: str, key: str, at: int) -> list[float]:
    """With AdvAs less without, of the pairs that have both."""
    known = values(lines, kind, key)
    return [
        known[pair.on.run, at] - known[pair.off.run, at]
        for pair in paired(found, cell)
        if (pair.on.run, at) in known and (pair.off.run, at) in known
    ]


def cosines(found: Sequence[Course], lines: Sequence[Line]) -> dict[str, list[float]]:
    """cosine_125 at the end, of each cell: what the verdict `mechanism only` asks for."""
    return {cell.name: differences(found, lines, cell.name, "own", "cosine_125", CHECKPOINTS) for cell in CELLS}


ROWS = (
    ("own", "cosine_1", "own critic, 1 step on"),
    ("own", "cosine_25", "own critic, 25 steps on"),
    ("own", "cosine_125", "own critic, 125 steps on"),
    ("own", "distance_125", "own critic, 125 steps on: ‖g₀ − g‖/‖g‖"),
    ("swapped", "cosine_0", "the other arm's critic, as it is"),
    ("swapped", "self_cosine_125", "the other arm's critic, before and after 125 steps"),
    ("fresh", "self_cosine_125", "a fresh critic, before and after 125 steps"),
    ("fresh", "cosine_1000", "own critic beside a fresh one after 1,000 steps"),
)
"""Kind, figure, words. Cosines are between gradients of the generator's loss, on the same samples."""


def table(found: Sequence[Course], lines: Sequence[Line]) -> str:
    """Means of the last checkpoint for both arms, and their difference over pairs, of complete cells."""
    rows = []
    complete = seeds_that_count(found, (*plan.RINGS, *CELLS))
    for cell in (cell for cell in (*plan.RINGS, *CELLS) if cell.name in complete):
        for kind, key, words in ROWS:
            known = values(lines, kind, key)
            sides = [
                [known[run, CHECKPOINTS] for pair in paired(found, cell)
                 if ((run := getattr(pair, arm).run), CHECKPOINTS) in known]
                for arm in ("off", "on")
            ]
            change = differences(found, lines, cell.name, kind, key, CHECKPOINTS)
            if len(change) < 2:
                continue
            rows.append(
                [cell.name, words, str(len(change)), *(pages.figure(pages.mean(side), 3) for side in sides),
                 pages.span(inference.t_interval(change)), pages.p_text(inference.sign_flip(change))]
            )
    head = ["cell", "the generator's gradient by", "pairs", "without", "with AdvAs", "difference (95 %)", "exact p"]
    return pages.table(head, rows) if rows else "No pair has been looked at yet."
