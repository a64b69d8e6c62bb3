"""The games that are compared, and the table of comparisons that `make parity` runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

import networks
from objectives import OBJECTIVES
from optimizers import Optimizer, Rules, Schedule
from regularizers import REGULARIZERS
from terms import DISCRIMINATOR, GENERATOR


@dataclass(frozen=True)
class OwnStep:
    """A penalty that is an optimizer step of its own behind its player's, every so many rounds."""

    host: str
    regularizer: str
    every: int


@dataclass(frozen=True)
class Game:
    """What a spec says, in Python. `settings` are the spec's own keys, as `--set` spells them."""

    path: str
    networks: Callable[..., networks.Networks]
    batch: int
    streams: Mapping[str, tuple[int, ...]]
    """Shape of one sample of each stream."""
    vars: Mapping[str, Any] = field(default_factory=dict)
    objective: str = "wgan"
    objective_options: Mapping[str, Any] = field(default_factory=dict)
    regularizers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    optimizer: Optimizer = Optimizer()
    trains: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {DISCRIMINATOR: ("D",), GENERATOR: ("G",)}
    )
    label: Callable[[Tensor], Tensor] = lambda y: y
    """Probabilities of the classes, from the stream y."""
    update: str = "alternating"
    """Or simultaneous, or extragradient; consensus is the first of these with its penalties."""
    rules: Mapping[str, Rules] = field(default_factory=dict)
    """What clips a player's gradient or parameters."""
    spectral: frozenset[str] = frozenset()
    """Networks all of whose weights have spectral norm."""
    averages: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    """Decay of the average of a network's parameters, and the round from which on it averages."""
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    """Of regularizers' weights."""
    sees: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Streams that a network sees behind its first input, such as classes."""
    score: Callable[[Tensor], Tensor] = lambda output: output
    """Which part of what D makes is its score."""
    source: Callable[[Any], Tensor] = lambda batch: batch.draw("z")
    """What G makes samples of, from a batch of game.py."""
    own_steps: Mapping[str, OwnStep] = field(default_factory=dict)
    """By what the record calls them, `generator.path_lengths`; they stand in `trains` as well."""
    spec: str = ""
    """The spec itself where no file holds it; `path` is then unused."""

    def with_settings(self, settings: Iterable[str]) -> Game:
        """The game after `key=value` settings; raises ValueError for a key it does not know."""
        game = self
        for setting in settings:
            key, separator, text = setting.partition("=")
            if not separator:
                raise ValueError(f"expected key=value, found {setting!r}")
            game = game._with_setting(key.split("."), literal(text))
        return game

    def _with_setting(self, key: list[str], value: Any) -> Game:
        match key:
            case ["vars", name]:
                return replace(self, vars={**self.vars, name: value})
            case ["objective"]:
                return replace(self, objective=value)
            case ["optimizer", "lr"]:
                return replace(self, optimizer=replace(self.optimizer, lr=value))
            case ["optimizer", "betas" | "eps" as name]:
                value = tuple(value) if name == "betas" else value
                options = {**self.optimizer.options, name: value}
                return replace(self, optimizer=replace(self.optimizer, options=options))
            case ["data", "x", "batch"]:
                return replace(self, batch=value)
            case ["regularizers", name, option] if name in self.regularizers:
                options = {**self.regularizers[name], option: value}
                return replace(self, regularizers={**self.regularizers, name: options})
        raise ValueError(f"the oracle does not know the setting {'.'.join(key)!r}")

    def make_networks(self) -> networks.Networks:
        modules = self.networks(**self.vars)
        for name in self.spectral:
            networks.normalise(modules[name])
        return modules

    def weight(self, regularizer: str, index: int) -> float | str:
        """A penalty's weight in a round."""
        weight = self.options(regularizer)["weight"]
        if weight == "auto":
            return weight
        return self.schedules.get(regularizer, Schedule()).value(weight, index)

    def steps_of(self, player: str) -> list[str]:
        """The own steps of a player's penalties, in their order."""
        return [name for name, step in self.own_steps.items() if step.host == player]

    def share(self, player: str) -> float:
        """How much of what its settings mean each of a player's steps is."""
        return 1 / (1 + sum(1 / self.own_steps[name].every for name in self.steps_of(player)))

    def objective_settings(self) -> dict[str, Any]:
        """Every option of the objective, defaults included."""
        return {**OBJECTIVES[self.objective].defaults, **self.objective_options}

    def options(self, regularizer: str) -> dict[str, Any]:
        """Every option of one regularizer, defaults included; an unknown one is an error."""
        defaults = REGULARIZERS[regularizer].defaults
        chosen = self.regularizers[regularizer]
        if unknown := set(chosen) - set(defaults):
            raise ValueError(f"{regularizer} has no option {', '.join(sorted(unknown))}")
        return {**defaults, **chosen}


def literal(text: str) -> Any:
    """A number, boolean or list where the text is one; otherwise the text."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


WGAN_GP_ADVAS: dict[str, dict[str, Any]] = {"wgan_gp": {}, "advas": {}}


GAMES: dict[str, Game] = {
    "ring": Game(
        path="specs/ring/wgan-gp-advas.yaml",
        networks=networks.ring,
        batch=256,
        streams={"x": (2,), "z": (2,)},
        vars={"width": 128},
        regularizers={"wgan_gp": {"weight": 0.1}, "advas": {}},
    ),
    "fashion-mnist": Game(
        path="specs/fashion-mnist/wgan-gp-advas.yaml",
        networks=lambda width: networks.fashion_mnist(width=width),
        batch=64,
        streams={"x": (1, 28, 28), "z": (128,)},
        vars={"width": 64},
        regularizers=WGAN_GP_ADVAS,
    ),
    "fashion-mnist-demo": Game(
        path="specs/fashion-mnist/demo.yaml",
        networks=lambda width: networks.fashion_mnist(width=width, critic=(width, 2 * width)),
        batch=64,
        streams={"x": (1, 28, 28), "z": (128,)},
        vars={"width": 24},
        regularizers=WGAN_GP_ADVAS,
        optimizer=Optimizer(lr=5e-4, options={"betas": (0.5, 0.9)}),
    ),
}


@dataclass(frozen=True)
class Case:
    """One line of the table: a game with settings, in the precisions in which it is compared."""

    game: str
    settings: tuple[str, ...] = ()
    precisions: tuple[str, ...] = ("float64", "float32")
    at: int = 2
    """The round that is recorded; later than the first, so that Adam has moments."""
    bound: float = 1e-9
    """The largest error in float64."""

    @property
    def title(self) -> str:
        place = [] if self.at == Case.at else [f"at={self.at}"]
        return " ".join([self.game, *place, *(s.removeprefix("regularizers.").removeprefix("advas.") for s in self.settings)])


def advas_settings(
    estimator: str, weight: str | float, *, include_regularizers: bool = False
) -> tuple[str, ...]:
    settings = [f"regularizers.advas.estimator={estimator}", f"regularizers.advas.weight={weight}"]
    if include_regularizers:
        settings.append("regularizers.advas.include_regularizers=true")
    return tuple(settings)


ESTIMATORS = ("split", "biased", "two_batch", "one_sided")

CASES: list[Case] = [
    *(
        Case(game, advas_settings(estimator, weight))
        for game in ("ring", "fashion-mnist-demo")
        for estimator in ESTIMATORS
        for weight in ("auto", 0.5)
    ),
    *(
        Case(game, advas_settings(estimator, "auto", include_regularizers=True))
        for game in ("ring", "fashion-mnist-demo")
        for estimator in ESTIMATORS
    ),
    # The reference executor takes minutes over this width; the narrow game above has every term.
    *(
        Case("fashion-mnist", advas_settings(estimator, "auto"), precisions=("float32",))
        for estimator in ESTIMATORS
    ),
]
