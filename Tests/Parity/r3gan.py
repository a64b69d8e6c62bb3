"""R3GAN's networks as torch modules (Huang et al. 2024, by the authors' code)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from blocks import Bare, Layers, Residual
from networks import Networks
from torch_layers import upfirdn

TAPS = [1.0, 3.0, 3.0, 1.0]


def up() -> Bare:
    """InterpolativeUpsampler: upfirdn2d with padding (2, 1) and a gain of 4."""
    return Bare(lambda x: upfirdn(x, TAPS, 2, 1, [2, 1], 4))


def down() -> Bare:
    return Bare(lambda x: upfirdn(x, TAPS, 1, 2, [1, 1], 1))


class Basis(nn.Module):
    """GenerativeBasis."""

    def __init__(self, inputs: int, outputs: int, side: int) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.randn(outputs, side, side))
        self.linear = nn.Linear(inputs, outputs, bias=False)

    def forward(self, z: Tensor) -> Tensor:
        return self.basis.unsqueeze(0) * self.linear(z)[:, :, None, None]


def plain(i: int, o: int) -> Layers:
    return Layers(nn.Conv2d(i, o, 1, bias=False))


def block(c: int, groups: int) -> Layers:
    """A bias before an activation is BiasedActivation's own."""
    main = Layers(
        nn.Conv2d(c, 2 * c, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * c, 2 * c, 3, padding=1, groups=groups),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * c, c, 1, bias=False),
    )
    return Layers(Residual(main))


def pair(c: int, groups: int) -> Layers:
    return Layers(block(c, groups), block(c, groups))


def judge(c: int, side: int) -> list[nn.Module]:
    return [nn.Conv2d(c, c, side, groups=c, bias=False), nn.Flatten(), nn.Linear(c, 1, bias=False)]


def r3gan(width: int, groups: int, *, side: int, channels: int, latent: int = 64, stages: int) -> Networks:
    """Stages of one width."""
    pairs = [pair(width, groups) for _ in range(2 * stages)]
    grown = [layer for one in pairs[: stages - 1] for layer in (one, up())] + [pairs[stages - 1]]
    shrunk = [layer for one in pairs[stages:-1] for layer in (one, down())] + [pairs[-1]]
    last = judge(width, side)
    return {
        "G": Layers(Basis(latent, width, side), *grown, plain(width, channels)),
        "D": Layers(plain(channels, width), *shrunk, *([Layers(*last)] if side == 4 else last)),
    }


def r3gan32(*, width: int, groups: int) -> Networks:
    return r3gan(width, groups, side=4, channels=3, stages=4)


def r3gan28(*, width: int, groups: int) -> Networks:
    return r3gan(width, groups, side=7, channels=1, stages=3)


def r3gan64(*, width: int, groups: int) -> Networks:
    """The highest resolution has half the width and half the groups."""
    half = width // 2
    wide = [pair(width, groups) for _ in range(8)]
    grown = [layer for one in wide[:4] for layer in (one, up())]
    # The 1x1 convolution stands before the upsampling.
    grown.insert(len(grown) - 1, plain(width, half))
    shrunk = [layer for one in wide[4:7] for layer in (one, down())] + [wide[7]]
    return {
        "G": Layers(Basis(64, width, 4), *grown, pair(half, groups // 2), plain(half, 3)),
        "D": Layers(
            plain(3, half), pair(half, groups // 2), down(), plain(half, width), *shrunk, Layers(*judge(width, 4))
        ),
    }
