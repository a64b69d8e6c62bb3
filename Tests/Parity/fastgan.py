"""FastGAN's networks at 64 pixels as torch modules, and its game (Liu et al. 2021, by the blocks of its code)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from blocks import Bare, Layers, Residual
from diffaugment import translated
from networks import Networks, normalise
from objectives import OBJECTIVES
from stylegan2 import Noise
from terms import DISCRIMINATOR, Objective, Samples


def conv(i: int, o: int, kernel: int, stride: int = 1, padding: int = 0) -> Layers:
    return Layers(nn.Conv2d(i, o, kernel, stride, padding, bias=False))


def gated(channels: int) -> Layers:
    return Layers(nn.BatchNorm2d(channels), nn.GLU(dim=1))


def norm(channels: int) -> Layers:
    return Layers(nn.BatchNorm2d(channels), nn.LeakyReLU(0.2))


def up(i: int, o: int) -> Layers:
    return Layers(nn.Upsample(scale_factor=2), conv(i, 2 * o, 3, padding=1), gated(2 * o))


class UpTwice(nn.Sequential):
    """UpBlockComp."""

    def __init__(self, i: int, o: int) -> None:
        first, second = conv(i, 2 * o, 3, padding=1), conv(o, 2 * o, 3, padding=1)
        super().__init__(
            nn.Upsample(scale_factor=2), first, Noise(), gated(2 * o), second, Noise(), gated(2 * o)
        )

    def forward(self, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
        x = self[3](self[2](self[1](self[0](x)), first))
        return self[6](self[5](self[4](x), second))


def excitation(i: int, o: int) -> Layers:
    """SEBlock's factors."""
    return Layers(nn.AdaptiveAvgPool2d(4), conv(i, o, 4), nn.SiLU(), conv(o, o, 1), nn.Sigmoid())


class Painter(nn.Module):
    """G of a latent and the noise of its two larger steps."""

    DRAWS = ("G.4.2.noise", "G.4.5.noise", "G.6.2.noise", "G.6.5.noise")

    def __init__(self, width: int) -> None:
        super().__init__()
        for name, module in {
            "1": nn.ConvTranspose2d(256, 32 * width, 4, bias=False),
            "2": gated(32 * width),
            "4": UpTwice(16 * width, 8 * width),
            "5": up(8 * width, 4 * width),
            "6": UpTwice(4 * width, 2 * width),
            "7": up(2 * width, 2 * width),
            "9": excitation(16 * width, 2 * width),
            "11": conv(2 * width, 3, 3, padding=1),
        }.items():
            self.add_module(name, module)

    def forward(self, z: Tensor, *noise: Tensor) -> Tensor:
        part = self._modules
        first = part["2"](part["1"](z[:, :, None, None]))
        x = part["5"](part["4"](first, *noise[:2]))
        x = part["7"](part["6"](x, *noise[2:]))
        return part["11"](x * part["9"](first))


def down(i: int, o: int) -> Layers:
    """DownBlockComp, the mean of two ways."""
    main = Layers(conv(i, o, 4, 2, 1), norm(o), conv(o, o, 3, padding=1), norm(o))
    shortcut = Layers(nn.AvgPool2d(2), conv(i, o, 1), norm(o))
    return Layers(Residual(main, shortcut), Bare(lambda x: x / 2))


class Critic(nn.Module):
    """D: logits of the picture, and of a smaller one, with what is behind both."""

    def __init__(self, width: int) -> None:
        super().__init__()
        for name, module in {
            "0": conv(3, width, 3, padding=1),
            "2": down(width, 2 * width),
            "4": down(2 * width, 4 * width),
            "6": excitation(width, 4 * width),
            "8": down(4 * width, 8 * width),
            "10": excitation(2 * width, 8 * width),
            "12": conv(8 * width, 16 * width, 1),
            "13": norm(16 * width),
            "14": conv(16 * width, 1, 4),
            "17": conv(3, 2 * width, 4, 2, 1),
            "19": conv(2 * width, 4 * width, 4, 2, 1),
            "20": norm(4 * width),
            "22": conv(4 * width, 1, 4),
        }.items():
            self.add_module(name, module)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        part = self._modules
        first = F.leaky_relu(part["0"](x), 0.2)
        second = part["2"](first)
        third = part["4"](second) * part["6"](first)
        features = part["8"](third) * part["10"](second)
        small = F.leaky_relu(part["17"](F.avg_pool2d(x, 2)), 0.2)
        small = part["20"](part["19"](small))
        return part["14"](part["13"](part["12"](features))), part["22"](small), features, small


def decoder(i: int, width: int) -> Layers:
    """SimpleDecoder."""
    ups = [up(i, 4 * width), up(4 * width, 2 * width), up(2 * width, 2 * width), up(2 * width, width)]
    return Layers(Layers(nn.AdaptiveAvgPool2d(8), *ups, conv(width, 3, 3, padding=1), nn.Tanh()))


def fastgan64(*, ngf: int, ndf: int) -> Networks:
    networks = {
        "G": Painter(ngf),
        "D": Critic(ndf),
        "R": decoder(8 * ndf, ndf),
        "T": decoder(4 * ndf, ndf),
    }
    for network in networks.values():
        normalise(network)
    return networks


def augmented(x: Tensor, samples: Samples, draw: str) -> Tensor:
    """DiffAugment's colour and translation."""
    one, two, three, *places = (samples.draw(f"{draw}{'' if k == 1 else f'#{k}'}") for k in range(1, 6))
    x = x + one[:, None, None, None]
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * two[:, None, None, None] + grey
    mean = x.mean((1, 2, 3), keepdim=True)
    return translated((x - mean) * three[:, None, None, None] + mean, *places)


def whole(position: Any, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    """The hinge with margins of their own, and what decoders miss of reals; the mean of all logits for G."""
    fake = samples.fake
    if player != DISCRIMINATOR:
        logits = position.call("D", augmented(fake, samples, "generator.g"))
        return -(logits[0].mean() + logits[1].mean()) / 2
    real = augmented(samples.real, samples, "discriminator.r")
    seen = position.call("D", real, tracks=position._tracks)
    made = position.call("D", augmented(fake, samples, "discriminator.f"), tracks=position._tracks)
    margins = iter(samples.draw(f"discriminator.minimizes#{k}") for k in range(1, 5))
    short = [F.relu(next(margins) - s).mean() for s in (seen[0], seen[1], -made[0], -made[1])]
    target = F.interpolate(real, scale_factor=2, mode="bilinear")
    drawn = [
        position.call(name, value, tracks=position._tracks) for name, value in zip("RT", seen[2:])
    ]
    return sum(short) / 2 + sum((picture - target).abs().mean() for picture in drawn)


OBJECTIVES["fastgan"] = Objective(whole=whole)
