"""Every regularizer of the prelude with torch.autograd, from the papers and the authors' code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

import terms
from terms import (
    DISCRIMINATOR,
    GENERATOR,
    Position,
    Regularizer,
    Samples,
    Value,
    per_sample,
    sample_norm,
)

Options = Mapping[str, Any]


def slopes(position: Position, points: Tensor) -> tuple[Tensor, Tensor]:
    """Scores of some points, and the score's gradient at each."""
    points = points.detach().requires_grad_()
    scores = position.score(points)
    (gradient,) = torch.autograd.grad(
        scores, points, grad_outputs=torch.ones_like(scores), create_graph=True
    )
    return scores.flatten(), gradient


def squared(gradient: Tensor) -> Tensor:
    return gradient.square().flatten(1).sum(1)


def between(position: Position, samples: Samples, name: str) -> Tensor:
    """The score's gradient on random points between real and made samples."""
    t = per_sample(samples.draw(f"{name}.t"), samples.real)
    return slopes(position, torch.lerp(samples.fake, samples.real, t))[1]


def wgan_lp(position: Position, samples: Samples, options: Options) -> Tensor:
    slope = sample_norm(between(position, samples, "wgan_lp"))
    return F.relu(slope - options["target"]).square().mean()


def wgan_gp0(position: Position, samples: Samples, options: Options) -> Tensor:
    return squared(between(position, samples, "wgan_gp0")).mean()


def max_gp(position: Position, samples: Samples, options: Options) -> Tensor:
    return squared(between(position, samples, "max_gp")).max()


def r1(position: Position, samples: Samples, options: Options) -> Tensor:
    return squared(slopes(position, samples.real)[1]).mean() / 2


def r2(position: Position, samples: Samples, options: Options) -> Tensor:
    return squared(slopes(position, samples.fake)[1]).mean() / 2


def dragan(position: Position, samples: Samples, options: Options) -> Tensor:
    """The authors' notebook: x + (1 - alpha)*noise; 1 - alpha is uniform too."""
    real = samples.real
    if options["noise"] == "uniform":
        noise = 0.5 * real.std(unbiased=False) * samples.draw("dragan.delta#2")
        points = real + per_sample(samples.draw("dragan.delta"), real) * noise
    else:
        points = real + options["c"] ** 0.5 * samples.draw("dragan.delta")
    return (sample_norm(slopes(position, points)[1]) - options["target"]).square().mean()


def roth(position: Position, samples: Samples, options: Options) -> Tensor:
    real, real_slope = slopes(position, samples.real)
    fake, fake_slope = slopes(position, samples.fake)
    return (
        ((1 - real.sigmoid()).square() * squared(real_slope)).mean()
        + (fake.sigmoid().square() * squared(fake_slope)).mean()
    ) / 2


def roth_f(position: Position, samples: Samples, options: Options) -> Tensor:
    """f*''(t) |grad t|^2 with both derivatives taken by autograd from activation and conjugate."""
    from objectives import F_FORMS

    activation, conjugate, _ = F_FORMS["f_" + options["divergence"]]
    points = samples.fake.detach().requires_grad_()
    known = {"conjugate": "published", "pi": options["pi"], "alpha": options["alpha"]}
    t = activation(position.score(points), known)
    (slope,) = torch.autograd.grad(t.sum(), points, create_graph=True)
    (first,) = torch.autograd.grad(conjugate(t, known).sum(), t, create_graph=True)
    if not first.requires_grad:
        return (0 * squared(slope)).mean()
    (second,) = torch.autograd.grad(first.sum(), t, create_graph=True)
    return (second.flatten() * squared(slope)).mean() / 2


def squared_gradient(position: Position, samples: Samples, player: str) -> Tensor:
    """|d loss of the player / d its parameters|^2."""
    gradients = torch.autograd.grad(
        position.loss(player, samples, penalties=False),
        list(position.parameters(player)),
        create_graph=True,
        allow_unused=True,
    )
    return torch.stack([g.square().sum() for g in gradients if g is not None]).sum()


def nagarajan_kolter(position: Position, samples: Samples, options: Options) -> Tensor:
    return squared_gradient(position, samples, DISCRIMINATOR)


def consensus(position: Position, samples: Samples, options: Options) -> Tensor:
    players = (DISCRIMINATOR, GENERATOR)
    return sum(squared_gradient(position, samples, player) for player in players) / 2


def matrices(position: Position, player: str) -> list[Tensor]:
    """Weights as [out, rest]; a transposed convolution's has its outputs on the second axis."""
    transposed = position.transposed(player)
    return [
        (w.transpose(0, 1) if flag else w).flatten(1)
        for w, flag in zip(position.parameters(player), transposed)
        if w.dim() > 1
    ]


def orthogonal(position: Position, samples: Samples, options: Options) -> Tensor:
    grams = [w @ w.T for w in matrices(position, GENERATOR)]
    return sum((gram * (1 - torch.eye(len(gram)).to(gram))).norm() ** 2 for gram in grams)


def orthogonal_2017(position: Position, samples: Samples, options: Options) -> Tensor:
    grams = [w @ w.T for w in matrices(position, GENERATOR)]
    return sum((gram - torch.eye(len(gram)).to(gram)).norm() ** 2 for gram in grams)


def weight_decay(position: Position, samples: Samples, options: Options) -> Tensor:
    vector = torch.cat([w.reshape(-1) for w in position.parameters(DISCRIMINATOR)])
    return vector @ vector / 2


def lecam(position: Position, samples: Samples, options: Options) -> Tensor:
    real, fake = position.score(samples.real), position.score(samples.fake)
    low = position.average("lecam.value#1", fake.mean(), options["decay"])
    high = position.average("lecam.value#2", real.mean(), options["decay"])
    return F.relu(real - low).square().mean() + F.relu(high - fake).square().mean()


def path_length(position: Position, samples: Samples, options: Options) -> Tensor:
    latent = samples.draw("z").detach().requires_grad_()
    images = position.call("G", latent)
    pixels = images[0, 0].numel() if images.dim() > 2 else 1
    noise = samples.draw("path_length.n") / pixels**0.5
    (gradient,) = torch.autograd.grad((images * noise).sum(), latent, create_graph=True)
    lengths = gradient.square().sum(1).sqrt()
    mean = position.average("path_length.value#1", lengths.mean(), options["decay"])
    return (lengths - mean).square().mean()


def moved(image: Tensor, right: int, down: int) -> Tensor:
    """[C, H, W] moved by whole places, zeros moving in."""
    result = torch.roll(image, (down, right), (1, 2))
    rows = torch.arange(image.shape[1])[:, None] - down
    columns = torch.arange(image.shape[2])[None, :] - right
    inside = (rows >= 0) & (rows < image.shape[1]) & (columns >= 0) & (columns < image.shape[2])
    return torch.where(inside, result, torch.zeros_like(result))


def augmented(samples: Samples, value: Tensor, draw: str, first: int = 1) -> Tensor:
    """The default role: on images flips, then shifts; else noise of deviation 0.1, which the draw has already."""
    if value.dim() != 4:
        return value + samples.draw(f"{draw}#{first}")
    coins, right, down = (samples.draw(f"{draw}#{first + i}") for i in range(3))
    return torch.stack(
        [
            moved(image.flip(2) if coin < 0.5 else image, math.floor(x), math.floor(y))
            for image, coin, x, y in zip(value, coins, right, down)
        ]
    )


def consistency(position: Position, samples: Samples, options: Options) -> Tensor:
    other = augmented(samples, samples.real, "consistency.value")
    return F.mse_loss(position.score(samples.real), position.score(other))


def balanced_consistency(position: Position, samples: Samples, options: Options) -> Tensor:
    total = 0
    for index, (value, ratio) in enumerate(
        [(samples.real, 1), (samples.fake.detach(), options["fake_ratio"])]
    ):
        first = 1 + index * (3 if value.dim() == 4 else 1)
        other = augmented(samples, value, "balanced_consistency.value", first)
        total = total + ratio * F.mse_loss(position.score(value), position.score(other))
    return total


def latent_consistency(position: Position, samples: Samples, options: Options) -> Tensor:
    near = samples.draw("z") + options["deviation"] * samples.draw("latent_consistency.w")
    return F.mse_loss(position.score(position.call("G", near)), position.score(samples.fake))


def latent_diversity(position: Position, samples: Samples, options: Options) -> Tensor:
    near = samples.draw("z") + options["deviation"] * samples.draw("latent_diversity.w")
    return -F.mse_loss(position.call("G", near), samples.fake)


def penalty(player: str, value: Value, weight: float, **defaults: Any) -> Regularizer:
    return Regularizer(player=player, value=value, defaults={"weight": weight, **defaults})


REGULARIZERS: dict[str, Regularizer] = {
    **terms.REGULARIZERS,
    "wgan_lp": penalty(DISCRIMINATOR, wgan_lp, 10.0, target=1.0),
    "wgan_gp0": penalty(DISCRIMINATOR, wgan_gp0, 10.0),
    "max_gp": penalty(DISCRIMINATOR, max_gp, 1.0),
    "r1": penalty(DISCRIMINATOR, r1, 10.0),
    "r2": penalty(DISCRIMINATOR, r2, 10.0),
    "dragan": penalty(DISCRIMINATOR, dragan, 10.0, target=1.0, noise="uniform", c=1.0),
    "roth": penalty(DISCRIMINATOR, roth, 2.0),
    "roth_f": penalty(DISCRIMINATOR, roth_f, 2.0, divergence="jensen_shannon", pi=0.5, alpha=0.5),
    "nagarajan_kolter": penalty(GENERATOR, nagarajan_kolter, 0.5),
    "consensus_discriminator": penalty(DISCRIMINATOR, consensus, 10.0),
    "consensus_generator": penalty(GENERATOR, consensus, 10.0),
    "orthogonal": penalty(GENERATOR, orthogonal, 1e-4),
    "orthogonal_2017": penalty(GENERATOR, orthogonal_2017, 1e-4),
    "weight_decay": penalty(DISCRIMINATOR, weight_decay, 1e-4),
    "lecam": penalty(DISCRIMINATOR, lecam, 0.3, decay=0.99),
    "path_length": penalty(GENERATOR, path_length, 2.0, decay=0.99, every=4),
    "consistency": penalty(DISCRIMINATOR, consistency, 10.0),
    "balanced_consistency": penalty(DISCRIMINATOR, balanced_consistency, 10.0, fake_ratio=1.0),
    "latent_consistency": penalty(DISCRIMINATOR, latent_consistency, 5.0, deviation=0.05),
    "latent_diversity": penalty(GENERATOR, latent_diversity, 0.5, deviation=0.05),
}
