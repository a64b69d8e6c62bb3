"""The convolutional networks of specs/dcgan, sndcgan, wgan-gp, vae and infogan as torch modules."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from blocks import Bare, Heads, Layers
from networks import Networks, normalise

# DCGAN, by pytorch/examples.


def grow(i: int, o: int) -> Layers:
    return Layers(nn.ConvTranspose2d(i, o, 4, stride=2, padding=1, bias=False))


def shrink(i: int, o: int) -> Layers:
    return Layers(nn.Conv2d(i, o, 4, stride=2, padding=1, bias=False))


def dcgan(width: int, critic: int, *, side: int, stages: int, channels: int) -> Networks:
    """`stages` doublings of `side` pixels."""
    widths = [width << k for k in reversed(range(stages))]
    start = Layers(
        nn.Unflatten(1, (100, 1, 1)),
        nn.ConvTranspose2d(100, widths[0], side, bias=False),
        nn.BatchNorm2d(widths[0]),
        nn.ReLU(),
    )
    rises = [Layers(grow(i, o), nn.BatchNorm2d(o), nn.ReLU()) for i, o in zip(widths, widths[1:])]
    generator = Layers(start, *rises, grow(widths[-1], channels), nn.Tanh())
    widths = [critic << k for k in range(stages)]
    falls = [Layers(shrink(i, o), nn.BatchNorm2d(o), nn.LeakyReLU(0.2)) for i, o in zip(widths, widths[1:])]
    score = Layers(nn.Conv2d(widths[-1], 1, side, bias=False), nn.Flatten())
    discriminator = Layers(shrink(channels, critic), nn.LeakyReLU(0.2), *falls, score)
    return {"G": generator, "D": discriminator}


def dcgan28(*, width: int, critic: int) -> Networks:
    networks = dcgan(2 * width, critic, side=7, stages=2, channels=1)
    return networks


def dcgan32(*, width: int, critic: int) -> Networks:
    return dcgan(width, critic, side=4, stages=3, channels=3)


def dcgan64(*, width: int, critic: int) -> Networks:
    return dcgan(width, critic, side=4, stages=4, channels=3)


# SNDCGAN: Miyato et al. 2018, table 3.


def sndcgan(width: int, critic: int, *, side: int, stages: int, channels: int) -> Networks:
    widths = [width << k for k in reversed(range(stages + 1))]
    rises = [
        Layers(nn.ConvTranspose2d(i, o, 4, stride=2, padding=1), nn.BatchNorm2d(o), nn.ReLU())
        for i, o in zip(widths, widths[1:])
    ]
    generator = Layers(
        nn.Linear(128, side * side * widths[0]),
        nn.ReLU(),
        nn.Unflatten(1, (widths[0], side, side)),
        *rises,
        nn.Conv2d(width, channels, 3, padding=1),
        nn.Tanh(),
    )
    widths = [critic << k for k in range(stages)]
    pairs = [
        Layers(
            nn.Conv2d(i, o, 3, padding=1),
            nn.LeakyReLU(0.1),
            nn.Conv2d(o, o, 4, stride=2, padding=1),
            nn.LeakyReLU(0.1),
        )
        for i, o in zip([channels, *widths], widths)
    ]
    final = critic << stages
    discriminator = Layers(
        *pairs,
        nn.Conv2d(widths[-1], final, 3, padding=1),
        nn.LeakyReLU(0.1),
        nn.Flatten(),
        nn.Linear(final * side * side, 1),
    )
    normalise(discriminator)
    return {"G": generator, "D": discriminator}


def sndcgan28(*, width: int, critic: int) -> Networks:
    return sndcgan(width, critic, side=7, stages=2, channels=1)


def sndcgan32(*, width: int, critic: int) -> Networks:
    return sndcgan(width, critic, side=4, stages=3, channels=3)


# WGAN-GP at 28 pixels, by the authors' TensorFlow code: its SAME padding, whose transpose cuts as much off.


def wgan_gp28(*, width: int) -> Networks:
    def grown(i: int, o: int) -> Layers:
        cut = Bare(lambda x: x[:, :, 1:-2, 1:-2])
        return Layers(nn.ConvTranspose2d(i, o, 5, stride=2), cut)

    def shrunk(i: int, o: int, before: int) -> Layers:
        padded = Bare(lambda x: pad(x, (before, 2, before, 2)))
        return Layers(padded, nn.Conv2d(i, o, 5, stride=2), nn.LeakyReLU(0.2))

    generator = Layers(
        nn.Linear(128, 64 * width),
        nn.ReLU(),
        nn.Unflatten(1, (4 * width, 4, 4)),
        grown(4 * width, 2 * width),
        nn.ReLU(),
        Bare(lambda x: x[:, :, :7, :7]),
        grown(2 * width, width),
        nn.ReLU(),
        grown(width, 1),
        nn.Sigmoid(),
    )
    discriminator = Layers(
        shrunk(1, width, 1),
        shrunk(width, 2 * width, 1),
        shrunk(2 * width, 4 * width, 2),
        nn.Flatten(),
        nn.Linear(64 * width, 1),
    )
    return {"G": generator, "D": discriminator}


# A variational autoencoder; E has two outputs, mean and logarithm of the variance.


def vae28(*, code: int) -> Networks:
    encoder = Heads(
        nn.Conv2d(1, 32, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 64, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64 * 49, 256),
        nn.ReLU(),
        mean=nn.Linear(256, code),
        spread=nn.Linear(256, code),
    )
    decoder = Layers(
        nn.Linear(code, 256),
        nn.ReLU(),
        nn.Linear(256, 64 * 49),
        nn.ReLU(),
        nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
    )
    return {"E": encoder, "G": decoder}


# InfoGAN: Chen et al. 2016, table 1. Q's layers stand in D, behind what both share.


def dense(i: int, o: int) -> Layers:
    return Layers(nn.Linear(i, o), nn.BatchNorm1d(o))


class Painter(nn.Module):
    """G of a noise, a kind and two numbers."""

    def __init__(self, width: int) -> None:
        super().__init__()
        for name, module in {
            "1": dense(62 + 10 + 2, 8 * width),
            "3": dense(8 * width, 49 * width),
            "6": Layers(nn.ConvTranspose2d(width, width // 2, 4, stride=2, padding=1)),
            "7": nn.BatchNorm2d(width // 2),
            "9": Layers(nn.ConvTranspose2d(width // 2, 1, 4, stride=2, padding=1)),
        }.items():
            self.add_module(name, module)

    def forward(self, *values: Tensor) -> Tensor:
        part = self._modules
        x = part["1"](torch.cat(values, dim=1)).relu()
        x = part["3"](x).relu().unflatten(1, (-1, 7, 7))
        return part["9"](part["7"](part["6"](x)).relu()).tanh()


class Reader(nn.Module):
    """D and Q: a score, ten logits and two means."""

    def __init__(self, width: int) -> None:
        super().__init__()
        for name, module in {
            "0": Layers(nn.Conv2d(1, width // 2, 4, stride=2, padding=1)),
            "2": Layers(nn.Conv2d(width // 2, width, 4, stride=2, padding=1)),
            "3": nn.BatchNorm2d(width),
            "6": dense(49 * width, 8 * width),
            "8": dense(8 * width, width),
            "kind": nn.Linear(width, 10),
            "numbers": nn.Linear(width, 2),
            "score": nn.Linear(8 * width, 1),
        }.items():
            self.add_module(name, module)
        self.bend = nn.LeakyReLU(0.1)

    def forward(self, x: Tensor) -> Tensor:
        part = self._modules
        x = self.bend(part["3"](part["2"](self.bend(part["0"](x)))))
        seen = self.bend(part["6"](x.flatten(1)))
        read = self.bend(part["8"](seen))
        return torch.cat([part["score"](seen), part["kind"](read), part["numbers"](read)], dim=1)


def infogan28(*, width: int) -> Networks:
    return {"G": Painter(width), "D": Reader(width)}
