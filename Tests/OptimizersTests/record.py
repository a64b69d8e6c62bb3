#!/usr/bin/env python3
"""Records where every row of samples.py moves a parameter in five steps, in float64, as Records/<name>.json.

`after` is the parameter after each step, by the gradient of that step. Needs PyTorch (2.13 made the records); exit
code 0 done.

    python3 Tests/OptimizersTests/record.py [NAME ...]
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
from samples import SAMPLES, Sample

FOLDER = Path(__file__).resolve().parent / "Records"
STEPS, COUNT = 5, 6


def record(name: str, sample: Sample) -> dict[str, object]:
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    start, *gradients = np.round(generator.uniform(-1.5, 1.5, (STEPS + 1, COUNT)), 4)
    parameter = torch.tensor(start, requires_grad=True)
    optimizer = sample.optimizer([parameter])
    after = []
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        after.append(parameter.detach().tolist())
    return {
        "yaml": sample.yaml,
        "parameter": start.tolist(),
        "gradients": [g.tolist() for g in gradients],
        "after": after,
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SAMPLES:
        text = json.dumps(record(name, SAMPLES[name]), separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(text.replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
