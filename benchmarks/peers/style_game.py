"""StyleGAN2's game, as data for its peers (Karras et al. 2020): names, shapes and factors of all parameters.

A parameter is used times its factor, which is that of the equalized rate and, behind it, the gain of the activation or
of the residual sum, so that nobody scales an image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

GAIN = sqrt(2)
"""Behind every leaky relu of slope 0.2."""
PATH_EVERY, R1_EVERY, ADVAS_EVERY = 4, 16, 16
PATH_WEIGHT, R1_WEIGHT, PATH_DECAY = 2.0, 10.0, 0.99
MIXING = 0.9


@dataclass(frozen=True)
class Parameter:
    name: str
    shape: tuple[int, ...]
    factor: float
    """What its value is multiplied by where it is used."""
    deviation: float = 1.0
    mean: float = 0.0


@dataclass(frozen=True)
class StyleGame:
    sides: tuple[int, ...] = (4, 8, 16, 32, 64)
    base: int = 2048
    most: int = 512
    style: int = 512
    depth: int = 8
    batch: int = 8
    channels: int = 3
    lr: float = 2e-3
    betas: tuple[float, float] = (0.0, 0.99)

    def width(self, side: int) -> int:
        return min(self.base // side, self.most)

    @property
    def rows(self) -> int:
        """Layers of S that take a style."""
        return 2 * len(self.sides)

    @property
    def styled(self) -> list[tuple[str, int, int, int, int]]:
        """Layers of S in their order: name, channels in and out, row of its style, side of its output."""
        first, *rest = self.sides
        layers = [(f"x{first}", self.width(first), self.width(first), 0, first)]
        for k, side in enumerate(rest):
            before, own = self.width(side // 2), self.width(side)
            layers.append((f"x{side}.0", before, own, 2 * k + 1, side))
            layers.append((f"x{side}.1", own, own, 2 * k + 2, side))
        return layers

    @property
    def pictures(self) -> dict[int, tuple[str, int]]:
        """By side: name and row of the layer that makes a picture."""
        first = self.sides[0]
        return {s: (f"{'y' if s == first else 't'}{s}", 2 * k + 1) for k, s in enumerate(self.sides)}

    def generator(self) -> Iterator[Parameter]:
        """Those of M and S."""
        n = self.style
        for k in range(self.depth):
            yield Parameter(f"M.{k}.weight", (n, n), 0.01 / sqrt(n) * GAIN, deviation=100)
            yield Parameter(f"M.{k}.bias", (n,), 0.01 * GAIN, deviation=0)
        first = self.sides[0]
        yield Parameter("S.0.const", (self.width(first), first, first), 1)
        for name, fan_in, out, _, _ in self.styled:
            yield from self.modulation(f"S.{name}.0", fan_in, out, 3, 1)
            yield Parameter(f"S.{name}.1.noise_strength", (), GAIN, deviation=0)
            yield Parameter(f"S.{name}.2.bias", (out,), GAIN, deviation=0)
        for side, (name, _) in self.pictures.items():
            width = self.width(side)
            yield from self.modulation(f"S.{name}.0", width, self.channels, 1, 1 / sqrt(width))
            yield Parameter(f"S.{name}.1.bias", (self.channels,), 1, deviation=0)

    def modulation(self, name: str, fan_in: int, out: int, kernel: int, factor: float) -> Iterator[Parameter]:
        yield Parameter(f"{name}.weight", (out, fan_in, kernel, kernel), 1)
        yield Parameter(f"{name}.affine.weight", (fan_in, self.style), factor / sqrt(self.style))
        yield Parameter(f"{name}.affine.bias", (fan_in,), factor, deviation=0, mean=1)

    def discriminator(self) -> Iterator[Parameter]:
        def convolution(name: str, fan_in: int, out: int, kernel: int, gain: float) -> Iterator[Parameter]:
            yield Parameter(f"{name}.weight", (out, fan_in, kernel, kernel), gain / sqrt(fan_in * kernel**2))
            yield Parameter(f"{name}.bias", (out,), gain, deviation=0)

        def linear(name: str, fan_in: int, out: int, gain: float) -> Iterator[Parameter]:
            yield Parameter(f"{name}.weight", (out, fan_in), gain / sqrt(fan_in))
            yield Parameter(f"{name}.bias", (out,), gain, deviation=0)

        last, *others = self.sides
        yield from convolution("D.0", self.channels, self.width(self.sides[-1]), 1, GAIN)
        for index, side in enumerate(reversed(others), start=2):
            own, half = self.width(side), self.width(side // 2)
            yield from convolution(f"D.{index}.0.main.0", own, own, 3, GAIN)
            # Of the activation's gain and the sum's 1/sqrt(2) nothing is left.
            yield from convolution(f"D.{index}.0.main.3", own, half, 3, 1)
            yield Parameter(f"D.{index}.0.shortcut.1.weight", (half, own, 1, 1), sqrt(0.5 / own))
        name, width = f"D.{self.judge}", self.width(last)
        yield from convolution(f"{name}.1", width + 1, width, 3, GAIN)
        yield from linear(f"{name}.4", width * last * last, width, GAIN)
        yield from linear(f"{name}.6", width, 1, 1)

    @property
    def judge(self) -> int:
        """The index of D's last part, behind one for each halving."""
        return len(self.sides) + 1


def due(step: int, every: int) -> bool:
    return step % every == 0


STYLEGAN2 = StyleGame()
PERIOD = 16
"""Rounds after which all that is lazy was due."""
