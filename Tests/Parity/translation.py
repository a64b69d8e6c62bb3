"""Games from pictures to pictures, specs/pix2pix and specs/cyclegan, by the authors' models/networks.py and models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from blocks import Layers, Residual
from networks import Networks
from objectives import OBJECTIVES
from regularizers import REGULARIZERS, penalty
from terms import DISCRIMINATOR, GENERATOR, Objective, Position, Samples

# pix2pix.


def halves(x: Tensor) -> tuple[Tensor, Tensor]:
    """AlignedDataset: A on the left, B on the right."""
    left, right = x.chunk(2, dim=3)
    return left, right


def outlines(x: Tensor) -> tuple[Tensor, Tensor]:
    """Differences from the neighbours on the left and above, 0 beyond the border; and the picture."""
    across = x - F.pad(x, (1, 0, 0, 0))[..., :-1]
    down = x - F.pad(x, (0, 0, 1, 0))[..., :-1, :]
    return across.abs() + down.abs() - 1, x


PAIRS = {"halves": halves, "outlines": outlines}


def halved(i: int, o: int) -> Layers:
    return Layers(nn.Conv2d(i, o, 4, 2, 1, bias=False))


def norm(c: int) -> Layers:
    return Layers(nn.BatchNorm2d(c))


def down(i: int, o: int) -> Layers:
    return Layers(nn.LeakyReLU(0.2), halved(i, o), norm(o))


def up(i: int, o: int) -> Layers:
    return Layers(nn.ReLU(), nn.ConvTranspose2d(i, o, 4, 2, 1, bias=False), norm(o))


class UNet(nn.Module):
    """UnetGenerator, of which each stage stands behind what skips it: [x ; up(...)], without dropout."""

    def __init__(self, widths: list[int], dropped: int) -> None:
        super().__init__()
        stages = len(widths)
        self.add_module("e1", halved(3, widths[0]))
        for k in range(1, stages):
            self.add_module(f"e{k + 1}", down(widths[k - 1], widths[k]))
        # Behind the named stages a rectifier, the innermost stage, and then up, drop, join.
        self.inner = str(stages + 1)
        self.add_module(self.inner, halved(widths[-1], widths[-1]))
        place, inputs = stages + 2, widths[-1]
        self.rises: list[str] = []
        for number, width in enumerate(reversed(widths)):
            self.rises.append(str(place))
            self.add_module(str(place), up(inputs, width))
            inputs = 2 * width
            place += 3 if 1 <= number <= dropped else 2
        self.last = str(place + 1)
        self.add_module(self.last, nn.ConvTranspose2d(inputs, 3, 4, 2, 1))

    def forward(self, a: Tensor) -> Tensor:
        parts = dict(self.named_children())
        x, kept = a, []
        for k in range(len(self.rises)):
            x = parts[f"e{k + 1}"](x)
            kept.append(x)
        x = parts[self.inner](F.leaky_relu(x, 0.2))
        for name in self.rises:
            x = torch.cat([kept.pop(), parts[name](x)], 1)
        return parts[self.last](F.relu(x)).tanh()


class Patches(nn.Module):
    """NLayerDiscriminator of the pair [a ; b]; what it is given comes behind what it judges."""

    def __init__(self, width: int, strides: list[int], pair: str) -> None:
        super().__init__()
        self.pair = PAIRS[pair]
        layers: list[nn.Module] = [nn.Conv2d(6, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for stride in strides:
            layers.append(
                Layers(nn.Conv2d(width, 2 * width, 4, stride, 1, bias=False), norm(2 * width), nn.LeakyReLU(0.2))
            )
            width *= 2
        layers.append(nn.Conv2d(width, 1, 4, 1, 1))
        for place, layer in enumerate(layers):
            self.add_module(str(place + 1), layer)

    def forward(self, b: Tensor, x: Tensor) -> Tensor:
        value = torch.cat([self.pair(x)[0], b], 1)
        for layer in self.children():
            value = layer(value)
        return value


def pix2pix(stages: int, dropped: int, strides: list[int], pair: str) -> Any:
    def networks(*, side: int, width: int, critic: int, drop: int) -> Networks:
        if drop:
            raise ValueError("dropout is compared elsewhere")
        widths = [width * min(8, 1 << k) for k in range(stages)]
        return {"G": UNet(widths, dropped), "D": Patches(critic, strides, pair)}

    return networks


def pairs(pair: str) -> Objective:
    def whole(position: Position, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
        if player == DISCRIMINATOR:
            real = F.softplus(-position.score(PAIRS[pair](samples.real)[1])).mean()
            return 0.5 * (real + F.softplus(position.score(samples.fake)).mean())
        return F.softplus(-position.score(samples.fake)).mean()

    return Objective(whole=whole)


def distance(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """Of what is made from what is wanted: of pairs side by side, the right one."""
    fake, real = samples.fake, samples.real
    return F.l1_loss(fake, real if real.shape == fake.shape else halves(real)[1])


OBJECTIVES.update({f"pairs, {name}": pairs(name) for name in PAIRS})


# CycleGAN.


def mirrored(i: int, o: int, k: int) -> Layers:
    return Layers(nn.ReflectionPad2d(k), nn.Conv2d(i, o, 2 * k + 1))


def kept(c: int) -> Layers:
    main = Layers(mirrored(c, c, 1), nn.InstanceNorm2d(c), nn.ReLU(), mirrored(c, c, 1), nn.InstanceNorm2d(c))
    return Layers(Residual(main))


def translator(width: int, blocks: int) -> Layers:
    def fewer(i: int, o: int) -> Layers:
        return Layers(nn.Conv2d(i, o, 3, 2, 1), nn.InstanceNorm2d(o), nn.ReLU())

    def more(i: int, o: int) -> Layers:
        return Layers(nn.ConvTranspose2d(i, o, 3, 2, 1, 1), nn.InstanceNorm2d(o), nn.ReLU())

    return Layers(
        Layers(
            mirrored(3, width, 3),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
            fewer(width, 2 * width),
            fewer(2 * width, 4 * width),
            Layers(*[Layers(kept(4 * width)) for _ in range(blocks)]),
            more(4 * width, 2 * width),
            more(2 * width, width),
            mirrored(width, 3, 3),
            nn.Tanh(),
        )
    )


def patches(width: int, strides: list[int]) -> Layers:
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for stride in strides:
        layers.append(
            Layers(nn.Conv2d(width, 2 * width, 4, stride, 1), nn.InstanceNorm2d(2 * width), nn.LeakyReLU(0.2))
        )
        width *= 2
    return Layers(Layers(*layers, nn.Conv2d(width, 1, 4, 1, 1)))


def cyclegan(strides: list[int]) -> Any:
    def networks(*, side: int, width: int, critic: int, blocks: int, pool: int) -> Networks:
        made = {name: translator(width, blocks) for name in "GF"}
        return {**made, "DA": patches(critic, strides), "DB": patches(critic, strides)}

    return networks


class Pool:
    """ImagePool.query of one picture, with its random numbers given."""

    def __init__(self, position: Any, name: str) -> None:
        self.position, self.name = position, name
        self.rows, self.stored, self.at, self.coin = (
            position._buffers[f"state/{part}_{name}"] for part in ("pool", "stored", "at", "coin")
        )

    def query(self, picture: Tensor) -> Tensor:
        """What is shown of a new picture; the pool goes on where its own player moves."""
        size, stored = len(self.rows), int(self.stored)
        row = stored if stored < size else math.floor(size * float(self.at))
        swaps = stored == size and float(self.coin) > 0.5
        shown = self.rows[row].reshape(picture.shape[1:])[None] if swaps else picture
        if self.position.player == f"discriminator_{self.name}":
            rows = self.rows.clone()
            if swaps or stored < size:
                rows[row] = picture.detach().flatten()
            moved = {"pool": rows, "stored": self.stored.new_tensor(min(stored + 1, size))}
            moved |= {part: self.position.draws[f"{part}_{self.name}.becomes#1"] for part in ("at", "coin")}
            self.position._moved |= {f"state/{part}_{self.name}": value for part, value in moved.items()}
        return shown


def cycles(position: Any, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    """CycleGANModel's losses."""
    a, b = samples.draw("a"), options["other"] * samples.draw("b")
    if player == GENERATOR:
        fake_a, fake_b = position.call("F", b), position.call("G", a)
        fools = [F.mse_loss(s, torch.ones_like(s)) for s in (position.call("DB", fake_b), position.call("DA", fake_a))]
        back = F.l1_loss(position.call("F", fake_b), a) + F.l1_loss(position.call("G", fake_a), b)
        same = F.l1_loss(position.call("G", b), b) + F.l1_loss(position.call("F", a), a)
        return sum(fools) + 10 * back + 5 * same
    name = player[-1]
    judge, real, fake = ("DA", a, position.call("F", b)) if name == "a" else ("DB", b, position.call("G", a))
    fake = position.call(judge, Pool(position, name).query(fake))
    real = position.call(judge, real)
    return 0.5 * (F.mse_loss(real, torch.ones_like(real)) + F.mse_loss(fake, torch.zeros_like(fake)))


def advas(name: str) -> Any:
    def value(position: Any, samples: Samples, options: Mapping[str, Any]) -> Tensor:
        loss = position.loss(f"discriminator_{name}", samples, False)
        slopes = torch.autograd.grad(loss, position.parameters(f"discriminator_{name}"), create_graph=True)
        return sum(slope.square().sum() for slope in slopes)

    return penalty(GENERATOR, value, "auto")


OBJECTIVES["cycles"] = Objective(whole=cycles, defaults={"other": 1})
REGULARIZERS.update(
    distance=penalty(GENERATOR, distance, 100.0), advas_a=advas("a"), advas_b=advas("b")
)
