"""Published architectures, narrow: one round of each, with AdvAs in its ways."""

from __future__ import annotations

from dataclasses import replace

import resnets
from cases import Case, Game, ESTIMATORS
from optimizers import Optimizer

NARROW = {"width": 16, "critic": 16}
BATCH = 6


def shipped(name: str, **settings) -> Game:
    """The game of a shipped spec, narrow, with AdvAs beside spectral norm; a hinge would hide gradients."""
    spec = (
        f"spec: 1\nname: {name}\ninclude: ROOT/specs/resnet/{name}.yaml\n"
        f"vars: {{width: {NARROW['width']}, critic: {NARROW['critic']}}}\n"
        f"data: {{x: {{batch: {BATCH}}}}}\n"
        "regularizers: !replace [spectral_norm, advas: {estimator: ESTIMATOR}]\n"
        "objective: non_saturating\n"
        "players: !replace {discriminator: {optimizer: OPTIMIZER}, generator: {optimizer: OPTIMIZER}}\n"
    ).replace("OPTIMIZER", "{type: adam, lr: 2e-4, betas: [0, 0.9]}")
    return Game(
        path="",
        spec=spec,
        networks=getattr(resnets, name),
        batch=BATCH,
        vars=NARROW,
        objective="non_saturating",
        optimizer=Optimizer(lr=2e-4, options={"betas": (0.0, 0.9)}),
        **settings,
    )


BASE = {
    "sngan28": shipped("sngan28", streams={"x": (1, 28, 28), "z": (128,)}),
    "biggan28": shipped(
        "biggan28",
        streams={"x": (1, 28, 28), "z": (64,), "y": (10,)},
        conditional=True,
        averages={"G": (0.999, 0)},
    ),
}

GAMES: dict[str, Game] = {
    f"{name} {estimator}": replace(
        game,
        spec=game.spec.replace("ESTIMATOR", estimator),
        regularizers={"advas": {"estimator": estimator}},
    )
    for name, game in BASE.items()
    for estimator in ESTIMATORS
}

CASES: list[Case] = [Case(name, precisions=("float64",)) for name in GAMES]
