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
