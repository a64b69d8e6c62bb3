"""RealNVP of points in the plane, as a torch module for each coupling (Dinh, Sohl-Dickstein, Bengio 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from blocks import Layers
from networks import Networks
from objectives import OBJECTIVES
from terms import Objective, Position, Samples

COUPLINGS = tuple(f"C{k}" for k in range(1, 9))


def hidden(width: int) -> Layers:
    return Layers(
        nn.Linear(1, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1)
    )


class Factor(nn.Module):
    """A learned number."""

    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(()))


class Coupling(nn.Module):
    """What one half of a point asks of the other, [N, 1] each: the logarithm of a factor, and a shift."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.add_module("0", hidden(width))
        self.scale = Factor()
        self.shift = hidden(width)

    def forward(self, kept: Tensor) -> Tensor:
        return torch.cat([self.scale.gamma * torch.tanh(self.get_submodule("0")(kept)), self.shift(kept)], dim=1)


def realnvp(*, width: int, pi: float) -> Networks:
    return {name: Coupling(width) for name in COUPLINGS}


def code(position: Position, x: Tensor) -> tuple[Tensor, Tensor]:
    """The latent of a point, and the sum of the logarithms of all factors."""
    total = torch.zeros_like(x[:, 0])
    for name in reversed(COUPLINGS):
        moved, kept = x[:, :1], x[:, 1:]
        scale, shift = position.call(name, kept).chunk(2, dim=1)
        x = torch.cat([kept, (moved - shift) / scale.exp()], dim=1)
        total = total + scale[:, 0]
    return x, total


def likelihood(
    position: Position, samples: Samples, player: str, options: Mapping[str, Any]
) -> Tensor:
    """Minus the mean logarithm of the density, by torch.distributions' normal one."""
    u, volume = code(position, samples.real)
    prior = torch.distributions.MultivariateNormal(u.new_zeros(2), torch.eye(2, dtype=u.dtype))
    return -(prior.log_prob(u) - volume).mean()


OBJECTIVES["likelihood of a flow"] = Objective(whole=likelihood)
