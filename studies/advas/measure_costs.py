"""Measures what a round costs in every cell and arm, both arms of a pair side by side, on a machine that does nothing else.

    python3 studies/advas/measure_costs.py    writes costs.json beside this file; about five minutes

Each pair is measured three times, in processes of their own; a cost is the median of their medians. Rounds of the study
follow from the committed file, so that this need not be run again to reproduce it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import plan
from plan import CELLS, HERE, ON, PHOTOGRAPHS, RING, ROOT, WITHOUT, Cell

REPEATS = 3
SECONDS = 5.0
"""What a process measures at least, by the provisional costs."""


def command(binary: Path, cell: Cell, setting: str, core: int, milliseconds: float) -> list[str]:
    rounds = max(20, round(SECONDS * 1000 / milliseconds))
    return [
        "taskset", "-c", str(core), str(binary), "benchmark", str(HERE / cell.spec), "--threads", "1",
        "--rounds", str(rounds), "--set", setting,
        "--set", f"players.discriminator.steps={cell.steps}",
    ]


def medians(binary: Path, cell: Cell) -> list[float]:
    """Milliseconds a round of both arms, measured at once on a core each."""
    commands = [
        command(binary, cell, setting, core, ms)
        for core, (setting, ms) in enumerate(zip((WITHOUT, ON), cell.provisional))
    ]

    def answer(arguments: list[str]) -> float:
        said = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return statistics.median(json.loads(said.splitlines()[-1])["round_ms"])

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(answer, commands))


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())


def kept(path: Path, cells: list[Cell], part: str) -> dict[str, Any]:
    """What a file of costs has of the cells that are not measured now. A cell without a cost would never be planned."""
    known = json.loads(path.read_text())[part] if path.exists() else {}
    left_out = {cell.name for cell in plan.ALL} - {cell.name for cell in cells}
    return {name: entry for name, entry in known.items() if name in left_out}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--output", type=Path, default=HERE / "costs.json")
    options = parser.parse_args()
    # Photographs that are not there are left out, and keep the cost that they have.
    cells = [cell for cell in (RING, *CELLS, PHOTOGRAPHS) if cell is not PHOTOGRAPHS or "CIFAR10" in os.environ]
    if PHOTOGRAPHS not in cells and not kept(options.output, cells, "milliseconds"):
        print("photographs get no cost and are not planned: CIFAR10 does not name their folder", file=sys.stderr)
    # What is measured is a load itself.
    load = os.getloadavg()[0]
    found: dict[str, list[list[float]]] = {cell.name: [] for cell in cells}
    for _ in range(REPEATS):
        for cell in cells:
            found[cell.name].append(medians(options.binary.resolve(), cell))
            print(cell.name, *(f"{ms:.2f}" for ms in found[cell.name][-1]), file=sys.stderr, flush=True)
    result = {
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "measured": time.strftime("%Y-%m-%d"),
        "load": round(load, 2),
        "milliseconds": {
            name: {
                arm: float(f"{statistics.median(pair[index] for pair in pairs):.4g}")
                for index, arm in enumerate(("off", "on"))
            }
            for name, pairs in found.items()
        } | kept(options.output, cells, "milliseconds"),
        "processes": {
            name: [[float(f"{ms:.4g}") for ms in pair] for pair in pairs] for name, pairs in found.items()
        } | kept(options.output, cells, "processes"),
    }
    options.output.write_text(json.dumps(result, indent=1) + "\n")
    for name, pair in result["milliseconds"].items():
        cell = next(cell for cell in plan.ALL if cell.name == name)
        rounds = [plan.rounds_of(cell.budget, ms) for ms in pair.values()]
        print(f"{name}: {pair['off']} and {pair['on']} ms, {rounds[0]:,} and {rounds[1]:,} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
