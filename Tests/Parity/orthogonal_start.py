#!/usr/bin/env python3
"""Prints how torch's QR makes weights orthogonal that InitializationTests.swift compares with.

Nothing of advas is used: normal numbers are drawn by philox.py, the rest is what torch.nn.init.orthogonal_ does.
"""

from __future__ import annotations

import torch

from philox import normal

SEED = 3


def orthogonal(name: str, rows: int, columns: int, gain: float) -> torch.Tensor:
    drawn = torch.from_numpy(normal(SEED, f"init/{name}", rows * columns)).double().reshape(rows, columns)
    q, r = torch.linalg.qr(drawn if rows >= columns else drawn.t())
    q = q * r.diagonal().sign()
    return gain * (q if rows >= columns else q.t())


def main() -> None:
    for name, rows, columns, gain in [("G.0.weight", 2, 3, 1.0), ("G.1.weight", 3, 2, 2**0.5)]:
        print(f'"{name}": {orthogonal(name, rows, columns, gain).reshape(-1).tolist()},')


if __name__ == "__main__":
    main()
