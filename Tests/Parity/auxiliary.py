"""Losses of classes, of codes that D reads back, and of one encoder: what published networks minimise besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from objectives import OBJECTIVES, elbo
from regularizers import REGULARIZERS, penalty
from terms import DISCRIMINATOR, GENERATOR, Objective, Position, Samples


def unlikely(logits: Tensor, samples: Samples, stream: str) -> Tensor:
    """The cross entropy of logits with a stream of one-hot classes."""
    return F.cross_entropy(logits, samples.draw(stream).argmax(1))


def classes(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    return unlikely(position.call("D", samples.real)[:, 1:], samples, "y")


def fake_classes(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    return unlikely(position.call("D", samples.fake)[:, 1:], samples, "y")


def kinds(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    return unlikely(position.call("D", samples.fake)[:, 1:11], samples, "kind")


def numbers(position: Position, samples: Samples, options: Mapping[str, Any]) -> Tensor:
    """Minus the logarithm of a normal density of deviation 1, but for a constant."""
    difference = position.call("D", samples.fake)[:, 11:] - samples.draw("numbers")
    return difference.square().sum(1).mean() / 2


REGULARIZERS.update(
    classes=penalty(DISCRIMINATOR, classes, 1.0),
    fake_classes=penalty(GENERATOR, fake_classes, 0.1),
    kinds_discriminator=penalty(DISCRIMINATOR, kinds, 1.0),
    kinds_generator=penalty(GENERATOR, kinds, 1.0),
    numbers_read_discriminator=penalty(DISCRIMINATOR, numbers, 0.1),
    numbers_read_generator=penalty(GENERATOR, numbers, 0.1),
)


def joint_elbo(position: Position, samples: Samples, player: str, options: Mapping[str, Any]) -> Tensor:
    """Of one network that makes mean and logarithm of the variance."""
    return elbo(position, samples, player, options, code=lambda x: position.call("E", x).chunk(2, dim=1))


OBJECTIVES["elbo of one encoder"] = Objective(whole=joint_elbo, defaults=OBJECTIVES["elbo"].defaults)
