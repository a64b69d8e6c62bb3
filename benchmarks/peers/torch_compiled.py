#!/usr/bin/env python3
"""The whole round through torch.compile(fullgraph=True), rewritten in torch.func.

Compiled modules cannot be differentiated twice (pytorch/pytorch#91469), so each derivative is a
`torch.func.grad` inside the compiled function, down to Adam's update. Batch norm keeps no running
statistics, which it would write from inside: a little less work than the others do.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import functional_call, grad, grad_and_value

import measure
from games import Game
from torch_networks import OBJECTIVES, build

Tensors = dict[str, Tensor]
Moments = tuple[Tensors, Tensors, Tensor]


class Player:
    """The two players' gradients as pure functions of parameters and draws."""

    def __init__(self, game: Game) -> None:
        torch.manual_seed(0)
        self.game = game
        self.objective = OBJECTIVES[game.objective]
        self.G = build(game.generator, tracks=False)
        self.D = build(game.discriminator)

    def discriminator_gradients(
        self, theta: Tensors, phi: Tensors, real: Tensor, latent: Tensor, t: Tensor
    ) -> Tensors:
        fake = functional_call(self.G, theta, (latent,)).detach()

        def loss(phi: Tensors) -> Tensor:
            def score(value: Tensor) -> Tensor:
                return functional_call(self.D, phi, (value,))

            of_real, of_fake = score(torch.cat([real, fake])).chunk(2)
            slope = grad(lambda between: score(between).sum())(torch.lerp(fake, real, t))
            penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
            plain = self.objective.real(of_real) + self.objective.fake(of_fake)
            return plain + self.game.penalty_weight * penalty

        return grad(loss)(phi)

    def generator_gradients(
        self, theta: Tensors, phi: Tensors, real: Tensor, latent: Tensor
    ) -> tuple[Tensor, Tensors]:
        def score(phi: Tensors, value: Tensor) -> Tensor:
            return functional_call(self.D, phi, (value,))

        def adversary(phi: Tensors, real: Tensor, fake: Tensor) -> Tensor:
            return self.objective.real(score(phi, real)) + self.objective.fake(score(phi, fake))

        def penalty(theta: Tensors) -> Tensor:
            fake = functional_call(self.G, theta, (latent,))
            first, second = (
                grad(adversary)(phi, r, f) for r, f in zip(real.chunk(2), fake.chunk(2))
            )
            return sum((first[name] * second[name]).sum() for name in phi)

        def loss(theta: Tensors) -> Tensor:
            return self.objective.generator(score(phi, functional_call(self.G, theta, (latent,))))

        own, value = grad_and_value(loss)(theta)
        extra = grad(penalty)(theta)
        scale = (size(own) / size(extra)).clamp(max=1).nan_to_num(0)
        return value, {name: own[name] + scale * extra[name] for name in theta}


def size(values: Tensors) -> Tensor:
    return torch.stack([value.square().sum() for value in values.values()]).sum().sqrt()


def adam(
    game: Game, parameters: Tensors, gradients: Tensors, moments: Moments
) -> tuple[Tensors, Moments]:
    first, second = game.betas
    m, v, count = moments
    count = count + 1
    m = {n: first * m[n] + (1 - first) * g for n, g in gradients.items()}
    v = {n: second * v[n] + (1 - second) * g * g for n, g in gradients.items()}
    moved = {
        n: p - game.lr / (1 - first**count) * m[n] / ((v[n] / (1 - second**count)).sqrt() + 1e-8)
        for n, p in parameters.items()
    }
    return moved, (m, v, count)


def main() -> None:
    parser = measure.arguments((__doc__ or "").split("\n")[0], games=["ring", "dcgan28"])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    game = measure.game(options)
    if game.penalty != "wgan_gp" or not game.advas:
        parser.error("knows WGAN-GP with AdvAs only")
    player = Player(game)

    def step(theta, phi, of_theta, of_phi, real, latent, t, real2, latent2):
        gradients = player.discriminator_gradients(theta, phi, real, latent, t)
        phi, of_phi = adam(game, phi, gradients, of_phi)
        loss, gradients = player.generator_gradients(theta, phi, real2, latent2)
        theta, of_theta = adam(game, theta, gradients, of_theta)
        return loss, theta, phi, of_theta, of_phi

    compiled = torch.compile(step, fullgraph=True)
    theta, phi = ({n: p.detach() for n, p in m.named_parameters()} for m in (player.G, player.D))
    state = [
        theta,
        phi,
        *(
            ({n: p * 0 for n, p in x.items()}, {n: p * 0 for n, p in x.items()}, torch.zeros(()))
            for x in (theta, phi)
        ),
    ]
    data = [torch.randn(game.batch, *game.sample).tanh() for _ in range(8)]
    count = 0

    def play() -> float:
        nonlocal count
        count += 2
        latents = [torch.randn(game.batch, game.latent) for _ in range(2)]
        t = torch.rand(game.batch, *([1] * len(game.sample)))
        loss, *state[:] = compiled(
            *state, data[count % 8], latents[0], t, data[(count + 1) % 8], latents[1]
        )
        return loss.item()

    measure.report(play, options)


if __name__ == "__main__":
    main()
