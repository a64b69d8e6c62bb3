#!/usr/bin/env python3
"""What D gains from real and made samples in one call: `benchmarks/stacking.py [GAME ...]`.

Two calls of D are two products a layer and direction with the same weight, or two weight-gradients that
are added; stacked they are one, of twice the rows and the same operations. Here D takes its step without
penalties, its two batches once as two streams and once as the halves of one, so that nothing is copied to
stack them: no pass could gain more. Programs take turns; `ratio` is the median of each turn's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from math import prod
from pathlib import Path

from programs import DCGAN, ROOT, SPECS, advas, settings
from tables import Row, commit, machine, table
from turns import Failed, output


@dataclass(frozen=True)
class Subject:
    spec: str
    shape: list[int]
    batch: int
    rounds: int


SUBJECTS = {
    "ring": Subject(SPECS["ring"], [2], 256, 2000),
    "dcgan28": Subject(DCGAN, [1, 28, 28], 64, 60),
    "sndcgan32": Subject(SPECS["sndcgan32"], [3, 32, 32], 64, 6),
    "resnet32": Subject(SPECS["resnet32"], [3, 32, 32], 32, 6),
}
NONE = settings("regularizers=[]")
TWO_CALLS = "mean(D(b)) - mean(D(a))"
ONE_CALL = "mean(D(a), half=2) - mean(D(a), half=1)"


def spec(subject: Subject, loss: str) -> str:
    """The game with a step of D alone; G is next to nothing."""
    streams = "a" if loss == ONE_CALL else "ab"
    batch = 2 * subject.batch // len(streams)
    lines = "".join(
        f"  {name}: {{shape: {subject.shape}, distribution: uniform, batch: {batch}}}\n"
        for name in streams
    )
    return f"""\
spec: 1
name: stacking
include: {ROOT / subject.spec}
lint: {{silence: [unconstrained_critic]}}
latent:
{lines}networks: {{G: {{layers: [{{linear: {prod(subject.shape)}}}, {{reshape: {subject.shape}}}]}}}}
players:
  discriminator: {{minimizes: "{loss}"}}
  generator: {{minimizes: "mean(G(z)^2)"}}
"""


def row_of(game: str, repeats: int, cores: list[int]) -> Row:
    subject = SUBJECTS[game]
    times: dict[str, list[float]] = {TWO_CALLS: [], ONE_CALL: []}
    with tempfile.TemporaryDirectory(prefix="advas-stacking-") as folder:
        for turn in range(repeats):
            for number, loss in enumerate(list(times)[:: 1 if turn % 2 else -1]):
                path = Path(folder) / f"{number}.yaml"
                path.write_text(spec(subject, loss))
                said = output(advas(str(path), subject.rounds, len(cores), *NONE), cores)
                times[loss].append(statistics.median(json.loads(said.splitlines()[-1])["round_ms"]))
    ratios = [one / two for two, one in zip(*times.values())]
    medians = [f"{statistics.median(values):.3g}" for values in times.values()]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    return [game, *medians, f"{statistics.median(ratios):.3f}", spread]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("games", nargs="*", help=f"of {', '.join(SUBJECTS)}; default all")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7, help="turns of both programs")
    options = parser.parse_args()
    if unknown := set(options.games) - set(SUBJECTS):
        parser.error(f"unknown {', '.join(unknown)}; known: {', '.join(SUBJECTS)}")
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    lines = [["game", "two calls, ms", "one call, ms", "ratio", "spread"]]
    lines += [row_of(game, options.repeats, cores) for game in options.games or SUBJECTS]
    print(f"{machine()}; {len(cores)} threads; commit {commit()}\n\n{table(lines)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"stacking: {failure}")
