#!/usr/bin/env python3
"""Operations of each player's step by PyTorch's counter, as one line of JSON.

The formulas of `torch.utils.flop_counter` count matrix products and convolutions, two operations a
multiply-add, and nothing else; its own mode refuses `torch.autograd.grad`, so that they are summed here. Beside both trainers' steps stand the passes that formulas are made of: D and G
forward on a batch (F and F_G), G's backward pass, and what D's first layer costs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

import measure
from torch_eager import Trainer
from torch_naive import NaiveTrainer
from torch_networks import Residual


class Counter(TorchDispatchMode):
    """Sums the operations of what runs inside it."""

    total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func._overloadpacket)
        if formula:
            self.total += formula(*args, **(kwargs or {}), out_val=result)
        return result


def count(play: Callable[[], object]) -> int:
    with Counter() as counter:
        play()
    return counter.total


def layer_costs(layers: nn.Sequential, value: Tensor) -> list[int]:
    """Operations of each layer that has any."""
    costs = []
    for layer in layers:
        costs.append(count(lambda: layer(value)))
        value = layer(value)
    return [cost for cost in costs if cost > 0]


def first_cost(layers: nn.Sequential, value: Tensor) -> int:
    """Operations of the layers that read the samples; those of both paths of a residual block."""
    if isinstance(layers[0], Residual):
        return sum(layer_costs(path, value)[0] for path in (layers[0].main, layers[0].shortcut))
    return layer_costs(layers, value)[0]


def passes(trainer: Trainer) -> dict[str, int]:
    """Operations of single passes over one batch."""
    real, latent = trainer._batch()
    costs = layer_costs(trainer.D, real)
    made = trainer.G(latent)
    return {
        "F": sum(costs),
        "first": first_cost(trainer.D, real),
        "F_G": count(lambda: trainer.G(latent)),
        "backward_G": count(lambda: torch.autograd.grad(made.sum(), trainer.theta)),
    }


def steps(trainer: Trainer) -> dict[str, int]:
    real, latent = trainer._batch()
    t = torch.rand(trainer.game.batch, *([1] * len(trainer.game.sample)))
    if trainer.spectral:
        trainer.spectral.iterate()
    return {
        "discriminator": count(lambda: trainer.discriminator_gradients(real, latent, t)),
        "generator": count(lambda: trainer.generator_gradients(real, latent)),
    }


def main() -> None:
    options = measure.arguments((__doc__ or "").split("\n")[0]).parse_args()
    torch.set_num_threads(options.threads)
    game = measure.game(options)
    answer = {
        "passes": passes(Trainer(game)),
        "careful": steps(Trainer(game)),
        "naive": steps(NaiveTrainer(game)),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
