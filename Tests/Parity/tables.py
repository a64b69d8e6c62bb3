"""CTGAN's networks as torch modules, and its game (Xu et al. 2019, by ctgan.py of the authors), without dropout.

Rows have three numbers of ten, nine and ten Gaussians and three categories, as specs/ctgan/people.yaml has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from blocks import Layers
from networks import Networks
from objectives import OBJECTIVES
from regularizers import REGULARIZERS, penalty
from terms import DISCRIMINATOR, GENERATOR, Objective, Position, Samples

TEMPERATURE = 0.2
NUMBERS = {"age": 10, "hours": 9, "income": 10}
CATEGORIES = {"sex": 2, "education": 4, "work": 6}
ROW = sum(1 + modes for modes in NUMBERS.values()) + sum(CATEGORIES.values())
CONDITIONS = sum(CATEGORIES.values())
NOISE = (
    *(f"G.{name}.3.noise" for name in NUMBERS),
    *(f"G.a{'n' if name == 'education' else ''}_{name}.noise" for name in CATEGORIES),
)


def chosen(logits: Tensor, u: Tensor) -> Tensor:
    """F.gumbel_softmax with the record's numbers in place of its own."""
    gumbels = -(-u.clamp(min=2.0**-24).log()).log()
    return ((logits + gumbels) / TEMPERATURE).softmax(-1)


def wide(i: int, o: int) -> Layers:
    """Residual, whose input is put behind it."""
    return Layers(nn.Linear(i, o), nn.BatchNorm1d(o), nn.ReLU())


class Rows(nn.Module):
    """Generator: rows with their conditions behind them, which are those of samples `packed` places before."""

    def __init__(self, width: int, packed: int) -> None:
        super().__init__()
        self.packed = packed
        size = 128 + CONDITIONS
        self.add_module("1", wide(size, width))
        self.add_module("3", wide(size + width, width))
        size += 2 * width
        for name, modes in NUMBERS.items():
            head = nn.Module()
            head.add_module("0", nn.Linear(size, 1))
            head.add_module("2", nn.Linear(size, modes))
            self.add_module(name, head)
        for name, count in CATEGORIES.items():
            self.add_module(name, nn.Linear(size, count))

    def logits(self, z: Tensor, c: Tensor) -> list[Tensor]:
        part = self._modules
        x = torch.cat([z, c.roll(self.packed, 0)], 1)
        for name in "13":
            x = torch.cat([part[name](x), x], 1)
        numbers = [part[name]._modules[place](x) for name in NUMBERS for place in "02"]
        return numbers + [part[name](x) for name in CATEGORIES]

    def forward(self, z: Tensor, c: Tensor, *noise: Tensor) -> Tensor:
        logits, u = self.logits(z, c), iter(noise)
        row = [x.tanh() if x.shape[1] == 1 else chosen(x, next(u)) for x in logits]
        return torch.cat([*row, c.roll(self.packed, 0), *logits[-len(CATEGORIES):]], 1)


class Packs(nn.Module):
    """Discriminator: rows with their conditions, `packed` of which are one sample."""

    def __init__(self, width: int, packed: int) -> None:
        super().__init__()
        self.size = packed * (ROW + CONDITIONS)
        hidden = [nn.Linear(self.size, width), nn.Linear(width, width)]
        self.add_module("0", nn.Module())
        for place, layer in enumerate(hidden):
            self._modules["0"].add_module(str(place), Layers(layer, nn.LeakyReLU(0.2)))
        self.add_module("1", nn.Linear(width, 1))

    def forward(self, rows: Tensor) -> Tensor:
        x = rows.reshape(-1, self.size)
        for layer in self._modules["0"]._modules.values():
            x = layer(x)
        return self._modules["1"](x)


def people(*, width: int, packed: int, dropping: float) -> Networks:
    if dropping:
        raise ValueError("dropout is compared elsewhere")
    return {"G": Rows(width, packed), "D": Packs(width, packed)}


def both(samples: Samples) -> tuple[Tensor, Tensor]:
    """Real and made rows, each with its condition."""
    made = samples.fake[:, : ROW + CONDITIONS]
    return torch.cat([samples.real, samples.draw("c")], 1), made


def whole(position: Position, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    real, made = both(samples)
    fake = position.call("D", made).mean()
    return -fake if player == GENERATOR else fake - position.call("D", real).mean()


def by_pack(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """calc_gradient_penalty: one share and one norm for each pack."""
    real, made = both(samples)
    share = samples.draw("by_pack.t")
    pac = len(real) // len(share)
    alpha = share[:, None, None].repeat(1, pac, real.shape[1]).reshape(-1, real.shape[1])
    between = (alpha * real + (1 - alpha) * made).detach().requires_grad_()
    scores = position.call("D", between)
    (slope,) = torch.autograd.grad(scores, between, torch.ones_like(scores), create_graph=True)
    return (slope.reshape(-1, pac * real.shape[1]).norm(2, dim=1) - 1).square().mean()


def conditions(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """_cond_loss: cross entropy of the column that is asked for."""
    asked = samples.fake[:, ROW : ROW + CONDITIONS]
    logits = samples.fake[:, ROW + CONDITIONS :]
    losses, start = [], 0
    for count in CATEGORIES.values():
        part, c = logits[:, start : start + count], asked[:, start : start + count]
        losses.append(F.cross_entropy(part, c.argmax(1), reduction="none") * c.sum(1))
        start += count
    return torch.stack(losses, 1).sum() / len(asked)


OBJECTIVES["ctgan"] = Objective(whole=whole)
REGULARIZERS.update(
    by_pack=penalty(DISCRIMINATOR, by_pack, 10.0), conditions=penalty(GENERATOR, conditions, 1.0)
)
