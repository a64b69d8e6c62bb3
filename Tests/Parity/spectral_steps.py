#!/usr/bin/env python3
"""How far Adam moves the generator of a game with spectral norm, beside the same game without.

A first look through a norm that has not found its singular vectors gives gradients thousands of times too large, and
Adam's second moments then hold its steps at a few percent of the rate for a thousand rounds. Here the mean step, in
units of the rate, must be alike with the norm and without, in every update rule and order of the players.

    Tests/Parity/spectral_steps.py [--binary PATH] [--rounds 200]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import torch
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]
RATE = 1e-3
LEAST, MOST = 0.5, 2.0  # of the step without the norm

UPDATES = ("alternating", "simultaneous", "extragradient", "consensus")
ORDERS = ("[discriminator, generator]", "[generator, discriminator]")
CARRIERS = {"without": "", "D": "spectral_norm", "G": "spectral_norm: {player: generator}",
            "D+G": "spectral_norm: {player: [discriminator, generator]}"}  # fmt: skip

SPEC = """spec: 1
name: steps
seed: 2
data: {{x: {{type: ring, modes: 5, batch: 16}}}}
latent: {{z: {{shape: [4]}}}}
networks:
  G: {{input: z, layers: [{{linear: 16}}, relu, {{linear: 2}}]}}
  D:
    input: x
    layers: [{{linear: 32}}, {{leaky_relu: 0.2}}, {{linear: 32}}, {{leaky_relu: 0.2}}, {{linear: 32}}, {{leaky_relu: 0.2}}, {{linear: 1}}]
objective: hinge
regularizers: [{norm}]
optimizer: {{type: adam, lr: {rate}, betas: [0.9, 0.999]}}
train: {{total: {rounds}, update: {update}, order: {order}}}
checkpoint: {{every: 1, keep: 100000}}
samples: null
"""


def weights(checkpoint: Path) -> torch.Tensor:
    """All parameters of G, one after the other."""
    tensors = load_file(checkpoint)
    names = sorted(n for n in tensors if n.startswith("G.") and not n.endswith(("_u", "_v")))
    return torch.cat([tensors[name].double().flatten() for name in names])


def mean_step(binary: Path, folder: Path, rounds: int, update: str, order: str, norm: str) -> float:
    """The mean of |step| over all parameters and rounds, in units of the rate."""
    spec = folder / "spec.yaml"
    item = "{" + norm + "}" if ":" in norm else norm
    spec.write_text(SPEC.format(norm=item, rate=RATE, rounds=rounds, update=update, order=order))
    out = folder / f"{len(list(folder.iterdir()))}"
    subprocess.run([binary, spec, "--out", out, "--threads", "1"], check=True, capture_output=True)
    points = [weights(path) for path in sorted(out.glob("*/checkpoint-*.safetensors"))]
    steps = torch.stack([(b - a).abs() for a, b in zip(points, points[1:])])
    assert len(steps) >= rounds - 1, f"{len(steps)} steps of {rounds}"
    return float(steps.mean()) / RATE


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    print(f"{'update':14s} {'order':28s}" + "".join(f" {name:>9s}" for name in CARRIERS))
    faults = 0
    with tempfile.TemporaryDirectory(prefix="advas-steps-") as name:
        for update, order in product(UPDATES, ORDERS):
            means = [
                mean_step(options.binary, Path(name), options.rounds, update, order, norm)
                for norm in CARRIERS.values()
            ]
            faults += sum(not LEAST <= mean / means[0] <= MOST for mean in means)
            print(f"{update:14s} {order:28s}" + "".join(f" {mean:9.3f}" for mean in means), flush=True)
    print(f"steps in units of the rate, over {options.rounds} rounds" + (f", {faults} too far" if faults else ""))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
