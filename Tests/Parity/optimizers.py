"""torch.optim's optimizers with state that comes from a record, learning-rate schedules, and what stands around a step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from record import Record

Named = dict[str, Tensor]


@dataclass(frozen=True)
class Schedule:
    """How a learning rate or a weight changes; `rounds` is the period, or how long it lasts."""

    type: str = "constant"
    to: float = 0.0
    rounds: int = 1
    factor: float = 1.0
    warmup: int = 0

    def value(self, start: float, index: int) -> float:
        share = min(1.0, index / self.rounds)
        match self.type:
            case "constant":
                value = start
            case "linear":
                value = start + (self.to - start) * share
            case "cosine":
                value = self.to + (start - self.to) * (1 + math.cos(math.pi * share)) / 2
            case "exponential":
                value = start * self.factor ** (index / self.rounds)
            case "step":
                value = start * self.factor ** (index // self.rounds)
            case other:
                raise ValueError(f"unknown schedule {other!r}")
        return value * (index + 1) / self.warmup if index < self.warmup else value


@dataclass(frozen=True)
class Optimizer:
    """Settings; `options` are those of the class in torch.optim, by its names."""

    type: str = "adam"
    lr: float = 1e-4
    options: Mapping[str, Any] = field(default_factory=lambda: {"betas": (0.0, 0.9)})
    schedule: Schedule = Schedule()
    second: Schedule = Schedule()
    """Of the second of `betas`."""

    def at(self, index: int, share: float = 1.0) -> Optimizer:
        """Constant settings of a round, for 1/share times as many steps as they mean. (Karras et al. 2020.)"""
        options = dict(self.options)
        if "betas" in options:
            first, second = options["betas"]
            options["betas"] = (first**share, self.second.value(second, index) ** share)
        return Optimizer(self.type, share * self.schedule.value(self.lr, index), options)


CLASSES: dict[str, type[torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}
SLOTS: dict[str, dict[str, str]] = {
    "adam": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adamw": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adagrad": {"sum": "sum"},
    "rmsprop": {"m": "momentum_buffer", "v": "square_avg"},
    "sgd": {"m": "momentum_buffer"},
}
"""What torch calls the slots of a record."""


@dataclass(frozen=True)
class Rules:
    """What happens to one player's gradient before the optimizer, and to its parameters after."""

    max_norm: float | None = None
    limit: float | None = None

    def clipped(self, gradients: Named) -> Named:
        if self.max_norm is None:
            return gradients
        # Torch's clip_grad_norm_ divides by the norm plus 1e-6; Pascanu et al. by the norm.
        size = torch.nn.utils.get_total_norm(list(gradients.values()))
        factor = min(1.0, self.max_norm / float(size))
        return {name: factor * gradient for name, gradient in gradients.items()}

    def constrained(self, parameters: Named) -> Named:
        if self.limit is None:
            return parameters
        return {name: w.clamp(-self.limit, self.limit) for name, w in parameters.items()}


class OptimizerState:
    """One player's optimizer between its steps, which `also` others take."""

    def __init__(
        self, settings: Optimizer, rules: Rules, record: Record, player: str, also: Sequence[str] = ()
    ) -> None:
        self.settings = settings
        self.rules = rules
        self._state: dict[str, dict[str, Tensor]] = {}
        for name in record.under("parameters/"):
            place = f"optimizer/{player}/{name}"
            if f"{place}/step" not in record:
                continue
            taken = [record[f"optimizer/{who}/{name}/step"] for who in (player, *also)]
            state = {"step": torch.stack(taken).sum().to(torch.float32)}
            for slot, own in SLOTS[settings.type].items():
                if f"{place}/{slot}" in record:
                    state[own] = record[f"{place}/{slot}"]
            self._state[name] = state

    def step(self, parameters: Named, gradients: Named) -> Named:
        """The parameters after one update in float64; moves the state."""
        moved, self._state = self._run(parameters, gradients, torch.float64)
        return moved

    def peek(self, parameters: Named, gradients: Named, dtype: torch.dtype) -> Named:
        """The same in another precision, leaving the state alone."""
        return self._run(parameters, gradients, dtype)[0]

    def _run(
        self, parameters: Named, gradients: Named, dtype: torch.dtype
    ) -> tuple[Named, dict[str, dict[str, Tensor]]]:
        own = {name: nn.Parameter(parameters[name].to(dtype).clone()) for name in gradients}
        clipped = self.rules.clipped({name: g.to(dtype) for name, g in gradients.items()})
        optimizer = CLASSES[self.settings.type](
            list(own.values()), lr=self.settings.lr, **self.settings.options
        )
        for name, parameter in own.items():
            parameter.grad = clipped[name].clone()
            for key, value in self._state.get(name, {}).items():
                value = value.clone() if key == "step" else value.to(dtype).clone()
                optimizer.state[parameter][key] = value
        optimizer.step()
        moved = self.rules.constrained({name: p.detach() for name, p in own.items()})
        state = {name: dict(optimizer.state[p]) for name, p in own.items()}
        return moved, {**self._state, **state}
