#!/usr/bin/env python3
"""Fits Sources/Execution/Tables/costs.table, from which `advas-run check` predicts the time of a round.

Profiles games on one and two threads, fits what calls of each class take as

    microseconds + flop * operations / (machine's FLOP/s) + bytes * bytes moved / (machine's B/s)

with coefficients that are not negative and small relative errors, and prints how far predictions are from
measured rounds, also with the game itself left out of the fit. Needs a quiet machine, numpy and scipy.

    benchmarks/fit_costs.py --write
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "Sources/Execution/Tables/costs.table"
GAMES = """specs/ring/wgan-gp-advas.yaml specs/fashion-mnist/wgan-gp-advas.yaml
    benchmarks/specs/sndcgan32.yaml benchmarks/specs/resnet32.yaml specs/resnet/sngan28.yaml
    specs/resnet/biggan28.yaml specs/shapes/gan.yaml specs/fashion-mnist/demo.yaml
    specs/ring/gan.yaml specs/zoo/r1.yaml""".split()
# Of what no game runs: an ordinary call.
OTHERS = np.array([4.0, 2.0, 1.5])

HEAD = """\
# What calls of a kernel take: microseconds, and two factors on what the machine's ceilings allow, for operations
# and for bytes moved. A call of less than a megabyte is `small`: what it moves stays in caches.
# Fitted by benchmarks/fit_costs.py on {games} games with 1 and 2 threads; `any` is for what none of them runs.
#
# class                              microseconds    flop   bytes
"""


@dataclass
class Call:
    kind: str
    calls: float
    cost: np.ndarray  # 1, ms at the ceiling of operations, ms at that of memory
    ms: float  # of one call


@dataclass
class Measured:
    game: str
    threads: int
    round_ms: float
    calls: list[Call]

    def predicted(self, table: dict[str, np.ndarray]) -> float:
        return sum(c.calls * float(table.get(c.kind, OTHERS * [1e-3, 1, 1]) @ c.cost) for c in self.calls)


def run(binary: Path, *arguments: str) -> str:
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


def measure(binary: Path, game: str, threads: int, rounds: int) -> Measured:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        run(binary, "profile", game, "--rounds", str(rounds), "--threads", str(threads), "--out", file.name)
        profile: dict[str, Any] = json.loads(Path(file.name).read_text())
    bench = json.loads(run(binary, "benchmark", game, "--rounds", str(2 * rounds), "--threads", str(threads)))
    place = {name: index for index, name in enumerate(profile["columns"])}
    peak, memory = profile["ceiling"]["gflops"] * 1e6, profile["ceiling"]["gbytes"] * 1e6
    calls = []
    for row in profile["rows"]:
        kind, count = row[place["class"]], row[place["calls"]]
        if kind and count > 0:
            cost = np.array([1, row[place["flop"]] / count / peak, row[place["bytes"]] / count / memory])
            calls.append(Call(kind, count, cost, row[place["ms"]] / count))
    return Measured(game, threads, statistics.median(bench["round_ms"]), calls)


def fit(measured: list[Measured]) -> dict[str, np.ndarray]:
    groups: dict[str, list[Call]] = {}
    for game in measured:
        for call in game.calls:
            groups.setdefault(call.kind, []).append(call)
    table = {}
    for kind, calls in groups.items():
        costs, times = np.array([c.cost for c in calls]), np.array([c.ms for c in calls])
        # Between absolute and relative errors: large calls matter, and so do many small ones.
        weights = np.sqrt([c.calls for c in calls]) / np.sqrt(times + 0.002)
        table[kind] = nnls(costs * weights[:, None], times * weights)[0]
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--rounds", type=int, default=4, help="rounds of each profile")
    parser.add_argument("--write", action="store_true", help="write the table")
    options = parser.parse_args()
    measured = [measure(options.binary, g, t, options.rounds) for g in GAMES for t in (1, 2)]
    table = fit(measured)
    print(f"{'game':40} threads  round ms  predicted  ratio  left out")
    for game in measured:
        rest = fit([other for other in measured if other.game != game.game])
        ratios = [game.predicted(t) / game.round_ms for t in (table, rest)]
        print(
            f"{game.game:40} {game.threads:7} {game.round_ms:9.2f} {game.predicted(table):10.2f}"
            f" {ratios[0]:6.2f} {ratios[1]:9.2f}"
        )
    lines = [HEAD.format(games=len(GAMES))]
    for kind, (start, flop, moved) in sorted([*table.items(), ("any", OTHERS * [1e-3, 1, 1])]):
        lines.append(f"{kind:36} {1000 * start:12.2f} {flop:7.2f} {moved:7.2f}\n")
    if options.write:
        TABLE.write_text("".join(lines))
    else:
        print("".join(lines), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
