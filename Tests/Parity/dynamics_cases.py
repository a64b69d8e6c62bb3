"""One row for each way in which players can move, on perceptrons and on convolutions.

Optimizers, update modes, spectral norm, clipping, averages and schedules, on the games of prelude_cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cases import Case, Game
from optimizers import Optimizer, Rules, Schedule
from prelude_cases import SHAPES, game, flow

ADVERSARIES = ("discriminator", "generator")


@dataclass(frozen=True)
class Dynamics:
    """A way to move: sections of the spec, and the same in torch's terms."""

    name: str
    regularizers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Penalties, with their options."""
    rules: str = ""
    """Entries of `regularizers` that are no penalties, as YAML."""
    sections: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the game."""


def optimizer(name: str, kind: str, lr: float, spec: Mapping[str, Any], **renamed: Any) -> Dynamics:
    """`spec` are the keys of the spec; `renamed` what torch wants instead."""
    own = {"type": kind, "lr": lr, **spec}
    options = {key: tuple(v) if isinstance(v, list) else v for key, v in spec.items()}
    return Dynamics(
        name,
        regularizers={"r1": {}, "advas": {}},
        sections={"optimizer": flow({k: str(v).lower() for k, v in own.items()})},
        settings={"optimizer": Optimizer(kind, lr, {**options, **renamed})},
    )


def update(mode: str, **regularizers: Mapping[str, Any]) -> Dynamics:
    return Dynamics(
        f"update={mode}",
        regularizers=regularizers,
        sections={"train": f"{{total: 8 steps, update: {mode}}}"},
        settings={"update": mode},
    )


def consensus(weight: float) -> Dynamics:
    names = [f"consensus_{player}" for player in ADVERSARIES]
    return Dynamics(
        f"update=consensus weight={weight:g}",
        sections={"train": f"{{total: 8 steps, update: {{consensus: {{weight: {weight}}}}}}}"},
        settings={
            "update": "simultaneous",
            "regularizers": {name: {"weight": weight} for name in names},
        },
    )


SPECTRAL = Dynamics(
    "spectral_norm",
    regularizers={"r1": {}, "advas": {}},
    rules="spectral_norm: {player: [discriminator, generator]}",
    settings={"spectral": frozenset({"D", "G"})},
)

DYNAMICS = (
    optimizer("adam", "adam", 1e-3, {"betas": [0.5, 0.9], "weight_decay": 0.01}),
    optimizer("adamw", "adamw", 1e-3, {"betas": [0.0, 0.99], "weight_decay": 0.1, "eps": 1e-6}),
    optimizer("rmsprop", "rmsprop", 1e-3, {"alpha": 0.9}),
    optimizer("rmsprop momentum", "rmsprop", 1e-3, {"momentum": 0.5, "weight_decay": 0.01}),
    optimizer("sgd", "sgd", 1e-2, {"weight_decay": 0.01}),
    optimizer("sgd momentum", "sgd", 1e-2, {"momentum": 0.9}),
    optimizer("sgd nesterov", "sgd", 1e-2, {"momentum": 0.9, "nesterov": True}),
    optimizer(
        "adagrad", "adagrad", 1e-2, {"lr_decay": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-8}
    ),
    update("simultaneous", r1={}, advas={}),
    update("extragradient", r1={}, advas={}),
    consensus(10.0),
    consensus(0.5),
    SPECTRAL,
    *(
        replace(
            SPECTRAL,
            name=f"spectral_norm update={mode}",
            sections=update(mode).sections,
            settings={**SPECTRAL.settings, "update": mode},
        )
        for mode in ("simultaneous", "extragradient")
    ),
    Dynamics(
        "gradient_norm_clipping",
        regularizers={"r1": {}},
        rules="gradient_norm_clipping: {max: 0.01}",
        settings={"rules": {player: Rules(max_norm=0.01) for player in ADVERSARIES}},
    ),
    Dynamics(
        "weight_clipping update=extragradient",
        regularizers={"advas": {}},
        rules="weight_clipping: {limit: 0.05}",
        sections=update("extragradient").sections,
        settings={"rules": {"discriminator": Rules(limit=0.05)}, "update": "extragradient"},
    ),
    Dynamics(
        "ema steps=2",
        regularizers={"r1": {}},
        sections={
            "ema": "{G: {decay: 0.7, start: 1}, D: {decay: 0.9, start: 3}}",
            "players": "{discriminator: {steps: 2}}",
        },
        settings={"averages": {"G": (0.7, 1), "D": (0.9, 3)}},
    ),
    # AdvAs evaluates the discriminator's loss and penalty on the generator's larger batch.
    Dynamics(
        "batch",
        regularizers={"wgan_gp": {}, "advas": {"include_regularizers": True}},
        sections={"players": "{generator: {batch: 12}}"},
    ),
    Dynamics(
        "schedules",
        regularizers={"r1": {}, "roth": {}, "advas": {"include_regularizers": True}},
        sections={
            "optimizer": "{type: sgd, lr: 0.1, schedule: {cosine: {to: 0.01, over: 6, warmup: 4}}}",
            "players": "{discriminator: {penalties: ["
            "{name: r1, schedule: {linear: {to: 1, over: 4}}}, "
            "{name: roth, schedule: {exponential: {factor: 0.01, every: 20}}}]}}",
        },
        settings={
            "optimizer": Optimizer("sgd", 0.1, {}, Schedule("cosine", 0.01, rounds=6, warmup=4)),
            "schedules": {
                "r1": Schedule("linear", 1.0, rounds=4),
                "roth": Schedule("exponential", factor=0.01, rounds=20),
            },
        },
    ),
)


def dynamic_game(shape: Any, dynamics: Dynamics) -> Game:
    base = game(shape, "non_saturating", {}, "", {})
    penalties = [f"{name}: {flow(options)}" for name, options in dynamics.regularizers.items()]
    entries = [text for text in (*penalties, dynamics.rules) if text]
    spec = base.spec.replace("regularizers: []", f"regularizers: [{', '.join(entries)}]")
    for key, text in dynamics.sections.items():
        kept = [line for line in spec.splitlines() if not line.startswith(f"{key}:")]
        spec = "\n".join([*kept, f"{key}: {text}"]) + "\n"
    settings = {"regularizers": dynamics.regularizers, **dynamics.settings}
    return replace(base, spec=spec.replace("True", "true"), **settings)


GAMES: dict[str, Game] = {
    f"{shape.name} {dynamics.name}": dynamic_game(shape, dynamics)
    for shape in SHAPES
    for dynamics in DYNAMICS
}
CASES: list[Case] = [Case(name, precisions=("float64",)) for name in GAMES]
