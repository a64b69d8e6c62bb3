"""R3GAN's game in PyTorch's eager mode: a real sample's score beside a made one's (Huang et al. 2024).

D sees both batches as one, for its loss and for R1 and R2. AdvAs's gradients are of both scores: a real one's factor
depends on the made one, so that no part of them is a constant.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softplus

from torch_eager import Gradients, Trainer, added, input_gradient


class PairedTrainer(Trainer):
    def discriminator_gradients(
        self, real: Tensor, latent: Tensor, t: Tensor, y: Tensor | None = None
    ) -> Gradients:
        with torch.no_grad():
            fake = self.G(latent)
        both = torch.cat([real, fake]).requires_grad_()
        scores = self.D(both)
        of_real, of_fake = scores.chunk(2)
        slope = input_gradient(scores, both)
        penalty = slope.square().sum() / len(real)
        total = softplus(of_fake - of_real).mean() + self.game.penalty_weight / 2 * penalty
        return torch.autograd.grad(total, self.phi)

    def generator_gradients(
        self, real: Tensor, latent: Tensor, y: Tensor | None = None
    ) -> tuple[Tensor, Gradients]:
        fake = self.G(latent)
        differences, slopes = [], []
        for real_half, half in zip(real.chunk(2), fake.chunk(2)):
            difference = self.D(half) - self.D(real_half)
            adversary = softplus(difference).mean()
            differences.append(difference)
            slopes.append(torch.autograd.grad(adversary, self.phi, create_graph=True))
        penalty = sum((a * b).sum() for a, b in zip(*slopes))
        loss = softplus(-torch.cat(differences)).mean()
        gradient = torch.autograd.grad(loss, self.theta, retain_graph=True)
        return loss, added(gradient, torch.autograd.grad(penalty, self.theta))
