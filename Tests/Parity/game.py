"""One player's step of a game, evaluated with torch.autograd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor
from torch.func import functional_call

from cases import Game
from networks import iterated, normalised_layers, torch_name
from objectives import OBJECTIVES
from regularizers import REGULARIZERS

Named = dict[str, Tensor]


@dataclass
class StepValues:
    """What a step computes; `gradients` is the total, auto weights applied."""

    scalars: Named = field(default_factory=dict)
    gradients: Named = field(default_factory=dict)
    penalty_gradients: dict[str, Named] = field(default_factory=dict)
    """Of each penalty of automatic weight, before scaling."""
    buffers: Named = field(default_factory=dict)
    """Those of the networks that the player trains, after the step."""


class Batch:
    """Streams and draws of one batch, with G's samples made at most once."""

    def __init__(self, step: Step, draw: int) -> None:
        self._step = step
        self._suffix = "" if draw == 1 else f"@{draw}"
        # Only the step's own G(z) stands in `minimizes`; other calls leave the buffers alone.
        self._tracks = draw == 1

    def draw(self, name: str) -> Tensor:
        return self._step.draws[name + self._suffix]

    @cached_property
    def real(self) -> Tensor:
        return self.draw("x")

    @cached_property
    def fake(self) -> Tensor:
        source = self._step.game.source(self)
        return self._step.call("G", source, *self.seen("G"), tracks=self._tracks)

    def seen(self, network: str) -> list[Tensor]:
        """What the network sees behind its first input."""
        return [self.draw(name) for name in self._step.game.sees.get(network, ())]

    @property
    def label(self) -> Tensor:
        return self._step.game.label(self.draw("y"))

    def half(self, index: int) -> Half:
        return Half(self, index)


class Half:
    """Half of a batch: everything that it holds is cut, nothing is made anew."""

    def __init__(self, whole: Batch | Half, index: int) -> None:
        self._whole = whole
        self._index = index

    def _cut(self, value: Tensor) -> Tensor:
        if value.shape[0] % 2:
            raise ValueError(f"a batch of {value.shape[0]} has no halves")
        return value.chunk(2)[self._index - 1]

    def draw(self, name: str) -> Tensor:
        return self._cut(self._whole.draw(name))

    @cached_property
    def real(self) -> Tensor:
        return self._cut(self._whole.real)

    @cached_property
    def fake(self) -> Tensor:
        return self._cut(self._whole.fake)

    @cached_property
    def label(self) -> Tensor:
        return self._cut(self._whole.label)

    def seen(self, network: str) -> list[Tensor]:
        return [self._cut(value) for value in self._whole.seen(network)]

    def half(self, index: int) -> Half:
        return Half(self, index)


class Step:
    """A position of the game from which one player moves.

    `parameters` and `buffers` are named as in a record (`G.0.weight`); all tensors share one dtype.
    """

    def __init__(
        self,
        game: Game,
        player: str,
        *,
        parameters: Named,
        buffers: Named,
        draws: Named,
        round: int = 0,
    ) -> None:
        self.game = game
        self.player = player
        self.round = round
        self.draws = draws
        self._modules = game.make_networks()
        self._tensors = {
            name: value.detach().clone().requires_grad_() for name, value in parameters.items()
        }
        self._buffers = {name: value.detach().clone() for name, value in buffers.items()}
        self._batches: dict[int, Batch] = {}
        self._scored: Batch | Half | None = None
        """The samples whose further streams D sees."""
        self._moved: Named = {}
        self._tracks = False
        """Whether what is evaluated is the player's own `minimizes`, whose calls of D move D's statistics."""
        for network in game.trains[player]:
            self._iterate(network)

    # What regularizers ask (terms.Position).

    def samples(self, draw: int = 1) -> Batch:
        return self._batches.setdefault(draw, Batch(self, draw))

    def score(self, value: Tensor) -> Tensor:
        seen = (self._scored or self.samples()).seen("D")
        return self.game.score(self.call("D", value, *seen, tracks=self._tracks))

    def loss(self, player: str, samples: Batch | Half, penalties: bool) -> Tensor:
        objective = OBJECTIVES[self.game.objective]
        outer, self._scored = self._scored, samples
        total = objective.whole(self, samples, player, self.game.objective_settings())
        self._scored = outer
        if penalties:
            for name, weight, value in self._penalties(player, samples):
                if weight != "auto":
                    total = total + weight * value
        return total

    def parameters(self, player: str) -> Sequence[Tensor]:
        return [self._tensors[name] for name in self._trained(player)]

    def transposed(self, player: str) -> Sequence[bool]:
        def is_transposed(name: str) -> bool:
            network, _, rest = name.partition(".")
            module = self._modules[network].get_submodule(rest.rpartition(".")[0])
            return isinstance(module, torch.nn.ConvTranspose2d)

        return [is_transposed(name) for name in self._trained(player)]

    def average(self, name: str, value: Tensor, decay: float) -> Tensor:
        name = "ema/" + name
        moved = (decay * self._buffers[name] + (1 - decay) * value).detach()
        self._moved[name] = moved
        return moved

    # Evaluation.

    def _iterate(self, network: str) -> None:
        """Torch's one power iteration, once a step, which all calls of the network share."""
        for name, layer in normalised_layers(self._modules[network]).items():
            place = f"{network}.{name}.weight_"
            weight, v = self._tensors[place + "orig"], self._buffers[place + "v"]
            for vector, moved in zip("uv", iterated(layer, weight, v, 1)):
                self._buffers[place + vector] = self._moved[place + vector] = moved

    def call(self, network: str, *values: Tensor, tracks: bool = False) -> Tensor:
        """The network in training mode; its running statistics move only if `tracks`."""
        prefix = network + "."
        own = [
            {n.removeprefix(prefix): t for n, t in group.items() if n.startswith(prefix)}
            for group in (self._tensors, self._buffers)
        ]
        # Torch writes running statistics in place: into copies, on top of what earlier calls moved.
        earlier = self._moved if tracks else {}
        buffers = {name: earlier.get(prefix + name, value).clone() for name, value in own[1].items()}
        tensors = {torch_name(name): value for name, value in {**own[0], **buffers}.items()}
        result = functional_call(self._modules[network], tensors, values)
        if tracks and network in self.game.trains[self.player]:
            statistics = {n: v for n, v in buffers.items() if not n.endswith(("_u", "_v"))}
            self._moved |= {prefix + name: value for name, value in statistics.items()}
        return result

    def values(self) -> StepValues:
        """The step's scalars, gradients and running statistics."""
        result = StepValues()
        names = self._trained(self.player)
        samples = self.samples()
        own = self.game.own_steps.get(self.player)
        if own is None:
            self._tracks = True
            loss = self.loss(self.player, samples, penalties=False)
            self._tracks = False
        else:
            options = self.game.options(own.regularizer)
            value = REGULARIZERS[own.regularizer].value(self, samples, options)
            loss = own.every * self.game.weight(own.regularizer, self.round) * value
        result.scalars["loss"] = loss
        fixed, automatic = loss, {}
        for name, weight, value in self._penalties(self.player, samples):
            result.scalars[name] = value
            if weight == "auto":
                automatic[name] = value
            else:
                result.scalars[f"{name}.weight"] = torch.tensor(weight, dtype=torch.float64).to(value)
                fixed = fixed + weight * value
        base = self._gradient(fixed, names)
        total = dict(base)
        for name, value in automatic.items():
            gradient = self._gradient(value, names)
            weight = auto_weight(base, gradient)
            result.scalars[f"{name}.weight"] = weight
            result.penalty_gradients[name] = gradient
            total = {key: total[key] + weight * gradient[key] for key in names}
        result.gradients = total
        result.buffers = self._moved
        for name, value in self._moved.items():
            # States that are numbers are logged with their player.
            if name.startswith("state/") and value.dim() == 0:
                result.scalars[name.removeprefix("state/")] = value
        return result

    def _penalties(self, player: str, samples: Batch | Half):
        """(name, weight, value) of each penalty of the player, in the order of the spec."""
        apart = {step.regularizer for step in self.game.own_steps.values()}
        for name in [name for name in self.game.regularizers if name not in apart]:
            regularizer = REGULARIZERS[name]
            if regularizer.player == player:
                options = self.game.options(name)
                yield name, self.game.weight(name, self.round), regularizer.value(self, samples, options)

    def _trained(self, player: str) -> list[str]:
        own = self.game.trains[player]
        return [name for name in self._tensors if name.split(".")[0] in own]

    def _gradient(self, value: Tensor, names: list[str]) -> Named:
        tensors = [self._tensors[name] for name in names]
        gradients = torch.autograd.grad(value, tensors, retain_graph=True, allow_unused=True)
        return {
            name: torch.zeros_like(tensor) if gradient is None else gradient
            for name, tensor, gradient in zip(names, tensors, gradients)
        }


def auto_weight(base: Mapping[str, Tensor], gradient: Mapping[str, Tensor]) -> Tensor:
    """min(1, |g| / |g_p|), norms in float64; 0 where the penalty has no gradient."""
    size, penalty = global_norm(base), global_norm(gradient)
    weight = torch.clamp(size / penalty, max=1) if penalty > 0 else torch.zeros_like(penalty)
    return weight.to(next(iter(gradient.values())).dtype)


def global_norm(values: Mapping[str, Tensor]) -> Tensor:
    squares = [value.detach().double().square().sum() for value in values.values()]
    return torch.stack(squares).sum().sqrt()
