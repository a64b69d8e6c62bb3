"""The steps as they are written where nobody counts: losses by the formula, then `.backward()`.

Not timed. `count_torch.py` counts its operations beside those of the careful trainer.
"""

from __future__ import annotations

import torch
from torch import Tensor

from torch_eager import Gradients, Trainer, input_gradient


class NaiveTrainer(Trainer):
    """The same numbers as `Trainer`."""

    def _adversary_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        critic = self._function(self.D, self.spectral)
        return self.objective.real(critic(real)) + self.objective.fake(critic(fake))

    def discriminator_gradients(self, real: Tensor, latent: Tensor, t: Tensor) -> Gradients:
        fake = self.G(latent).detach()
        total = self._adversary_loss(real, fake)
        weight = self.game.penalty_weight
        if self.game.penalty != "none":
            between = real if self.game.penalty == "r1" else torch.lerp(fake, real, t)
            between = between.detach().requires_grad_()
            slope = input_gradient(self._function(self.D, self.spectral)(between), between)
            if self.game.penalty == "r1":
                total = total + weight / 2 * slope.square().sum(1).mean()
            else:
                total = total + weight * (slope.norm(dim=1) - 1).square().mean()
        self._clear()
        total.backward()
        return [parameter.grad for parameter in self.phi]

    def generator_gradients(self, real: Tensor, latent: Tensor) -> tuple[Tensor, Gradients]:
        fake = self.G(latent)
        loss = self.objective.generator(self._function(self.D, self.spectral)(fake))
        self._clear()
        loss.backward(retain_graph=True)
        own = [parameter.grad for parameter in self.theta]
        if not self.game.advas:
            return loss, own
        first, second = (
            torch.autograd.grad(
                self._adversary_loss(r, f), self.phi, create_graph=True, materialize_grads=True
            )
            for r, f in zip(real.chunk(2), fake.chunk(2))
        )
        penalty = sum((a * b).sum() for a, b in zip(first, second))
        self._clear()
        penalty.backward()
        extra = [parameter.grad for parameter in self.theta]
        size, other = (torch.stack(torch._foreach_norm(g)).norm() for g in (own, extra))
        scale = (size / other).clamp(max=1).nan_to_num(0).item()
        return loss, torch._foreach_add(own, extra, alpha=scale)

    def _clear(self) -> None:
        for parameter in [*self.theta, *self.phi]:
            parameter.grad = None
