"""The games that are compared, and the table of comparisons that `make parity` runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

import networks
from objectives import OBJECTIVES
from regularizers import REGULARIZERS
from terms import DISCRIMINATOR, GENERATOR


@dataclass(frozen=True)
class Adam:
    """torch.optim.Adam's settings."""

    lr: float = 1e-4
    betas: tuple[float, float] = (0.0, 0.9)
    eps: float = 1e-8


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
    optimizer: Adam = Adam()
    trains: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {DISCRIMINATOR: ("D",), GENERATOR: ("G",)}
    )
    label: Callable[[Tensor], Tensor] = lambda y: y
    """Probabilities of the classes, from the stream y."""
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
            case ["optimizer", name] if name in Adam.__dataclass_fields__:
                value = tuple(value) if name == "betas" else value
                return replace(self, optimizer=replace(self.optimizer, **{name: value}))
            case ["data", "x", "batch"]:
                return replace(self, batch=value)
            case ["regularizers", name, option] if name in self.regularizers:
                options = {**self.regularizers[name], option: value}
                return replace(self, regularizers={**self.regularizers, name: options})
        raise ValueError(f"the oracle does not know the setting {'.'.join(key)!r}")

    def make_networks(self) -> networks.Networks:
        return self.networks(**self.vars)

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
        optimizer=Adam(lr=5e-4, betas=(0.5, 0.9)),
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

    @property
    def title(self) -> str:
        return " ".join([self.game, *(s.removeprefix("regularizers.").removeprefix("advas.") for s in self.settings)])


def advas_settings(
    estimator: str, weight: str | float, *, include_regularizers: bool = False
) -> tuple[str, ...]:
    settings = [f"regularizers.advas.estimator={estimator}", f"regularizers.advas.weight={weight}"]
    if include_regularizers:
        settings.append("regularizers.advas.include_regularizers=true")
    return tuple(settings)


ESTIMATORS = ("split", "biased", "two_batch")

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
