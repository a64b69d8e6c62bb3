#!/usr/bin/env python3
"""Records what PyTorch computes for every row of samples.py, in float64, as Records/<name>.json.

With operands and parameters x, their cotangent r and weights s: `value` is y = f(x), `first` is dL/dx of L = <r, y>,
`second` is dM/dx and dM/dr of M = <s, dL/dx>. `moved` are buffers after the training step, `evaluation` is y with the
buffers as they were before it. Needs PyTorch (2.13 made the records); exit code 0 done.

    python3 Tests/LayersTests/record.py [NAME ...]
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from samples import SAMPLES, Sample
from torch import Tensor

FOLDER = Path(__file__).resolve().parent / "Records"


def values(generator: np.random.Generator, shape: list[int], gap: float = 0.0) -> Tensor:
    """Numbers of four digits between -1.5 and 1.5, none nearer to 0 than `gap`."""
    drawn = generator.uniform(-1.5, 1.5, shape)
    return torch.tensor(np.round(np.where(np.abs(drawn) < gap, drawn + np.copysign(gap, drawn), drawn), 4))


def entry(tensor: Tensor) -> dict[str, Any]:
    if tensor._is_zerotensor():  # Zeros without memory, which some derivatives are.
        tensor = torch.zeros(tensor.shape, dtype=tensor.dtype)
    return {"shape": list(tensor.shape), "values": tensor.detach().reshape(-1).tolist()}


def record(name: str, sample: Sample) -> dict[str, Any]:
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    module = sample.module().double()
    state = {key: value for key, value in module.state_dict().items() if value.is_floating_point()}
    for key, value in state.items():
        drawn = values(generator, list(value.shape))
        if key.endswith(("_u", "_v")):
            drawn = drawn / drawn.norm()
        if key.endswith("_var"):
            drawn = drawn.abs() + 0.5
        value.copy_(drawn)
    operands = [values(generator, [sample.batch, *shape], sample.gap) * sample.scale for shape in sample.inputs]
    operands = [x.round().clamp(-1, 1) for x in operands] if sample.ties else operands
    draws = {
        key: torch.tensor(np.round(generator.uniform(0, 1, [sample.batch, *shape]), 4))
        for key, shape in sample.draws.items()
    }
    parameters = [key for key, _ in module.named_parameters()]
    result: dict[str, Any] = {
        "yaml": sample.yaml,
        "parameters": parameters,
        "state": {key: entry(value) for key, value in state.items()},
        "operands": [entry(x) for x in operands],
        "draws": {key: entry(value) for key, value in draws.items()},
    }
    module.eval()
    result["evaluation"] = entry(module(*operands, **draws))
    module.train()
    inputs = [x.requires_grad_() for x in operands] + [value for _, value in module.named_parameters()]
    y = module(*inputs[: len(operands)], **draws)
    r = values(generator, list(y.shape)).requires_grad_()
    first = torch.autograd.grad((r * y).sum(), inputs, create_graph=True)
    s = [values(generator, list(x.shape)) for x in inputs]
    total = sum(((a * b).sum() for a, b in zip(s, first)), torch.zeros((), dtype=torch.float64))
    second = torch.autograd.grad(total, [*inputs, r], allow_unused=True)
    result |= {
        "value": entry(y),
        "cotangent": entry(r),
        "weights": [entry(x) for x in s],
        "first": [entry(x) for x in first],
        "second": [entry(torch.zeros_like(x) if g is None else g) for x, g in zip([*inputs, r], second)],
        "moved": {
            key: entry(value)
            for key, value in module.state_dict().items()
            if value.is_floating_point() and key not in parameters
        },
    }
    return result


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SAMPLES:
        text = json.dumps(record(name, SAMPLES[name]), separators=(",", ":")).replace('},"', '},\n"')
        (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
