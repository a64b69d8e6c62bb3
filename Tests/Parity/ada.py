"""Adaptive augmentation, as stylegan2-ada-pytorch's augment.py composes it, with the draws of a record (Karras et al. 2020).

Each picture has one matrix of places and one of colours. Places are read by torch's grid_sample from the picture at twice
its resolution, mirrored at its borders, through the orthogonal filters of that code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from blocks import torch_layers
from objectives import OBJECTIVES
from terms import DISCRIMINATOR, Objective, Samples

upfirdn = torch_layers.upfirdn
DRAWS = 31
SYM6 = [
    0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
    0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
    0.0017677118642428036, -0.007800708325034148,
]
TARGET, SPEED, PERIOD = 0.6, 500000, 4


def matrix(like: Tensor, *rows: tuple[Any, ...]) -> Tensor:
    """A matrix for each picture, of numbers and of tensors with a number for each."""
    return torch.stack(
        [torch.stack([like.new_full((len(like),), e) if isinstance(e, (int, float)) else e for e in row], 1) for row in rows], 1
    )


def scale(x: Tensor, y: Tensor) -> Tensor:
    return matrix(x, (x, 0, 0), (0, y, 0), (0, 0, 1))


def move(x: Tensor, y: Tensor) -> Tensor:
    return matrix(x, (1, 0, x), (0, 1, y), (0, 0, 1))


def turn(c: Tensor, s: Tensor) -> Tensor:
    return matrix(c, (c, -s, 0), (s, c, 0), (0, 0, 1))


def angle(on: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the direction of a normal point; 1 and 0 where the step is left out."""
    radius = torch.hypot(a, b)
    return torch.where(on, a / radius, 1.0), torch.where(on, b / radius, 0.0)


def places(draws: Iterator[Tensor], p: Tensor, side: int) -> Tensor:
    """G_inv: what a place of the result is in the picture."""
    gate, x, y = next(draws) < p, next(draws), next(draws)
    drift = move(-torch.where(gate, side * x, 0.0), -torch.where(gate, side * y, 0.0))
    spins, squeeze = [], None
    for _ in range(2):
        spins.append(turn(*angle(next(draws) < 1 - torch.sqrt(1 - p.clip(0, 1)), next(draws), next(draws))))
        if squeeze is None:
            s = torch.where(next(draws) < p, torch.exp2(next(draws)), 1.0)
            squeeze = scale(1 / s, s)
    s = torch.where(next(draws) < p, torch.exp2(next(draws)), 1.0)
    gate, x, y = next(draws) < p, next(draws).round(), next(draws).round()
    step = move(-torch.where(gate, x, 0.0), -torch.where(gate, y, 0.0))
    quarters = torch.where(next(draws) < p, (4 * next(draws)).floor(), 0.0) * math.pi / 2
    mirror = torch.where(next(draws) < p, (2 * next(draws)).floor(), 0.0)
    facing = turn(quarters.cos().round(), quarters.sin().round())
    flip = scale(1 - 2 * mirror, torch.ones_like(mirror))
    return flip @ facing @ step @ scale(1 / s, 1 / s) @ spins[1] @ squeeze @ spins[0] @ drift


def read(x: Tensor, inverse: Tensor) -> Tensor:
    """Execute geometric transformations of AugmentPipe, with the largest margin for every picture."""
    n, channels, side, _ = x.shape
    taps = x.new_tensor(SYM6) / sum(SYM6)
    pad = len(taps) // 4
    one = x.new_ones(n)
    up = upfirdn(F.pad(x, [side - 1] * 4, mode="reflect"), taps.tolist(), 2, 1, [6, 5], 4)
    inverse = scale(2 * one, 2 * one) @ inverse @ scale(one / 2, one / 2)
    inverse = move(-one / 2, -one / 2) @ inverse @ move(one / 2, one / 2)
    size, fine = up.shape[-1], 2 * (side + 2 * pad)
    inverse = scale(2 * one / size, 2 * one / size) @ inverse @ scale(one * fine / 2, one * fine / 2)
    grid = F.affine_grid(inverse[:, :2], [n, channels, fine, fine], align_corners=False)
    found = F.grid_sample(up, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    before, behind = (len(taps) - 1) // 2 - 2 * pad, (len(taps) - 2) // 2 - 2 * pad
    return upfirdn(found, taps.flip(0).tolist(), 1, 2, [before, behind], 1)


def colours(draws: Iterator[Tensor], p: Tensor) -> Tensor:
    """C, the matrix of colours with a row for what is added."""
    like = next(draws)
    one, axis = torch.eye(4, dtype=p.dtype), torch.tensor([1.0, 1, 1, 0], dtype=p.dtype) / math.sqrt(3)
    along = torch.outer(axis, axis)
    b = torch.where(like < p, next(draws), 0.0)
    c = matrix(b, (1, 0, 0, b), (0, 1, 0, b), (0, 0, 1, b), (0, 0, 0, 1))
    s = torch.where(next(draws) < p, torch.exp2(next(draws)), 1.0)
    c = matrix(s, (s, 0, 0, 0), (0, s, 0, 0), (0, 0, s, 0), (0, 0, 0, 1)) @ c
    mirror = torch.where(next(draws) < p, (2 * next(draws)).floor(), 0.0)[:, None, None]
    c = (one - 2 * along * mirror) @ c
    cosine, sine = (v[:, None, None] for v in angle(next(draws) < p, next(draws), next(draws)))
    x, y, z = axis[:3]
    cross = torch.tensor([[0, -z, y, 0], [z, 0, -x, 0], [-y, x, 0, 0], [0, 0, 0, 0]], dtype=p.dtype)
    last = torch.diag(torch.tensor([0.0, 0, 0, 1], dtype=p.dtype))
    c = ((one - last) * cosine + sine * cross + (1 - cosine) * along + last) @ c
    s = torch.where(next(draws) < p, torch.exp2(next(draws)), 1.0)[:, None, None]
    return (along + (one - along) * s) @ c


def augmented(x: Tensor, samples: Samples, draw: str, first: int, p: Tensor) -> Tensor:
    draws = named(samples, draw, first)
    x = read(x, places(draws, p, x.shape[-1]))
    c = colours(draws, p)
    return torch.einsum("nij,njhw->nihw", c[:, :3, :3], x) + c[:, :3, 3, None, None]


def named(samples: Samples, draw: str, first: int) -> Iterator[Tensor]:
    """Draws in their order; powers of two are drawn as logarithms to the base of two."""
    return (samples.draw(f"{draw}#{first + k}") for k in range(DRAWS))


def whole(position: Any, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    """The non-saturating losses of augmented pictures; in D's own step, p and what it counts move."""
    p, draw = position._buffers["state/p"], f"{player}.minimizes"
    if player != DISCRIMINATOR:
        return F.softplus(-position.score(augmented(samples.fake, samples, draw, 1, p))).mean()
    real = position.score(augmented(samples.real, samples, draw, 1, p))
    fake = position.score(augmented(samples.fake, samples, draw, 1 + DRAWS, p))
    if position.player == DISCRIMINATOR:
        count_signs(position, samples, p)
    return (F.softplus(-real) + F.softplus(fake)).mean()


def count_signs(position: Any, samples: Samples, p: Tensor) -> None:
    turn, signs = (position._buffers[f"state/{name}"] for name in ("turn", "signs"))
    score = position.score(augmented(samples.real, samples, "signs.becomes", 1, p)).detach()
    images = len(samples.real) * PERIOD
    position._moved |= {
        "state/turn": torch.where(turn >= PERIOD - 1, 0.0, turn + 1),
        "state/signs": torch.where(turn > 0, signs, 0.0) + score.sign().mean(),
        "state/p": torch.where(turn > 0, p, (p + (signs / PERIOD - TARGET).sign() * images / SPEED).clamp(min=0)),
    }


OBJECTIVES["adaptively augmented"] = Objective(whole=whole)
