"""PyTorch's eager mode, written with care.

* Gradients are asked for with respect to one player's parameters only, so that no backward pass
  goes where nobody looks.
* G runs once a step; the generator's loss and AdvAs share D's forward pass over the samples.
* The half losses run D on halves: slices of a joint pass would carry zeros through its backward.
* Real samples enter AdvAs as constants (their gradient does not depend on G): no graph is kept.
* Spectral norm divides once a step, not once a call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call

from games import CLASSES, Game
from torch_networks import OBJECTIVES, build

Function = Callable[..., Tensor]
TABLES = ("gain.weight", "bias.weight")
"""Of conditional norms, which spectral norm leaves alone."""
Gradients = Sequence[Tensor]


class SpectralNorm:
    """Miyato et al. 2018: weights over their largest singular value, one power iteration a step."""

    def __init__(self, module: nn.Module) -> None:
        self.parameters = dict(module.named_parameters())
        self.vectors: dict[str, tuple[Tensor, Tensor]] = {}
        for name, value in self.parameters.items():
            if value.dim() > 1 and not name.endswith(TABLES):
                u, v = torch.randn(value.shape[0]), torch.randn(value[0].numel())
                self.vectors[name] = (u / u.norm(), v / v.norm())

    @torch.no_grad()
    def iterate(self) -> None:
        for name, (_, v) in self.vectors.items():
            matrix = self.parameters[name].flatten(1)
            u = nn.functional.normalize(matrix @ v, dim=0)
            self.vectors[name] = (u, nn.functional.normalize(matrix.mT @ u, dim=0))

    def normalised(self) -> dict[str, Tensor]:
        """All parameters, weights divided; derivatives reach the raw ones."""
        result = dict(self.parameters)
        for name, (u, v) in self.vectors.items():
            weight = self.parameters[name]
            result[name] = weight / (u @ (weight.flatten(1) @ v))
        return result


def input_gradient(scores: Tensor, samples: Tensor) -> Tensor:
    """d(sum of scores)/d(samples), one row a sample, itself differentiable."""
    (slope,) = torch.autograd.grad(scores.sum(), samples, create_graph=True)
    return slope.flatten(1)


def added(gradient: Gradients, extra: Gradients) -> Gradients:
    """Both gradients, the second no longer than the first: AdvAs's automatic weight."""
    size, other = (torch.stack(torch._foreach_norm(g)).norm() for g in (gradient, extra))
    scale = (size / other).clamp(max=1).nan_to_num(0).item()
    return torch._foreach_add(gradient, extra, alpha=scale)


class Trainer:
    """Both players' steps."""

    def __init__(self, game: Game, *, channels_last: bool = False, adam: str = "fused") -> None:
        torch.manual_seed(0)
        self.game = game
        self.objective = OBJECTIVES.get(game.objective)  # none that falls into parts: `PairedTrainer`
        self.G, self.D = build(game.generator), build(game.discriminator)
        self.format = torch.contiguous_format
        if channels_last and len(game.sample) == 3:
            self.format = torch.channels_last
            self.G.to(memory_format=self.format)
            self.D.to(memory_format=self.format)
        self.theta = list(self.G.parameters())
        self.phi = list(self.D.parameters())
        settings = {"lr": game.lr, "betas": game.betas, adam: True}
        self.move_G = torch.optim.Adam(self.theta, **settings)
        self.move_D = torch.optim.Adam(self.phi, **settings)
        self.spectral = SpectralNorm(self.D) if game.spectral_norm else None
        self.spectral_G = SpectralNorm(self.G) if game.both_normalised else None
        self.data = [self._real() for _ in range(8)]
        self.kinds = torch.eye(CLASSES)[torch.randint(CLASSES, (game.batch,))] if game.classes else None
        self.count = 0

    def _real(self) -> Tensor:
        values = torch.randn(self.game.batch, *self.game.sample).tanh()
        return values.contiguous(memory_format=self.format) if values.dim() == 4 else values

    def _batch(self) -> tuple[Tensor, Tensor]:
        self.count += 1
        latent = torch.randn(self.game.batch, self.game.latent)
        return self.data[self.count % len(self.data)], latent

    def _function(self, module: nn.Module, spectral: SpectralNorm | None) -> Function:
        """A network as one function of its input and the class, for one step."""
        if spectral is None:
            return module
        weights = spectral.normalised()
        return lambda *values: functional_call(module, weights, values)

    def round(self) -> float:
        real, latent = self._batch()
        t = torch.rand(self.game.batch, *([1] * len(self.game.sample)))
        if self.spectral:
            self.spectral.iterate()
        gradients = self.discriminator_gradients(real, latent, t, self.kinds)
        self._move(self.move_D, self.phi, gradients)
        if self.spectral_G:
            self.spectral_G.iterate()
        loss, gradients = self.generator_gradients(*self._batch(), self.kinds)
        self._move(self.move_G, self.theta, gradients)
        return loss.item()

    def discriminator_gradients(
        self, real: Tensor, latent: Tensor, t: Tensor, y: Tensor | None = None
    ) -> Gradients:
        classes = () if y is None else (y,)
        with torch.no_grad():
            fake = self._function(self.G, self.spectral_G)(latent, *classes)
        critic = self._function(self.D, self.spectral)
        if self.game.penalty == "r1":  # The loss and R1 share D's pass over the real samples.
            real = real.detach().requires_grad_()
            of_real, of_fake = critic(real, *classes), critic(fake, *classes)
        else:
            twice = [torch.cat([y, y]) for y in classes]
            of_real, of_fake = critic(torch.cat([real, fake]), *twice).chunk(2)
        total = self.objective.real(of_real) + self.objective.fake(of_fake)
        if self.game.penalty == "r1":
            slope = input_gradient(of_real, real)
            total = total + self.game.penalty_weight / 2 * slope.square().sum(1).mean()
        elif self.game.penalty == "wgan_gp":
            between = torch.lerp(fake, real, t).requires_grad_()
            slope = input_gradient(critic(between, *classes), between)
            total = total + self.game.penalty_weight * (slope.norm(dim=1) - 1).square().mean()
        return torch.autograd.grad(total, self.phi)

    def generator_gradients(
        self, real: Tensor, latent: Tensor, y: Tensor | None = None
    ) -> tuple[Tensor, Gradients]:
        """The loss, and its gradient with AdvAs where the game has it."""
        classes = () if y is None else (y,)
        critic = self._function(self.D, self.spectral)
        fake = self._function(self.G, self.spectral_G)(latent, *classes)
        if not self.game.advas:
            loss = self.objective.generator(critic(fake, *classes))
            return loss, torch.autograd.grad(loss, self.theta)
        halves = [(), ()] if y is None else [(half,) for half in y.chunk(2)]
        scores = [critic(half, *own) for half, own in zip(fake.chunk(2), halves)]
        slopes = []
        for half, own, score in zip(real.chunk(2), halves, scores):
            constant = torch.autograd.grad(
                self.objective.real(critic(half, *own)),
                self.phi,
                retain_graph=self.spectral is not None,  # the division is shared by all calls
                materialize_grads=True,
            )
            varying = torch.autograd.grad(
                self.objective.fake(score), self.phi, create_graph=True, materialize_grads=True
            )
            slopes.append([a + b for a, b in zip(varying, constant)])
        penalty = sum((a * b).sum() for a, b in zip(*slopes))
        loss = self.objective.generator(torch.cat(scores))
        gradient = torch.autograd.grad(loss, self.theta, retain_graph=True)
        return loss, added(gradient, torch.autograd.grad(penalty, self.theta))

    def _move(
        self, optimizer: torch.optim.Optimizer, parameters: list[nn.Parameter], gradients: Gradients
    ) -> None:
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        optimizer.step()
