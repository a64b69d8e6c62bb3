#!/usr/bin/env python3
"""Prints where torch's parametrization starts the vectors of the game in SpectralStartTests.swift.

Nothing of advas is used: weights and first vectors are drawn by philox.py, the rest is torch's own.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from networks import FIRST_ITERATIONS, iterated, normalise, normalised_layers
from philox import normal, words

SEED = 3


def weight(name: str, layer: nn.Module) -> torch.Tensor:
    """As `nn.Linear` and its like start: uniform on ±1/sqrt(fan in), single precision."""
    shape = layer.weight.shape
    bound = np.float32(1 / np.sqrt(np.prod(shape[1:])))
    part = (words(SEED, f"init/{name}", int(np.prod(shape))) >> np.uint64(8)) * 2.0**-24
    values = (-float(bound) + 2 * float(bound) * part).astype(np.float32)
    return torch.from_numpy(values).double().reshape(shape)


def main() -> None:
    torch.set_default_dtype(torch.float64)
    networks = {
        "G": nn.Sequential(
            nn.Linear(3, 4),
            nn.Unflatten(1, (4, 1, 1)),
            nn.ConvTranspose2d(4, 4, 2, groups=2),
            nn.Tanh(),
            nn.Conv2d(4, 2, 2),
            nn.Flatten(),
        ),
        "D": nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)),
    }
    for network, module in networks.items():
        normalise(module)
        for number, layer in normalised_layers(module).items():
            place = f"{network}.{number}.weight_"
            first = weight(place + "orig", layer)
            count = first.numel() // first.shape[isinstance(layer, nn.ConvTranspose2d)]
            v = torch.from_numpy(normal(SEED, f"init/{place}v", count)).double()
            start = nn.functional.normalize(v, dim=0, eps=1e-12)
            for side, vector in zip("uv", iterated(layer, first, start, FIRST_ITERATIONS)):
                print(f'"{place}{side}": {vector.tolist()},')


if __name__ == "__main__":
    main()
