"""DiffAugment, by its authors' DiffAugment_pytorch.py with the draws of a record (Zhao et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from objectives import OBJECTIVES
from terms import DISCRIMINATOR, Objective, Position, Samples

DRAWS = 7
"""Of one picture: brightness, saturation, contrast, two shifts, two places of the hole."""


def translated(x: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """rand_translation, whose numbers say where a pixel comes from."""
    n, _, height, width = x.shape
    sample, row, column = torch.meshgrid(*(torch.arange(k) for k in (n, height, width)), indexing="ij")
    row = torch.clamp(row - down.floor().long()[:, None, None] + 1, 0, height + 1)
    column = torch.clamp(column - right.floor().long()[:, None, None] + 1, 0, width + 1)
    padded = F.pad(x, [1, 1, 1, 1]).permute(0, 2, 3, 1)
    return padded[sample, row, column].permute(0, 3, 1, 2)


def cut(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """rand_cutout with a ratio of 1/2."""
    n, _, height, width = x.shape
    holes = int(height * 0.5 + 0.5), int(width * 0.5 + 0.5)
    sample, row, column = torch.meshgrid(*(torch.arange(k) for k in (n, *holes)), indexing="ij")
    row = torch.clamp(row + first.floor().long()[:, None, None] - holes[0] // 2, 0, height - 1)
    column = torch.clamp(column + second.floor().long()[:, None, None] - holes[1] // 2, 0, width - 1)
    mask = x.new_ones(n, height, width)
    mask[sample, row, column] = 0
    return x * mask[:, None]


def augmented(x: Tensor, samples: Samples, draw: str, first: int) -> Tensor:
    one, two, three, *places = (samples.draw(f"{draw}#{first + k}") for k in range(DRAWS))
    x = x + one[:, None, None, None]
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * two[:, None, None, None] + grey
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * three[:, None, None, None] + mean
    return cut(translated(x, *places[:2]), *places[2:])


def whole(position: Position, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    """The non-saturating losses of augmented pictures, real ones first."""
    draw = f"{player}.minimizes"
    if player == DISCRIMINATOR:
        real = position.score(augmented(samples.real, samples, draw, 1))
        fake = position.score(augmented(samples.fake, samples, draw, 1 + DRAWS))
        return (F.softplus(-real) + F.softplus(fake)).mean()
    return F.softplus(-position.score(augmented(samples.fake, samples, draw, 1))).mean()


OBJECTIVES["augmented"] = Objective(whole=whole)
