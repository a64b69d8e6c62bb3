"""One row for each way to use an optimizer: its YAML, and who moves a parameter likewise in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sample:
    yaml: str
    optimizer: Callable[[list[Tensor]], torch.optim.Optimizer]


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2, line by line; PyTorch has none."""

    def __init__(self, params: list[Tensor], lr: float, betas: tuple[float, float], weight_decay: float) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for theta in group["params"]:
                g = theta.grad
                m = self.state[theta].get("m", torch.zeros_like(theta))
                c = beta1 * m + (1 - beta1) * g
                theta.sub_(group["lr"] * (torch.sign(c) + group["weight_decay"] * theta))
                self.state[theta]["m"] = beta2 * m + (1 - beta2) * g


SAMPLES = {
    "adam": Sample(
        "{type: adam, lr: 0.1, betas: [0.8, 0.9], eps: 1e-3, weight_decay: 0.1}",
        lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1),
    ),
    "adam-defaults": Sample("{type: adam, lr: 0.1}", lambda p: torch.optim.Adam(p, lr=0.1)),
    "adamw": Sample(
        "{type: adamw, lr: 0.1, betas: [0.8, 0.9], eps: 1e-3, weight_decay: 0.2}",
        lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.2),
    ),
    "adamw-defaults": Sample("{type: adamw, lr: 0.1}", lambda p: torch.optim.AdamW(p, lr=0.1)),
    "adagrad": Sample(
        "{type: adagrad, lr: 0.1, lr_decay: 0.3, initial_accumulator_value: 0.2, eps: 1e-3, weight_decay: 0.1}",
        lambda p: torch.optim.Adagrad(
            p, lr=0.1, lr_decay=0.3, initial_accumulator_value=0.2, eps=1e-3, weight_decay=0.1
        ),
    ),
    "lion": Sample(
        "{type: lion, lr: 0.1, betas: [0.6, 0.8], weight_decay: 0.2}",
        lambda p: Lion(p, lr=0.1, betas=(0.6, 0.8), weight_decay=0.2),
    ),
    "lion-defaults": Sample(
        "{type: lion, lr: 0.1}", lambda p: Lion(p, lr=0.1, betas=(0.9, 0.99), weight_decay=0.0)
    ),
    "rmsprop": Sample(
        "{type: rmsprop, lr: 0.1, alpha: 0.7, eps: 1e-3, momentum: 0.6, weight_decay: 0.1}",
        lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.7, eps=1e-3, momentum=0.6, weight_decay=0.1),
    ),
    "rmsprop-plain": Sample("{type: rmsprop, lr: 0.1}", lambda p: torch.optim.RMSprop(p, lr=0.1)),
    "sgd": Sample("{type: sgd, lr: 0.1}", lambda p: torch.optim.SGD(p, lr=0.1)),
    "sgd-momentum": Sample(
        "{type: sgd, lr: 0.1, momentum: 0.9, weight_decay: 0.1}",
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
    ),
    "sgd-nesterov": Sample(
        "{type: sgd, lr: 0.1, momentum: 0.9, nesterov: true}",
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    ),
}
