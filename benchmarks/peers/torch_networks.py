"""Torch modules and losses for the games."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d, max_pool2d, softplus

from games import Layer, Layers


class Conditional(nn.Module):
    """A layer that sees the class, one-hot."""


class Network(nn.Sequential):
    """Layers one after the other."""

    def forward(self, value: Tensor, y: Tensor | None = None) -> Tensor:
        for layer in self:
            value = layer(value, y) if isinstance(layer, Conditional) else layer(value)
        return value


class Residual(Conditional):
    def __init__(self, main: Layers, shortcut: Layers, *, tracks: bool) -> None:
        super().__init__()
        self.main = build(main, tracks=tracks)
        self.shortcut = build(shortcut, tracks=tracks)

    def forward(self, value: Tensor, y: Tensor | None) -> Tensor:
        return self.main(value, y) + self.shortcut(value)


class ConditionalBatchNorm(Conditional):
    def __init__(self, channels: int, classes: int, *, tracks: bool) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False, track_running_stats=tracks)
        self.gain = nn.Linear(classes, channels, bias=False)
        self.bias = nn.Linear(classes, channels, bias=False)

    def forward(self, value: Tensor, y: Tensor) -> Tensor:
        return torch.addcmul(self.bias(y)[:, :, None, None], self.norm(value), 1 + self.gain(y)[:, :, None, None])


class SelfAttention(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(()))
        self.theta = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.phi = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.o = nn.Conv2d(channels // 2, channels, 1, bias=False)

    def forward(self, value: Tensor) -> Tensor:
        q = self.theta(value).flatten(2)
        k = max_pool2d(self.phi(value), 2).flatten(2)
        v = max_pool2d(self.g(value), 2).flatten(2)
        weights = (q.mT @ k).softmax(-1)
        return value + self.gamma * self.o((v @ weights.mT).unflatten(2, value.shape[2:]))


class Projection(Conditional):
    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, 1)
        self.embed = Table(classes, features)

    def forward(self, value: Tensor, y: Tensor) -> Tensor:
        return self.linear(value) + (self.embed(y) * value).sum(1, keepdim=True)


class Table(nn.Module):
    """A row for each class."""

    def __init__(self, classes: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, features))

    def forward(self, y: Tensor) -> Tensor:
        return y @ self.weight


class GlobalSum(nn.Module):
    def forward(self, value: Tensor) -> Tensor:
        return value.sum((2, 3))


class Fir(nn.Module):
    """upfirdn2d with the filter 1 3 3 1, as a depthwise convolution: the fastest way of several on processors."""

    def __init__(self, up: int, down: int) -> None:
        super().__init__()
        self.up, self.down = up, down

    def forward(self, value: Tensor) -> Tensor:
        channels = value.shape[1]
        weight = taps(channels, value.dtype, 4.0 if self.up == 2 else 1.0)
        if self.up == 2:
            return conv_transpose2d(value, weight, stride=2, padding=1, groups=channels)
        return conv2d(value, weight, stride=self.down, padding=1, groups=channels)


@cache
def taps(channels: int, dtype: torch.dtype, gain: float) -> Tensor:
    row = torch.tensor([1, 3, 3, 1], dtype=dtype) / 8
    return (gain * torch.outer(row, row)).expand(channels, 1, 4, 4).contiguous()


class Basis(nn.Module):
    """A learned image each of whose channels is multiplied by a linear function of the latent."""

    def __init__(self, latent: int, channels: int, side: int) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.randn(channels, side, side))
        self.linear = nn.Linear(latent, channels, bias=False)

    def forward(self, z: Tensor) -> Tensor:
        return self.basis * self.linear(z)[:, :, None, None]


def build(layers: Layers, *, tracks: bool = True) -> Network:
    """`tracks`: whether batch norm keeps running statistics."""
    return Network(*(module(layer, tracks) for layer in layers))


def module(layer: Layer, tracks: bool) -> nn.Module:
    match layer:
        case ("linear", fan_in, out):
            return nn.Linear(fan_in, out)
        case ("score", fan_in):
            return nn.Linear(fan_in, 1, bias=False)
        case ("layers", layers):
            return build(layers, tracks=tracks)
        case ("basis", latent, channels, side):
            return Basis(latent, channels, side)
        case ("plain", fan_in, out):
            return nn.Conv2d(fan_in, out, 1, bias=False)
        case ("grouped", fan_in, out, kernel, groups):
            return nn.Conv2d(fan_in, out, kernel, padding=kernel // 2, groups=groups)
        case ("depthwise", channels, kernel):
            return nn.Conv2d(channels, channels, kernel, groups=channels, bias=False)
        case ("fir", up, down):
            return Fir(up, down)
        case ("conv", fan_in, out, kernel, stride, padding):
            return nn.Conv2d(fan_in, out, kernel, stride=stride, padding=padding)
        case ("conv_transpose", fan_in, out, kernel, stride, padding):
            return nn.ConvTranspose2d(fan_in, out, kernel, stride=stride, padding=padding)
        case ("batch_norm", channels):
            return nn.BatchNorm2d(channels, track_running_stats=tracks)
        case ("conditional_batch_norm", channels, classes):
            return ConditionalBatchNorm(channels, classes, tracks=tracks)
        case ("attention", channels):
            return SelfAttention(channels)
        case ("projection", features, classes):
            return Projection(features, classes)
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
