"""The networks of specs/wavegan as torch modules, by wavegan.py of the authors, without shifts of phases.

`phase_shuffle` is compared by itself, in Tests/LayersTests.
"""

from __future__ import annotations

from torch import nn
from torch.nn.functional import pad

from blocks import Bare, Layers
from networks import Networks


def rise(i: int, o: int) -> Layers:
    """tf.nn.conv2d_transpose with SAME padding: four times the length."""
    return Layers(nn.ConvTranspose2d(i, o, (1, 25), (1, 4), (0, 10)), Bare(lambda x: x[..., :-1]))


def fall(i: int, o: int) -> Layers:
    """tf.layers.conv1d with SAME padding: a quarter of the length."""
    padded = Bare(lambda x: pad(x, (10, 11)))
    return Layers(padded, nn.Conv2d(i, o, (1, 25), (1, 4)), nn.LeakyReLU(0.2))


def wavegan(*, width: int, shuffle: int, stages: int = 5) -> Networks:
    if shuffle:
        raise ValueError("shifts of phases are compared elsewhere")
    widths = [width << k for k in reversed(range(stages))]
    layers = [nn.Linear(100, 16 * widths[0]), nn.ReLU(), nn.Unflatten(1, (widths[0], 1, 16))]
    for i, o in zip(widths, widths[1:]):
        layers += [rise(i, o), nn.ReLU()]
    generator = Layers(*layers, rise(widths[-1], 1), nn.Tanh())
    widths = [1, *reversed(widths)]
    falls: list[nn.Module] = []
    for i, o in zip(widths, widths[1:]):
        falls += [fall(i, o), nn.Identity()]
    discriminator = Layers(*falls[:-1], nn.Flatten(), nn.Linear(16 * widths[-1], 1))
    return {"G": generator, "D": discriminator}


def wavegan4096(*, width: int, shuffle: int) -> Networks:
    return wavegan(width=width, shuffle=shuffle, stages=4)
