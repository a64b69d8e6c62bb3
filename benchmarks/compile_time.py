#!/usr/bin/env python3
"""Measures how compilation grows with the graph: deep critics and generators, node by node.

    benchmarks/compile_time.py                     up to about 50,000 nodes
    benchmarks/compile_time.py --depths 8 64 512   layers of each network

Prints a line per depth: nodes as lowered, milliseconds of each stage, and microseconds per node,
which stay the same where compilation is linear. Every figure is the median of several runs.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAGES = ["load", "lower", "optimize", "plan"]


def spec(depth: int, width: int) -> str:
    """A ring game with two multilayer perceptrons of `depth` hidden layers."""
    return f"""spec: 1
name: deep
data: {{x: {{type: ring, batch: 16}}}}
latent: {{z: {{shape: [2]}}}}
networks:
  G: {{input: z, layers: [linear: {width}, repeat: {{times: {depth}, do: [relu, linear: {width}]}}, linear: 2]}}
  D:
    input: x
    layers: [linear: {width}, repeat: {{times: {depth}, do: [leaky_relu: 0.2, linear: {width}]}}, linear: 1]
objective: wgan
regularizers: [wgan_gp, advas]
optimizer: {{type: adam, lr: 1e-4, betas: [0, 0.9]}}
train: {{total: 1, threads: 2}}
"""


def measure(binary: Path, depth: int, width: int) -> tuple[int, dict[str, float]]:
    """Nodes as lowered and milliseconds by stage."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(spec(depth, width))
        file.flush()
        result = subprocess.run(
            [binary, "--timings", file.name], capture_output=True, text=True, check=True
        )
    stages = {
        name: float(time) for name, time in re.findall(r"^(\w+) +([\d.]+)$", result.stdout, re.M)
    }
    nodes = re.search(r"(\d+) nodes as lowered", result.stdout)
    if not nodes:
        raise SystemExit(f"no count of nodes in: {result.stdout}")
    return int(nodes[1]), stages


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--depths", type=int, nargs="+", default=[4, 16, 64, 256, 512])
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-graph")
    options = parser.parse_args()
    heads = ["layers", "nodes", *(f"{stage} ms" for stage in STAGES), "total ms", "us/node"]
    print("  ".join(head.rjust(11) for head in heads))
    for depth in options.depths:
        runs = [measure(options.binary, depth, options.width) for _ in range(options.repeats)]
        nodes = runs[0][0]
        times = [statistics.median(run[1].get(stage, 0) for run in runs) for stage in STAGES]
        cells = [str(depth), str(nodes), *(f"{time:.1f}" for time in times)]
        cells += [f"{sum(times):.1f}", f"{1000 * sum(times) / nodes:.1f}"]
        print("  ".join(cell.rjust(11) for cell in cells), flush=True)


if __name__ == "__main__":
    main()
