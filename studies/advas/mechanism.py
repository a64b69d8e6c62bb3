"""Whose adversary is better, and whose task is easier: the arms of a pair with a fresh and with each other's adversary."""

from __future__ import annotations

import json
from pathlib import Path

from plan import CHECKPOINTS, Run, Unit
from readouts import Line
from training import Machinery, cosines, folder, head


def checkpoint(run: Run, part: int, machinery: Machinery) -> Path:
    """The state of a run after `part` fifths of its rounds."""
    number = run.rounds // CHECKPOINTS * part
    return folder(run, machinery) / f"checkpoint-{number:06d}.safetensors"


def entries(other: Path) -> str:
    """A fresh adversary takes 125 and 1,000 steps against this generator, the other arm's 0 and 125."""
    return (
        "metrics=[{optimality: {name: fresh, samples: 1024, steps: [125, 1000], start: fresh}}, "
        "{optimality: {name: swapped, samples: 1024, steps: [0, 125], start: "
        f'"{other}"' "}}]"
    )


def measure(pair: Unit, machinery: Machinery) -> list[Line]:
    """Lines of both arms, a `fresh` and a `swapped` one at each checkpoint that the plan names.

    Both arms' checkpoints stand at the same share of the budget, not at the same round.
    """
    lines: list[Line] = []
    for run, other in zip(pair, reversed(pair)):
        for part in run.cell.swapped_checkpoints(run.seed):
            said = machinery.call(
                ["evaluate", str(checkpoint(run, part, machinery)), "--threads", "1", "--json"]
                + ["--set", entries(checkpoint(other, part, machinery))]
            )
            answer = json.loads(said.strip().splitlines()[-1])
            for kind in ("fresh", "swapped"):
                lines.append(
                    {**head(run, machinery), "round": answer["round"], "kind": kind}
                    | cosines(answer["metrics"][kind])
                )
    return lines


def averaged(run: Run, machinery: Machinery) -> float:
    """FID of the averaged generator at the end of a run."""
    said = machinery.call(
        ["evaluate", str(checkpoint(run, CHECKPOINTS, machinery)), "--threads", "1", "--json"]
        + ["--set", f"metrics=[{{fid: {{samples: 10000, reals: {run.cell.reals}, use: ema}}}}]"]
    )
    return json.loads(said.strip().splitlines()[-1])["metrics"]["fid"]["value"]
