#!/usr/bin/env python3
"""How time and memory grow, beside PyTorch's eager mode: `make bench-scaling`.

    benchmarks/scaling.py                   batch, width, image size, and other games
    benchmarks/scaling.py batch --quick     one of them, one process for each point

The game is dcgan28 (WGAN-GP and AdvAs) with another batch, width or image size: its networks grow
with the square of the width, its images with the square of their size. `games` is the same networks
with plain WGAN-GP and with the logistic loss and R1, without and with AdvAs. The programs take
turns at every point; times are medians of a process's rounds, then of its processes.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass

from costs import costs
from programs import DCGAN, Command, advas, peer, rules, sizes
from tables import Row, commit, machine, peaks, peaks_text, table
from turns import Failed, take_turns


@dataclass(frozen=True)
class Point:
    """One game of one size, as advas and as its peers take it."""

    title: str
    settings: Command
    peer: Command


def sized(title: str, **values: int) -> Point:
    return Point(title, *sizes(**values))


def ruled(title: str, objective: str, penalty: str, advas: bool) -> Point:
    return Point(title, *rules(objective, penalty, advas))


SWEEPS = {
    "batch": [sized(f"batch {n}", batch=n) for n in (16, 32, 64, 128, 256)],
    "width": [sized(f"width {n}", width=n) for n in (16, 32, 64, 96, 128)],
    "size": [sized(f"{n}x{n}, batch 16", size=n, batch=16) for n in (28, 48, 64, 96, 128)],
    "games": [
        ruled("WGAN-GP", "wgan", "wgan_gp", False),
        ruled("WGAN-GP + AdvAs", "wgan", "wgan_gp", True),
        ruled("logistic + R1", "non_saturating", "r1", False),
        ruled("logistic + R1 + AdvAs", "non_saturating", "r1", True),
    ],
}
HEAD = "game,GFLOP,advas ms,torch ms,faster by,plan MB,advas peak MB,torch peak MB,share"


def measured(point: Point, repeats: int, rounds: int, cores: list[int]) -> Row:
    """One line of the table; raises Failed where a program failed."""
    threads = len(cores)
    commands = {
        "advas": advas(DCGAN, rounds, threads, *point.settings),
        "torch": peer("torch_rounds.py", "dcgan", rounds, threads, "--warm-up", "2", *point.peer),
    }
    runs = take_turns(commands, dict.fromkeys(commands, repeats), cores)
    for name, found in runs.items():
        if found.failure:
            raise Failed(f"{point.title}, {name}: {found.failure}")
    ours, theirs = runs["advas"], runs["torch"]
    planned = costs(DCGAN, tuple(point.settings))
    return [
        point.title,
        f"{planned.round / 1e9:.4g}",
        f"{ours.median:.1f}",
        f"{theirs.median:.1f}",
        f"{theirs.median / ours.median:.2f}x",
        f"{(planned.arena + planned.state) / 1e6:.0f}",
        f"{ours.memory:.0f}",
        f"{theirs.memory:.0f}",
        f"{ours.memory / theirs.memory:.2f}",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("sweeps", nargs="*", help=f"of {', '.join(SWEEPS)}; default all")
    parser.add_argument("--quick", action="store_true", help="one process for each point, not two")
    parser.add_argument("--rounds", type=int, default=4, help="timed rounds of a process")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if unknown := set(options.sweeps) - set(SWEEPS):
        parser.error(f"unknown {', '.join(unknown)}; known: {', '.join(SWEEPS)}")
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    print(f"{machine()}; {len(cores)} threads; commit {commit()}; {peaks_text(peaks(cores))}")
    for sweep in options.sweeps or SWEEPS:
        lines = [HEAD.split(",")]
        for point in SWEEPS[sweep]:
            print(point.title, file=sys.stderr, flush=True)
            lines.append(measured(point, 1 if options.quick else 2, options.rounds, cores))
        print(f"\n{sweep}\n{table(lines)}", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"scaling: {failure}")
