"""The residual networks of specs/resnet above 32 pixels, by Chainer's, mimicry's, SAGAN's and BigGAN's code.

Channels of G are halved from block to block, those of D doubled.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from blocks import (
    ConditionalBatchNorm,
    Embedding,
    Layers,
    ProjectionHead,
    SelfAttention,
    down,
    first,
    same,
    up,
    wider,
)
from networks import Networks, normalise
from resnets import generator, judge, last, normalised

CLASSES = 1000
PIECE = 20
"""Numbers of z that a block of BigGAN sees."""


def halved(width: int, count: int) -> list[int]:
    return [width >> k for k in range(count)]


def doubling(c: int, count: int, *, wide: bool = False) -> list[nn.Module]:
    """D's first blocks; between its convolutions each has what comes in, or, `wide`, what goes out."""
    return [first(3, c), *(down(c << k, c << k + 1, c << k + wide) for k in range(count))]


def sngan48(*, width: int, critic: int) -> Networks:
    made = generator(halved(width, 4), side=6, tail=last(width >> 3, 3))
    blocks = [*doubling(critic, 3), wider(8 * critic, 16 * critic, 8 * critic)]
    return normalised({"G": made, "D": judge(blocks, nn.Linear(16 * critic, 1))})


def sngan64(*, width: int, critic: int) -> Networks:
    made = generator(halved(width, 5), tail=last(width >> 4, 3))
    return normalised({"G": made, "D": judge(doubling(critic, 4), nn.Linear(16 * critic, 1))})


def sngan128(*, width: int, critic: int) -> Networks:
    made = generator([width, *halved(width, 5)], tail=last(width >> 4, 3))
    blocks = [*doubling(critic, 4), same(16 * critic)]
    return normalised({"G": made, "D": judge(blocks, nn.Linear(16 * critic, 1))})


def tables(channels: int) -> nn.Module:
    return ConditionalBatchNorm(channels, CLASSES)


def projecting(critic: int, *, attention: int) -> Layers:
    """D of SAGAN and BigGAN, with self-attention behind so many of its blocks."""
    blocks = [*doubling(critic, 4, wide=True), same(16 * critic)]
    blocks.insert(attention, SelfAttention(critic << attention - 1))
    return judge(blocks, ProjectionHead(16 * critic, CLASSES))


def sagan128(*, width: int, critic: int) -> Networks:
    made = generator([width, *halved(width, 5)], norm=tables, tail=last(width >> 4, 3), attention=3)
    return normalised({"G": made, "D": projecting(critic, attention=2)}, both=True)


class BigGAN(nn.Module):
    """G whose blocks see pieces of z beside a shared vector of the class (Brock et al. 2019, by its code)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width, *halved(width, 5)]
        self.shared = Embedding(CLASSES, 128)
        self.add_module("2", nn.Linear(PIECE, 16 * width))

        def norm(channels: int) -> nn.Module:
            return ConditionalBatchNorm(channels, 128 + PIECE)

        self.blocks = []
        for index, (i, o) in enumerate(zip(widths, widths[1:])):
            place = index + 4 + (index > 3)  # Attention stands in between.
            # A block of the spec names its operand, cuts z and joins the style before its residual.
            block = nn.ModuleDict({"3": up(i, o, norm)[0]})
            self.add_module(str(place), block)
            self.blocks.append(str(place))
        self.add_module("8", SelfAttention(widths[4]))
        for place, module in {"10": nn.BatchNorm2d(widths[5]), "12": last(widths[5], 3)}.items():
            self.add_module(place, module)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        part = self._modules
        pieces = z.split(PIECE, dim=1)
        shared = self.shared(y)
        x = part["2"](pieces[0]).unflatten(1, (-1, 4, 4))
        for place, piece in zip(self.blocks, pieces[1:]):
            if place == "9":
                x = part["8"](x)
            x = part[place]["3"](x, torch.cat([shared, piece], dim=1))
        return part["12"](part["10"](x).relu()).tanh()


def biggan128(*, width: int, critic: int) -> Networks:
    networks = {"G": BigGAN(width), "D": projecting(critic, attention=1)}
    normalise(networks["D"], eps=1e-6)
    normalise(networks["G"], but=(Embedding,), eps=1e-6)
    return networks
