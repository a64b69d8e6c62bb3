"""Spectral norm from the very first round: every way to move, every order, and whoever carries the norm.

The first player to look through a norm may not be the one that moves its vectors. Where these begin, 15
iterations of torch's parametrization on the first weights, is computed anew from the weights and the seed.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from torch import nn

from cases import Case, Game
from dynamics_cases import DYNAMICS, Dynamics, dynamic_game
from networks import Networks
from optimizers import Optimizer
from prelude_cases import SHAPES
from terms import DISCRIMINATOR, GENERATOR

BOUND = 1e-12

CARRIERS = {"D": "discriminator", "G": "generator", "D+G": "[discriminator, generator]"}

ORDERS = {
    "discriminator first": {DISCRIMINATOR: ("D",), GENERATOR: ("G",)},
    "generator first": {GENERATOR: ("G",), DISCRIMINATOR: ("D",)},
}

UPDATES = {
    "alternating": "alternating",
    "simultaneous": "simultaneous",
    "extragradient": "extragradient",
    "consensus": "{consensus: {weight: 10}}",
}

DEEP = """spec: 1
name: spectral
seed: 2
data: {x: {type: ring, modes: 5, batch: 16}}
latent: {z: {shape: [4]}}
networks:
  G: {input: z, layers: [{linear: 16}, relu, {linear: 2}]}
  D:
    input: x
    layers: [{linear: 32}, {leaky_relu: 0.2}, {linear: 32}, {leaky_relu: 0.2}, {linear: 32}, {leaky_relu: 0.2}, {linear: 1}]
objective: hinge
regularizers: []
optimizer: {type: sgd, lr: 1e-3}
train: {total: 5}
"""


def deep() -> Networks:
    """A deep perceptron: with random vectors, its score would be thousands of times too large."""
    sizes = (2, 32, 32, 32)
    hidden = [[nn.Linear(a, b), nn.LeakyReLU(0.2)] for a, b in zip(sizes, sizes[1:])]
    return {
        "G": nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)),
        "D": nn.Sequential(*(layer for pair in hidden for layer in pair), nn.Linear(32, 1)),
    }


DEEP_GAME = Game(
    path="",
    spec=DEEP,
    networks=deep,
    batch=16,
    streams={"x": (2,), "z": (4,)},
    objective="hinge",
    optimizer=Optimizer("sgd", 1e-3, {}),
)


def base(shape: str) -> Game:
    if shape == "deep":
        return DEEP_GAME
    dynamics = next(d for d in DYNAMICS if d.name == "spectral_norm")
    plain: Dynamics = replace(dynamics, rules="")
    return dynamic_game(next(s for s in SHAPES if s.name == shape), plain)


def spectral(shape: str, carrier: str, update: str, order: str, averaged: bool) -> Game:
    game = base(shape)
    norm = f"spectral_norm: {{player: {CARRIERS[carrier]}}}"
    spec = game.spec.replace("regularizers: [", f"regularizers: [{norm}, ").replace(", ]", "]")
    lines = [line for line in spec.splitlines() if not line.startswith("train:")]
    names = ", ".join(ORDERS[order])
    lines.append(f"train: {{total: 8 steps, update: {UPDATES[update]}, order: [{names}]}}")
    settings = {"averages": {"G": (0.7, 0), "D": (0.9, 0)}} if averaged else {}
    if averaged:
        lines.append("ema: {G: {decay: 0.7}, D: {decay: 0.9}}")
    penalties = dict(game.regularizers)
    if update == "consensus":
        penalties |= {f"consensus_{player}": {"weight": 10.0} for player in ORDERS[order]}
    return replace(
        game,
        spec="\n".join(lines) + "\n",
        spectral=frozenset(carrier.split("+")),
        update="simultaneous" if update == "consensus" else update,
        trains=ORDERS[order],
        regularizers=penalties,
        **settings,
    )


GAMES: dict[str, Game] = {
    f"start {shape} {carrier} {update} {order}" + (" ema" if averaged else ""): spectral(
        shape, carrier, update, order, averaged
    )
    for shape, carrier, update, order, averaged in product(
        ("deep", "mlp", "conv"), CARRIERS, UPDATES, ORDERS, (False, True)
    )
    if not averaged or shape == "mlp"
}

CASES: list[Case] = [
    Case(name, precisions=("float64",), at=at, bound=BOUND) for name in GAMES for at in (0, 2)
]
