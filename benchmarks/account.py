#!/usr/bin/env python3
"""Where the time of a round goes, against what the machine can do: `make bench-account`.

    benchmarks/account.py               all games
    benchmarks/account.py dcgan28       one

Sums `advas-run profile` over kinds of kernels. Products and convolutions are held against sgemm:
their operations count as sums of products, so that minimal filtering may exceed it. All others are
held against a copy: bytes of operands and results over time, which exceeds it where they are in
cache. `at peak` is the time that the kind would take at those rates.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from typing import Any

from programs import SPECS, binary
from tables import Row, commit, machine, peaks, peaks_text, table
from turns import Failed, answer

ROUNDS = {"ring": 300, "dcgan28": 10, "sndcgan32": 5, "resnet32": 5, "biggan32": 3, "sagan32": 3, "stylegan2": 16, "r3gan28": 4}


@dataclass
class Line:
    """One line of a profile; figures are per round."""

    layer: str
    kernel: str
    order: int
    calls: float
    ms: float
    gflops: float
    gbs: float


def parsed(said: dict[str, Any]) -> list[Line]:
    """The lines of the table that `profile --json` prints; raises Failed when there are none."""
    keys = ("layer", "kernel", "order", "calls", "milliseconds", "gigaflops", "gigabytes")
    lines = [Line(*(row[key] for key in keys)) for row in said.get("costs", [])]
    if not lines:
        raise Failed("the profile names no kernel")
    return lines


def kind(kernel: str) -> str:
    if kernel.startswith("convolution") or kernel == "matmul":
        return kernel
    return kernel if kernel in ("sum", "mean", "max", "min", "copy", "fill") else "elementwise"


def is_dense(name: str) -> bool:
    return name.startswith(("convolution", "matmul"))


def rows_of(game: str, lines: list[Line], peak: dict[str, float]) -> list[Row]:
    total = sum(line.ms for line in lines)
    kinds: dict[str, list[Line]] = {}
    for line in lines:
        kinds.setdefault(kind(line.kernel), []).append(line)
    rows = []
    for name, members in sorted(kinds.items(), key=lambda item: -sum(l.ms for l in item[1])):
        ms = sum(line.ms for line in members)
        rate = sum(l.ms * (l.gflops if is_dense(name) else l.gbs) for l in members) / max(ms, 1e-9)
        limit = peak["sgemm_gflops" if is_dense(name) else "copy_gbs"]
        rows.append(
            [
                game,
                name,
                f"{sum(line.calls for line in members):.6g}",
                f"{ms:.3g}",
                f"{100 * ms / total:.0f}%",
                f"{rate:.0f} GF/s" if is_dense(name) else f"{rate:.1f} GB/s",
                f"{100 * rate / limit:.0f}%",
                f"{ms * rate / limit:.3g}",
            ]
        )
    return [*rows, [game, "all kernels", "", f"{total:.4g}", "", "", "", ""]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("games", nargs="*", help=f"of {', '.join(SPECS)}; default all")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if unknown := set(options.games) - set(SPECS):
        parser.error(f"unknown {', '.join(unknown)}; known: {', '.join(SPECS)}")
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    peak = peaks(cores)
    table_rows = [["game", "kernels", "calls", "ms", "share", "rate", "of peak", "ms at peak"]]
    for game in options.games or SPECS:
        command = [binary("advas-run"), "profile", SPECS[game], "--rounds", str(ROUNDS[game])]
        said = answer([*command, "--threads", str(len(cores)), "--json"], cores)
        table_rows += rows_of(game, parsed(said), peak)
    print(f"{machine()}; {len(cores)} threads; commit {commit()}; {peaks_text(peak)}")
    print(f"\n{table(table_rows, left=2)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"account: {failure}")
