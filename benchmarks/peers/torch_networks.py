"""Torch modules and losses for the games."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from games import Layer, Layers


class Residual(nn.Module):
    def __init__(self, main: Layers, shortcut: Layers, *, tracks: bool) -> None:
        super().__init__()
        self.main = build(main, tracks=tracks)
        self.shortcut = build(shortcut, tracks=tracks)

    def forward(self, value: Tensor) -> Tensor:
        return self.main(value) + self.shortcut(value)


class GlobalSum(nn.Module):
    def forward(self, value: Tensor) -> Tensor:
        return value.sum((2, 3))


def build(layers: Layers, *, tracks: bool = True) -> nn.Sequential:
    """`tracks`: whether batch norm keeps running statistics."""
    return nn.Sequential(*(module(layer, tracks) for layer in layers))


def module(layer: Layer, tracks: bool) -> nn.Module:
    match layer:
        case ("linear", fan_in, out):
            return nn.Linear(fan_in, out)
        case ("conv", fan_in, out, kernel, stride, padding):
            return nn.Conv2d(fan_in, out, kernel, stride=stride, padding=padding)
        case ("conv_transpose", fan_in, out, kernel, stride, padding):
            return nn.ConvTranspose2d(fan_in, out, kernel, stride=stride, padding=padding)
        case ("batch_norm", channels):
            return nn.BatchNorm2d(channels, track_running_stats=tracks)
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
            return Residual(main, shortcut, tracks=tracks)
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
    "non_saturating": Objective(
        real=lambda r: softplus(-r).mean(),
        fake=lambda f: softplus(f).mean(),
        generator=lambda f: softplus(-f).mean(),
    ),
    "minimax": Objective(
        real=lambda r: softplus(-r).mean(),
        fake=lambda f: softplus(f).mean(),
        generator=lambda f: -softplus(f).mean(),
    ),
    "least_squares": Objective(
        real=lambda r: 0.5 * (r - 1).square().mean(),
        fake=lambda f: 0.5 * f.square().mean(),
        generator=lambda f: 0.5 * (f - 1).square().mean(),
    ),
}
