"""What a row of samples.py says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor, nn

from torch_layers import Function, Learned


@dataclass
class Sample:
    yaml: str
    inputs: list[list[int]]
    module: Callable[[], nn.Module]
    batch: int = 3
    # No element of an operand is nearer to 0: away from the kinks of piecewise linear layers.
    gap: float = 0.0
    # Elements of operands are so many times as large.
    scale: float = 1.0
    # Elements of operands are whole numbers of -1, 0 and 1.
    ties: bool = False
    # Draws of the layer: name to shape of one sample, uniform on [0, 1).
    draws: dict[str, list[int]] = field(default_factory=dict)


def function(f: Callable[..., Tensor]) -> Callable[[], nn.Module]:
    return lambda: Function(f)


def learned(name: str, shape: list[int], f: Callable[..., Tensor]) -> Callable[[], nn.Module]:
    return lambda: Learned(name, shape, f)
