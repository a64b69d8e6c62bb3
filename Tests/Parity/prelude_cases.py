"""One row for each way to use each entry of the prelude, on perceptrons and on convolutions.

The specs are written here, since nobody would ship them: small networks with tanh, whose second derivatives are not
zero, and batch norm in the convolutional generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from torch import Tensor, nn

from cases import Case, Game
from networks import Networks
from optimizers import Optimizer

BATCH = 8
Options = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """Networks of one kind, in YAML and in torch."""

    name: str
    sample: tuple[int, ...]
    data: str
    makers: Mapping[str, Callable[..., tuple[str, nn.Sequential]]]
    label: Callable[[Tensor], Tensor] = lambda y: y

    def networks(self, needed: Mapping[str, tuple[str, int]]) -> tuple[str, Callable[[], Networks]]:
        """The `networks` section for {network: (maker, width)}, and the modules."""
        made = {n: self.makers[maker](width) for n, (maker, width) in needed.items()}
        text = "\n".join(f"  {name}: {layers}" for name, (layers, _) in made.items())
        return text, lambda: {n: self.makers[m](width)[1] for n, (m, width) in needed.items()}


def perceptron(source: str, inputs: int) -> Callable[[int], tuple[str, nn.Sequential]]:
    def make(width: int) -> tuple[str, nn.Sequential]:
        layers = f"{{input: {source}, layers: [{{linear: 8}}, tanh, {{linear: {width}}}]}}"
        return layers, nn.Sequential(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, width))

    return make


def image_reader(width: int) -> tuple[str, nn.Sequential]:
    """A discriminator, classifier or encoder of 1x8x8 images."""
    text = f"""
    input: x
    layers:
      - conv: {{out: 4, kernel: 3, padding: 1}}
      - tanh
      - conv: {{out: 3, kernel: 4, stride: 2, padding: 1}}
      - tanh
      - flatten
      - linear: {width}"""
    return text, nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.Tanh(),
        nn.Conv2d(4, 3, 4, stride=2, padding=1),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(48, width),
    )


def image_maker(normalised: bool) -> Callable[[int], tuple[str, nn.Sequential]]:
    def make(width: int) -> tuple[str, nn.Sequential]:
        text = f"""
    input: z
    layers:
      - linear: 32
      - reshape: [2, 4, 4]
      - {"batch_norm" if normalised else "tanh"}
      - tanh
      - conv_transpose: {{out: 1, kernel: 4, stride: 2, padding: 1}}
      - tanh"""
        return text, nn.Sequential(
            nn.Linear(3, 32),
            nn.Unflatten(1, (2, 4, 4)),
            nn.BatchNorm2d(2) if normalised else nn.Tanh(),
            nn.Tanh(),
            nn.ConvTranspose2d(2, 1, 4, stride=2, padding=1),
            nn.Tanh(),
        )

    return make


def image_copier(width: int) -> tuple[str, nn.Sequential]:
    """A discriminator that is an autoencoder."""
    text = """
    input: x
    layers:
      - conv: {out: 3, kernel: 3, padding: 1}
      - tanh
      - conv: {out: 1, kernel: 3, padding: 1}"""
    return text, nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.Tanh(), nn.Conv2d(3, 1, 3, padding=1)
    )


SHAPES = (
    Shape(
        name="mlp",
        sample=(2,),
        data=f"""
data:
  x: {{type: ring, modes: 4, radius: 1, sigma: 0.1, batch: {BATCH}, labels: y}}
latent:
  z: {{shape: [3], distribution: normal}}""",
        makers={
            "reader": perceptron("x", 2),
            "maker": perceptron("z", 3),
            "decoder": perceptron("z", 3),
            "copier": lambda width: perceptron("x", 2)(2),
        },
    ),
    # Normal noise stands for images, so that nothing is read from disk, and its labels are made by a softmax.
    Shape(
        name="conv",
        sample=(1, 8, 8),
        data=f"""
latent:
  x: {{shape: [1, 8, 8], distribution: normal, batch: {BATCH}}}
  z: {{shape: [3], distribution: normal, batch: {BATCH}}}
  y: {{shape: [4], distribution: normal, batch: {BATCH}}}
bind:
  label: "exp(y - logsumexp(y, over=sample))" """,
        makers={
            "reader": image_reader,
            "maker": image_maker(normalised=True),
            "decoder": image_maker(normalised=False),
            "copier": image_copier,
        },
        label=lambda y: y.softmax(1),
    ),
)

CODERS = {"E": ("reader", 3), "V": ("reader", 3), "G": ("decoder", 2)}


def networks_for(objective: str) -> dict[str, tuple[str, int]]:
    match objective:
        case "cross_entropy":
            return {"C": ("reader", 4)}
        case "reconstruction":
            return {name: CODERS[name] for name in ("E", "G")}
        case "elbo":
            return CODERS
        case "mmd":
            return {"G": ("maker", 2), "D": ("reader", 3)}
        case "energy_based":
            return {"G": ("maker", 2), "D": ("copier", 1)}
    return {"G": ("maker", 2), "D": ("reader", 1)}


def trains_for(objective: str) -> dict[str, tuple[str, ...]]:
    match objective:
        case "cross_entropy":
            return {"classifier": ("C",)}
        case "reconstruction":
            return {"autoencoder": ("E", "G")}
        case "elbo":
            return {"autoencoder": ("E", "V", "G")}
    return {"discriminator": ("D",), "generator": ("G",)}


def flow(options: Mapping[str, Any]) -> str:
    """Options as a YAML flow mapping."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in options.items()) + "}"


def game(shape: Shape, objective: str, options: Options, regularizer: str, own: Options) -> Game:
    layers, make = shape.networks(networks_for(objective))
    spec = f"""spec: 1
name: parity{shape.data}
networks:
{layers}
objective: {{{objective}: {flow(options)}}}
regularizers: [{f"{regularizer}: {flow(own)}" if regularizer else ""}]
optimizer: {{type: adam, lr: 1e-3, betas: [0.5, 0.9]}}
train: {{total: 8 steps}}
"""
    names = [regularizer] if regularizer else []
    if regularizer == "consensus":
        names = ["consensus_discriminator", "consensus_generator"]
    return Game(
        path="",
        spec=spec,
        networks=make,
        batch=BATCH,
        streams={"x": shape.sample, "z": (3,)},
        objective=objective,
        objective_options=options,
        regularizers={name: own for name in names},
        optimizer=Optimizer(lr=1e-3, options={"betas": (0.5, 0.9)}),
        trains=trains_for(objective),
        label=shape.label,
    )


def combinations(**choices: tuple[Any, ...]) -> list[Options]:
    return [dict(zip(choices, values)) for values in product(*choices.values())]


BOTH = ("minimax", "non_saturating")

OBJECTIVES: dict[str, list[Options]] = {
    "minimax": [{}],
    "non_saturating": [{}],
    "wgan": [{}],
    "hinge": [{}],
    "least_squares": [{}, {"a": -1, "b": 0.7, "c": 0.3}],
    "relativistic": [{}],
    "relativistic_average": [{}],
    "mmd": combinations(kernel=("rbf", "rational_quadratic"), estimator=("biased", "unbiased")),
    "energy_based": [{"margin": 1.5}],
    "f_total_variation": combinations(generator=BOTH),
    "f_kl": combinations(generator=BOTH),
    "f_reverse_kl": combinations(generator=BOTH),
    "f_pearson": combinations(generator=BOTH, conjugate=("published", "exact")),
    "f_neyman": combinations(generator=BOTH),
    "f_hellinger": combinations(generator=BOTH),
    "f_jeffrey": combinations(generator=BOTH),
    "f_jensen_shannon": combinations(generator=BOTH),
    "f_js_weighted": combinations(generator=BOTH, pi=(0.3,)),
    "f_gan": combinations(generator=BOTH),
    "f_alpha": combinations(generator=BOTH, alpha=(-1.5, 0.3, 1.5, 2, 3)),
    "cross_entropy": [{}],
    "reconstruction": combinations(error=("squared", "absolute")),
    "elbo": combinations(likelihood=("normal", "bernoulli"), beta=(0.3,), deviation=(0.6,)),
}

ROTH_F = ("kl", "reverse_kl", "pearson", "neyman", "hellinger", "jeffrey", "jensen_shannon", "gan")

REGULARIZERS: dict[str, list[Options]] = {
    "wgan_gp": [{}, {"target": 0.2}],
    "wgan_lp": [{"target": 0.05}],
    "wgan_gp0": [{}],
    "max_gp": [{}],
    "r1": [{}],
    "r2": [{}],
    "dragan": [{}, {"noise": "normal", "c": 0.3, "target": 0.2}],
    "roth": [{}],
    "roth_f": [
        *combinations(divergence=ROTH_F),
        {"divergence": "js_weighted", "pi": 0.3},
        *combinations(divergence=("alpha",), alpha=(-1.5, 0.3, 1.5, 2)),
    ],
    "advas": combinations(estimator=("split", "biased", "two_batch", "one_sided")),
    "nagarajan_kolter": [{}],
    "consensus": [{}],
    "orthogonal": [{}],
    "orthogonal_2017": [{}],
    "weight_decay": [{}],
    "lecam": [{}],
    "path_length": [{"every": 1}],
    "consistency": [{}],
    "balanced_consistency": [{"fake_ratio": 0.3}],
    "latent_consistency": [{}],
    "latent_diversity": [{}],
}


def title(shape: Shape, entry: str, options: Options) -> str:
    return " ".join([shape.name, entry, *(f"{key}={value}" for key, value in options.items())])


GAMES: dict[str, Game] = {
    title(shape, name, options): game(shape, name, options, "", {})
    for shape in SHAPES
    for name, uses in OBJECTIVES.items()
    for options in uses
} | {
    title(shape, name, options): game(shape, "non_saturating", {}, name, options)
    for shape in SHAPES
    for name, uses in REGULARIZERS.items()
    for options in uses
}

# Several losses are differences that cancel to nearly 0, where float32's relative error says little.
CASES: list[Case] = [Case(name, precisions=("float64",)) for name in GAMES]
