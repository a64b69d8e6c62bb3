"""Torch modules and losses for the games."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from games import Layer, Layers


class Residual(nn.Module):
    def __init__(self, main: Layers, shortcut: Layers) -> None:
        super().__init__()
        self.main = build(main)
        self.shortcut = build(shortcut)

    def forward(self, value: Tensor) -> Tensor:
        return self.main(value) + self.shortcut(value)


class GlobalSum(nn.Module):
    def forward(self, value: Tensor) -> Tensor:
        return value.sum((2, 3))


def build(layers: Layers) -> nn.Sequential:
    return nn.Sequential(*(module(layer) for layer in layers))


def module(layer: Layer) -> nn.Module:
    match layer:
        case ("linear", fan_in, out):
            return nn.Linear(fan_in, out)
        case ("conv", fan_in, out, kernel, stride, padding):
            return nn.Conv2d(fan_in, out, kernel, stride=stride, padding=padding)
        case ("conv_transpose", fan_in, out, kernel, stride, padding):
            return nn.ConvTranspose2d(fan_in, out, kernel, stride=stride, padding=padding)
        case ("batch_norm", channels):
            return nn.BatchNorm2d(channels)
        case ("relu",):
            return nn.ReLU()
        case ("leaky_relu", slope):
            return nn.LeakyReLU(slope)
        case ("tanh",):
            return nn.Tanh()
        case ("flatten",):
            return nn.Flatten()
        case ("reshape", *shape):
            return nn.Unflatten(1, tuple(shape))
        case ("upsample",):
            return nn.Upsample(scale_factor=2)
        case ("average_pool",):
            return nn.AvgPool2d(2)
        case ("global_sum",):
            return GlobalSum()
        case ("residual", main, shortcut):
            return Residual(main, shortcut)
    raise ValueError(f"unknown layer {layer}")


@dataclass(frozen=True)
class Objective:
    """Losses by their parts, each a function of scores; D's falls into a real and a made part."""

    real: Callable[[Tensor], Tensor]
    fake: Callable[[Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


OBJECTIVES = {
    "wgan": Objective(
        real=lambda r: -r.mean(), fake=lambda f: f.mean(), generator=lambda f: -f.mean()
    ),
    "hinge": Objective(
        real=lambda r: torch.relu(1 - r).mean(),
        fake=lambda f: torch.relu(1 + f).mean(),
        generator=lambda f: -f.mean(),
    ),
}
