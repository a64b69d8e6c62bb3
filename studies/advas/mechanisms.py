"""What `optimality` said: of each arm's own adversary, of a fresh one, and of the other arm's."""

from __future__ import annotations

from collections.abc import Sequence

import inference
import pages
import plan
from endpoints import Course, Pair, counting
from plan import CELLS, CHECKPOINTS
from readouts import Line
from words import figure, p_text, span
from words import table as written

EVERY = 0
"""In place of a checkpoint: the mean of all five."""
Values = dict[tuple[str, int], float]
"""By a run's key and the checkpoint, 1 to 5, or EVERY."""


def values(lines: Sequence[Line], kind: str, key: str) -> Values:
    """A figure of every run and checkpoint where it was measured; where it was at all of them, also their mean."""
    result = {
        (line["run"], round(line["round"] / line["rounds"] * CHECKPOINTS)): line[key]
        for line in lines
        if line["kind"] == kind and line.get(key) is not None
    }
    for run in {run for run, _ in result}:
        every = [result[run, at] for at in range(1, CHECKPOINTS + 1) if (run, at) in result]
        if len(every) == CHECKPOINTS:
            result[run, EVERY] = pages.mean(every)
    return result


def differences(pairs: Sequence[Pair], lines: Sequence[Line], kind: str, key: str, at: int) -> list[float]:
    """With AdvAs less without, of the pairs that have both."""
    known = values(lines, kind, key)
    return [
        known[pair.on.run, at] - known[pair.off.run, at]
        for pair in pairs
        if (pair.on.run, at) in known and (pair.off.run, at) in known
    ]


def cosines(found: Sequence[Course], lines: Sequence[Line]) -> dict[str, list[float]]:
    """cosine_125 at the end, of each complete cell: what the verdict `mechanism only` asks for."""
    return {
        name: differences(pairs, lines, "own", "cosine_125", CHECKPOINTS)
        for name, pairs in counting(found, CELLS).items()
    }


ROWS = (
    ("own", "cosine_1", CHECKPOINTS, "own critic, 1 step on"),
    ("own", "cosine_5", CHECKPOINTS, "own critic, 5 steps on"),
    ("own", "cosine_25", CHECKPOINTS, "own critic, 25 steps on"),
    ("own", "cosine_125", CHECKPOINTS, "own critic, 125 steps on"),
    ("own", "cosine_125", EVERY, "own critic, 125 steps on, mean of five fifths of the budget"),
    ("own", "distance_125", CHECKPOINTS, "own critic, 125 steps on: ‖g₀ − g‖/‖g‖"),
    ("swapped", "cosine_0", CHECKPOINTS, "the other arm's critic, as it is"),
    ("swapped", "self_cosine_125", CHECKPOINTS, "the other arm's critic, before and after 125 steps"),
    ("fresh", "self_cosine_125", CHECKPOINTS, "a fresh critic, before and after 125 steps"),
    ("fresh", "cosine_1000", CHECKPOINTS, "own critic beside a fresh one after 1,000 steps"),
)
"""Kind, figure, checkpoint, words. Cosines are between gradients of the generator's loss, on the same samples."""


def table(found: Sequence[Course], lines: Sequence[Line]) -> str:
    """Means of the last checkpoint, or of all, for both arms, and their difference over pairs, of complete cells."""
    rows = []
    for name, pairs in counting(found, plan.ALL).items():
        for kind, key, at, words in ROWS:
            known = values(lines, kind, key)
            sides = [
                [known[run, at] for pair in pairs if ((run := getattr(pair, arm).run), at) in known]
                for arm in ("off", "on")
            ]
            change = differences(pairs, lines, kind, key, at)
            if len(change) < 2:
                continue
            rows.append(
                [name, words, str(len(change)), *(figure(pages.mean(side), 3) for side in sides),
                 span(inference.t_interval(change)), p_text(inference.sign_flip(change))]
            )
    head = ["cell", "the generator's gradient by", "pairs", "without", "with AdvAs", "difference (95 %)", "exact p"]
    return written(head, rows) if rows else "No pair has been looked at yet."
