"""StyleGAN2's networks as torch modules, and its game (Karras et al. 2020, by NVIDIA's stylegan2-ada-pytorch)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from blocks import Bare, Layers, Residual
from networks import Networks
from objectives import OBJECTIVES
from regularizers import REGULARIZERS, penalty
from terms import DISCRIMINATOR, GENERATOR, Objective, Position, Samples
from torch_layers import Equalized, ModulatedConv, minibatch_std, upfirdn

TAPS = [1.0, 3.0, 3.0, 1.0]
CALLS = {GENERATOR: "", "path_lengths": "@2", DISCRIMINATOR: "@3"}
"""Whose call of S is which of a generator's step."""


def active() -> Bare:
    return Bare(lambda x: F.leaky_relu(x, 0.2) * math.sqrt(2))


class EqualizedConv(nn.Conv2d):
    """Conv2dLayer: the stored weight over the root of its fan."""

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.weight / self.weight[0].numel() ** 0.5, self.bias)


class Bias(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bias[:, None, None]


class Noise(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.noise_strength = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        return x + self.noise_strength * noise[:, None]


class Styled(nn.Sequential):
    """A layer of S: modulated convolution, noise, bias, activation."""

    def __init__(self, i: int, o: int, style: int, row: int, up: int = 1) -> None:
        super().__init__(ModulatedConv(i, o, style, row=row, up=up), Noise(), Bias(o), active())

    def forward(self, x: Tensor, ws: Tensor, noise: Tensor) -> Tensor:
        return self[3](self[2](self[1](self[0](x, ws), noise)))


class Picture(nn.Sequential):
    """ToRGBLayer."""

    def __init__(self, i: int, channels: int, style: int, row: int) -> None:
        super().__init__(ModulatedConv(i, channels, style, row=row, kernel=1, demodulate=False), Bias(channels))

    def forward(self, x: Tensor, ws: Tensor) -> Tensor:
        return self[1](self[0](x, ws))


class Constant(nn.Module):
    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.const = nn.Parameter(torch.randn(shape))


class Synthesis(nn.Module):
    """S, of whose outputs at each resolution the pictures are added up; `sides` to channels."""

    def __init__(self, widths: Mapping[int, int], style: int, channels: int) -> None:
        super().__init__()
        sides = list(widths)
        first = sides[0]
        self.sides = sides
        self.add_module("0", Constant(widths[first], first, first))
        self.add_module(f"x{first}", Styled(widths[first], widths[first], style, 0))
        self.add_module(f"y{first}", Picture(widths[first], channels, style, 1))
        for k, (a, b) in enumerate(zip(sides, sides[1:])):
            i, o = widths[a], widths[b]
            pair = nn.Sequential(Styled(i, o, style, 2 * k + 1, up=2), Styled(o, o, style, 2 * k + 2))
            self.add_module(f"x{b}", pair)
            self.add_module(f"t{b}", Picture(o, channels, style, 2 * k + 3))

    def noises(self) -> list[str]:
        """Names of the draws of one call, in order."""
        first, *rest = self.sides
        return [f"S.x{first}.1.noise", *(f"S.x{side}.{k}.1.noise" for side in rest for k in (0, 1))]

    def forward(self, ws: Tensor, *noises: Tensor) -> Tensor:
        parts, left = dict(self.named_children()), list(noises)
        first, *rest = self.sides
        x = parts["0"].const.expand(len(ws), -1, -1, -1)
        x = parts[f"x{first}"](x, ws, left.pop(0))
        y = parts[f"y{first}"](x, ws)
        for side in rest:
            for layer in parts[f"x{side}"]:
                x = layer(x, ws, left.pop(0))
            y = upfirdn(y, TAPS, 2, 1, [2, 1], 4) + parts[f"t{side}"](x, ws)
        return y


def mapping(style: int, depth: int) -> Layers:
    """normalize_2nd_moment, and layers of a hundredth of the rate."""
    layers = [Layers(Layers(Equalized(style, style, 0.01, 1), active())) for _ in range(depth)]
    return Layers(Bare(lambda z: z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()), Layers(*layers))


def shrink(i: int, o: int) -> Layers:
    main = Layers(
        EqualizedConv(i, i, 3, padding=1),
        active(),
        Bare(lambda x: upfirdn(x, TAPS, 1, 1, [2, 2], 1)),
        EqualizedConv(i, o, 3, stride=2),
        active(),
    )
    shortcut = Layers(Bare(lambda x: upfirdn(x, TAPS, 1, 2, [1, 1], 1)), EqualizedConv(i, o, 1, bias=False))
    return Layers(Residual(main, shortcut), Bare(lambda x: x * math.sqrt(0.5)))


def critic(widths: Mapping[int, int], channels: int) -> Layers:
    sides = list(reversed(widths))
    c, side = widths[sides[-1]], sides[-1]
    judge = Layers(
        Bare(lambda x: minibatch_std(x, 4, 1)),
        EqualizedConv(c + 1, c, 3, padding=1),
        active(),
        nn.Flatten(),
        Equalized(c * side * side, c, 1, 1),
        active(),
        Equalized(c, 1, 1, 1),
    )
    shrunk = [shrink(widths[a], widths[b]) for a, b in zip(sides, sides[1:])]
    return Layers(EqualizedConv(channels, widths[sides[0]], 1), active(), *shrunk, judge)


def stylegan2(sides: Sequence[int], channels: int, *, base: int, most: int, style: int, depth: int) -> Networks:
    widths = {side: min(base // side, most) for side in sides}
    return {
        "M": mapping(style, depth),
        "S": Synthesis(widths, style, channels),
        "D": critic(widths, channels),
    }


# The game. `position` is a step of game.py, whose draws are named as in a record.


def styles(position: Any, samples: Samples, scope: str) -> Tensor:
    """Rows of styles, those from a cut on of another latent: one cut for the batch."""
    first, second = (position.call("M", samples.draw(name)) for name in ("z", "other"))
    rows = len(position.game.make_networks()["S"].sides) * 2
    share, cut = (position.draws[f"{scope}.latent{k}"] for k in ("", "#2"))
    start = 1 + math.floor((rows - 1) * float(cut)) if share < 0.9 else rows
    return torch.cat([first[:, None].expand(-1, start, -1), second[:, None].expand(-1, rows - start, -1)], 1)


def picture(position: Any, samples: Samples, ws: Tensor, scope: str) -> Tensor:
    call = CALLS[scope] if position.player == GENERATOR else ""
    if position.game.own_steps and scope == DISCRIMINATOR and call:
        call = CALLS["path_lengths"]  # That stands in a step of its own.
    names = position.game.make_networks()["S"].noises()
    return position.call("S", ws, *(samples.draw(name + call) for name in names))


def game(position: Any, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    """The non-saturating losses, in the generator's own step with the mean style moved."""
    fake = position.score(picture(position, samples, styles(position, samples, player), player))
    if player == DISCRIMINATOR:
        return (F.softplus(fake) + F.softplus(-position.score(samples.real))).mean()
    style = position.call("M", samples.draw("z")).mean(0).detach()
    position._moved["state/mean_style"] = 0.995 * position._buffers["state/mean_style"] + 0.005 * style
    return F.softplus(-fake).mean()


def path_lengths(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """StyleGAN2Loss's Gpl: lengths are means over layers, and the average is not detached in its last step."""
    ws = styles(position, samples, "path_lengths")
    image = picture(position, samples, ws, "path_lengths")
    noise = samples.draw("path_lengths.n") / math.sqrt(image.shape[2] * image.shape[3])
    (slope,) = torch.autograd.grad((image * noise).sum(), ws, create_graph=True)
    lengths = slope.square().sum(2).mean(1).sqrt()
    mean = position.average("path_lengths.value#1", lengths.mean(), 0.99)
    through = 0.01 * (lengths.mean() - lengths.mean().detach())
    return (lengths - mean - through).square().mean()


OBJECTIVES["game of styles"] = Objective(whole=game)
REGULARIZERS["path_lengths"] = penalty(GENERATOR, path_lengths, 2.0)
