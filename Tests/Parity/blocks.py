"""Blocks and layers of published networks as torch modules; the place of a module is that of its layer in the spec.

An entry of a spec that is a block is a list of its own, and so `Layers` within `Layers` here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

# Behind this folder, which has a module `record` of its own.
sys.path.append(str(Path(__file__).resolve().parents[1] / "LayersTests"))
import torch_layers  # noqa: E402

Norm = Callable[[int], nn.Module]


class Layers(nn.Sequential):
    """Layers one after the other; those that are `Conditional` see the class, too."""

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        for layer in self:
            x = layer(x, y) if isinstance(layer, (Layers, Conditional)) else layer(x)
        return x


class Conditional(nn.Module):
    """A layer of x and of one-hot classes y, or of another vector."""


class Heads(Layers):
    """Layers, and behind the last of them outputs side by side, with their names in the spec."""

    def __init__(self, *layers: nn.Module, **heads: nn.Module) -> None:
        super().__init__(*layers)
        self.heads = tuple(heads)
        for name, head in heads.items():
            self.add_module(name, head)

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        for name, layer in self.named_children():
            if name not in self.heads:
                x = layer(x, y) if isinstance(layer, (Layers, Conditional)) else layer(x)
        return torch.cat([getattr(self, name)(x) for name in self.heads], dim=1)


class Residual(Conditional):
    """main(x) + shortcut(x), with raw x on both ways."""

    def __init__(self, main: Layers, shortcut: Layers | None = None) -> None:
        super().__init__()
        self.main = main
        if shortcut is not None:
            self.shortcut = shortcut

    def forward(self, x: Tensor, y: Tensor | None = None, other: Tensor | None = None) -> Tensor:
        """The shortcut starts at `other` where a spec says so."""
        start = x if other is None else other
        return self.main(x, y) + (self.shortcut(start, y) if hasattr(self, "shortcut") else start)


class ConditionalBatchNorm(torch_layers.ConditionalBatchNorm, Conditional):
    """Batch norm whose scale and shift are rows of tables (Miyato and Koyama 2018); scales are 1 + row."""


class SelfAttention(torch_layers.SelfAttention):
    """SAGAN's, whose questions and keys have an eighth of the channels."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, 8)


class Embedding(nn.Linear):
    """A row of the table for each one-hot class: `[classes, features]`, as nn.Embedding has it."""

    def __init__(self, classes: int, features: int) -> None:
        super().__init__(features, classes, bias=False)

    def forward(self, y: Tensor) -> Tensor:
        return y @ self.weight


class ProjectionHead(Conditional):
    """L(x) + <E(y), x> (Miyato and Koyama 2018, equation 11)."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, 1)
        self.embed = Embedding(classes, features)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.linear(x) + (self.embed(y) * x).sum(1, keepdim=True)


class SumPool(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.sum((2, 3))


class MeanPool(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))


class Bare(nn.Module):
    """A layer without parameters."""

    def __init__(self, value: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.value = value

    def forward(self, x: Tensor) -> Tensor:
        return self.value(x)


def conv3(inputs: int, outputs: int) -> Layers:
    return Layers(nn.Conv2d(inputs, outputs, 3, padding=1))


def conv1(inputs: int, outputs: int) -> Layers:
    return Layers(nn.Conv2d(inputs, outputs, 1))


def nearest() -> nn.Module:
    return nn.Upsample(scale_factor=2)


def up(i: int, o: int, norm: Norm) -> Layers:
    main = Layers(norm(i), nn.ReLU(), nearest(), conv3(i, o), norm(o), nn.ReLU(), conv3(o, o))
    return Layers(Residual(main, Layers(nearest(), conv1(i, o))))


def first(i: int, o: int) -> Layers:
    main = Layers(conv3(i, o), nn.ReLU(), conv3(o, o), nn.AvgPool2d(2))
    return Layers(Residual(main, Layers(nn.AvgPool2d(2), conv1(i, o))))


def down(i: int, o: int, hidden: int) -> Layers:
    main = Layers(nn.ReLU(), conv3(i, hidden), nn.ReLU(), conv3(hidden, o), nn.AvgPool2d(2))
    return Layers(Residual(main, Layers(conv1(i, o), nn.AvgPool2d(2))))


def wider(i: int, o: int, hidden: int) -> Layers:
    main = Layers(nn.ReLU(), conv3(i, hidden), nn.ReLU(), conv3(hidden, o))
    return Layers(Residual(main, Layers(conv1(i, o))))


def same(c: int) -> Layers:
    return Layers(Residual(Layers(nn.ReLU(), conv3(c, c), nn.ReLU(), conv3(c, c))))
