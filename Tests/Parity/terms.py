"""Objectives and regularizers, each a few lines of torch.

Those of the shipped specs are here, the rest of the prelude in objectives.py and regularizers.py.
To cover one more, add an entry to `OBJECTIVES` or `REGULARIZERS` there and a row to the cases.
Formulas are written from the papers, not from the prelude that they test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

DISCRIMINATOR = "discriminator"
GENERATOR = "generator"


class Samples(Protocol):
    """One batch as a player's step sees it: real and made samples, and what regularizers drew."""

    real: Tensor
    fake: Tensor
    label: Tensor

    def draw(self, name: str) -> Tensor:
        """The draw recorded under `<regularizer>.<let name>`."""

    def half(self, index: int) -> Samples:
        """Samples [0, N/2) for 1, [N/2, N) for 2; `fake` is cut, not made anew."""


class Position(Protocol):
    """What a regularizer may ask while a player's step is evaluated."""

    def samples(self, draw: int = 1) -> Samples:
        """This step's own samples, or independent ones."""

    def score(self, value: Tensor) -> Tensor:
        """D of a batch, [N, 1]."""

    def call(self, network: str, value: Tensor) -> Tensor:
        """A network of a batch, its running statistics left alone."""

    def average(self, name: str, value: Tensor, decay: float) -> Tensor:
        """The running average of a number after this step, a constant."""

    def loss(self, player: str, samples: Samples, penalties: bool) -> Tensor:
        """What the player minimises, with or without its penalties of fixed weight."""

    def parameters(self, player: str) -> Sequence[Tensor]:
        """The tensors that the player's optimizer moves."""

    def transposed(self, player: str) -> Sequence[bool]:
        """Which of them belong to transposed convolutions."""


@dataclass(frozen=True)
class Objective:
    """What each player minimises; `defaults` are its keys in the spec."""

    whole: Callable[[Position, Samples, str, Mapping[str, Any]], Tensor]
    """From the player's name and the options."""
    defaults: Mapping[str, Any] = field(default_factory=dict)


def wgan(
    position: Position, samples: Samples, player: str, options: Mapping[str, Any]
) -> Tensor:
    """Arjovsky, Chintala, Bottou 2017."""
    fake = position.score(samples.fake).mean()
    return fake - position.score(samples.real).mean() if player == DISCRIMINATOR else -fake


OBJECTIVES: dict[str, Objective] = {"wgan": Objective(whole=wgan)}


Value = Callable[[Position, Samples, Mapping[str, Any]], Tensor]


@dataclass(frozen=True)
class Regularizer:
    """A penalty that one player adds; `defaults` are its keys in the spec."""

    player: str
    value: Value
    defaults: Mapping[str, Any]
    draws: Callable[[int, Mapping[str, Any]], dict[str, tuple[int, ...]]] = field(
        default=lambda batch, options: {}
    )
    """Shapes of its uniform draws, by `let` name."""


def per_sample(value: Tensor, like: Tensor) -> Tensor:
    """A value for each sample, shaped so that it multiplies whole samples."""
    return value.reshape(-1, *([1] * (like.dim() - 1)))


def sample_norm(value: Tensor) -> Tensor:
    return value.flatten(1).square().sum(1).sqrt()


def wgan_gp(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """Gulrajani et al. 2017: E[(|grad D(xh)| - 1)^2] on random points between real and made."""
    t = per_sample(samples.draw("wgan_gp.t"), samples.real)
    between = (t * samples.real + (1 - t) * samples.fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(position.score(between).sum(), between, create_graph=True)
    return (sample_norm(slope) - options["target"]).square().mean()


def advas(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """Munk et al. 2020: the squared gradient of the adversary's own loss, estimated four ways."""
    match options["estimator"]:
        case "biased":
            pair = [samples]
        case "split" | "one_sided":
            pair = [samples.half(1), samples.half(2)]
        case "two_batch":
            pair = [samples, position.samples(draw=2)]
        case other:
            raise ValueError(f"unknown estimator {other!r}: expected split, biased, two_batch or one_sided")
    gradients = [
        torch.autograd.grad(
            position.loss(DISCRIMINATOR, batch, penalties=options["include_regularizers"]),
            list(position.parameters(DISCRIMINATOR)),
            create_graph=True,
        )
        for batch in pair
    ]
    def product(other: Sequence[Tensor]) -> Tensor:
        return sum(((a * b).sum() for a, b in zip(gradients[0], other)), torch.zeros(()))

    if options["estimator"] == "one_sided":
        # The value of the second half, and twice the derivative of the product by its first factor.
        second = [g.detach() for g in gradients[-1]]
        held = product(second)
        return sum(((g * g).sum() for g in second), torch.zeros(())) + 2 * (held - held.detach())
    return product(gradients[-1])


REGULARIZERS: dict[str, Regularizer] = {
    "wgan_gp": Regularizer(
        player=DISCRIMINATOR,
        value=wgan_gp,
        defaults={"weight": 10.0, "target": 1.0},
        draws=lambda batch, options: {"t": (batch,)},
    ),
    "advas": Regularizer(
        player=GENERATOR,
        value=advas,
        defaults={"weight": "auto", "estimator": "split", "include_regularizers": False},
    ),
}
