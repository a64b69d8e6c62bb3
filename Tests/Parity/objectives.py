"""Every objective of the prelude, as its paper or PyTorch has it; regularizers are in regularizers.py.

The f-GAN family is written in two steps, activation and conjugate, as the paper's tables have it, where the prelude
composes them; so a slip in either shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

import terms
from terms import DISCRIMINATOR, Objective, Position, Samples

Options = Mapping[str, Any]
Code = Callable[[Tensor], tuple[Tensor, Tensor]]
Scores = Callable[[Tensor, Tensor, Options], Tensor]


def of_scores(
    discriminator: Scores, generator: Scores, /, *, reads_real: bool = False, **defaults: Any
) -> Objective:
    """An objective of D(x) and D(G(z)), [N, k] each; most generators see D(G(z)) alone."""

    def whole(position: Position, samples: Samples, player: str, options: Options) -> Tensor:
        # In the order of the prelude's text, in which D's running statistics move.
        reads = reads_real or player == DISCRIMINATOR
        real = position.score(samples.real) if reads else None
        fake = position.score(samples.fake)
        if player == DISCRIMINATOR:
            return discriminator(real, fake, options)
        return generator(real if reads else fake, fake, options)

    return Objective(whole=whole, defaults=defaults)


def cross_entropy_with(target: float, logits: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


# Classic games. BCE has the logs that the prelude writes as softplus.


def gan_discriminator(real: Tensor, fake: Tensor, options: Options) -> Tensor:
    return cross_entropy_with(1, real) + cross_entropy_with(0, fake)


def relativistic_average(real: Tensor, fake: Tensor, options: Options) -> Tensor:
    """Of the discriminator; the generator's has the sides swapped."""
    return cross_entropy_with(1, real - fake.mean()) + cross_entropy_with(0, fake - real.mean())


# Kernels. (Li et al. 2017; Binkowski et al. 2018.)


def kernel_matrix(a: Tensor, b: Tensor, kernel: str) -> Tensor:
    squared = (a[:, None, :] - b[None, :, :]).square().sum(2)
    if kernel == "rbf":
        return sum(torch.exp(-squared / (2 * s**2)) for s in (1, 2, 4, 8, 16))
    return sum((1 + squared / (2 * s)) ** -s for s in (0.2, 0.5, 1, 2, 5))


def squared_mmd(real: Tensor, fake: Tensor, options: Options) -> Tensor:
    count = len(real)
    within = []
    for side in (real, fake):
        matrix = kernel_matrix(side, side, options["kernel"])
        if options["estimator"] == "biased":
            within.append(matrix.sum() / count**2)
        else:
            within.append((matrix.sum() - matrix.trace()) / (count * (count - 1)))
    return within[0] + within[1] - 2 * kernel_matrix(real, fake, options["kernel"]).mean()


def energy_based(position: Position, samples: Samples, player: str, options: Options) -> Tensor:
    def energy(value: Tensor) -> Tensor:
        return (position.score(value) - value).flatten(1).norm(dim=1)

    fake = energy(samples.fake)
    if player == DISCRIMINATOR:
        return energy(samples.real).mean() + F.relu(options["margin"] - fake).mean()
    return fake.mean()


# f-GAN: activation g(v) and conjugate f*(t). (Nowozin et al. 2016, tables 5 and 6.)


def lambert_w(x: Tensor) -> Tensor:
    """Newton's method; its last two steps carry derivatives of the first two orders."""
    with torch.no_grad():
        w = torch.log1p(x)
        for _ in range(60):
            w = w - (w * w.exp() - x) / (w.exp() * (1 + w))
    for _ in range(2):
        w = w - (w * w.exp() - x) / (w.exp() * (1 + w))
    return w


def jeffrey_conjugate(t: Tensor, options: Options) -> Tensor:
    w = lambert_w(torch.exp(1 - t))
    return w + 1 / w + t - 2


def pearson_conjugate(t: Tensor, options: Options) -> Tensor:
    polynomial = t**2 / 4 + t
    if options["conjugate"] == "published":
        return polynomial
    return torch.where(t < -2, torch.full_like(t, -1), polynomial)


def alpha_activation(v: Tensor, options: Options) -> Tensor:
    alpha = options["alpha"]
    return 1 / (1 - alpha) + F.logsigmoid(v) if alpha < 1 else v


def alpha_conjugate(t: Tensor, options: Options) -> Tensor:
    alpha = options["alpha"]
    base = t * (alpha - 1) + 1
    power = base.clamp(min=1e-300) ** (alpha / (alpha - 1))
    return torch.where(base > 0, power, torch.zeros_like(power)) / alpha - 1 / alpha


def weighted_conjugate(t: Tensor, options: Options) -> Tensor:
    pi = options["pi"]
    return (1 - pi) * torch.log((1 - pi) / (1 - pi * torch.exp(t / pi)))


Form = Callable[[Tensor, Options], Tensor]

F_FORMS: dict[str, tuple[Form, Form, dict[str, Any]]] = {
    "f_total_variation": (lambda v, o: 0.5 * v.tanh(), lambda t, o: t, {}),
    "f_kl": (lambda v, o: v, lambda t, o: torch.exp(t - 1), {}),
    "f_reverse_kl": (lambda v, o: -torch.exp(-v), lambda t, o: -1 - torch.log(-t), {}),
    "f_pearson": (lambda v, o: v, pearson_conjugate, {"conjugate": "published"}),
    "f_neyman": (lambda v, o: 1 - torch.exp(-v), lambda t, o: 2 - 2 * (1 - t).sqrt(), {}),
    "f_hellinger": (lambda v, o: 1 - torch.exp(-v), lambda t, o: t / (1 - t), {}),
    "f_jeffrey": (lambda v, o: v, jeffrey_conjugate, {}),
    "f_jensen_shannon": (
        lambda v, o: math.log(2) + F.logsigmoid(v),
        lambda t, o: -torch.log(2 - torch.exp(t)),
        {},
    ),
    "f_js_weighted": (
        lambda v, o: -o["pi"] * math.log(o["pi"]) + F.logsigmoid(v),
        weighted_conjugate,
        {"pi": 0.5},
    ),
    "f_gan": (lambda v, o: F.logsigmoid(v), lambda t, o: -torch.log(1 - torch.exp(t)), {}),
    "f_alpha": (alpha_activation, alpha_conjugate, {"alpha": 0.5}),
}


def f_divergence(activation: Form, conjugate: Form, defaults: dict[str, Any]) -> Objective:
    def discriminator(real: Tensor, fake: Tensor, options: Options) -> Tensor:
        bound = activation(real, options).mean()
        return conjugate(activation(fake, options), options).mean() - bound

    def generator(real: Tensor, fake: Tensor, options: Options) -> Tensor:
        t = activation(fake, options)
        return -(conjugate(t, options) if options["generator"] == "minimax" else t).mean()

    return of_scores(discriminator, generator, generator="minimax", **defaults)


# One player.


def classification(position: Position, samples: Samples, player: str, options: Options) -> Tensor:
    return F.cross_entropy(position.call("C", samples.real), samples.label)


def reconstruction(position: Position, samples: Samples, player: str, options: Options) -> Tensor:
    error = F.mse_loss if options["error"] == "squared" else F.l1_loss
    return error(position.call("G", position.call("E", samples.real)), samples.real)


def elbo(
    position: Position, samples: Samples, player: str, options: Options, code: Code | None = None
) -> Tensor:
    """The KL divergence is torch.distributions' own; `code` makes mean and logarithm of the variance, by default E and V."""
    mean, log_variance = (code or (lambda x: (position.call("E", x), position.call("V", x))))(samples.real)
    deviation = torch.exp(log_variance / 2)
    output = position.call("G", mean + deviation * samples.draw("autoencoder.w"))
    if options["likelihood"] == "normal":
        mismatch = F.mse_loss(output, samples.real, reduction="sum") / options["deviation"] ** 2 / 2
    else:
        mismatch = F.binary_cross_entropy_with_logits(output, samples.real, reduction="sum")
    posterior = torch.distributions.Normal(mean, deviation)
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    divergence = torch.distributions.kl_divergence(posterior, prior).sum()
    return (mismatch + options["beta"] * divergence) / len(mean)


OBJECTIVES: dict[str, Objective] = {
    **terms.OBJECTIVES,
    "minimax": of_scores(gan_discriminator, lambda r, f, o: -cross_entropy_with(0, f)),
    "non_saturating": of_scores(gan_discriminator, lambda r, f, o: cross_entropy_with(1, f)),
    "hinge": of_scores(
        lambda r, f, o: F.relu(1 - r).mean() + F.relu(1 + f).mean(), lambda r, f, o: -f.mean()
    ),
    "least_squares": of_scores(
        lambda r, f, o: ((r - o["b"]).square().mean() + (f - o["a"]).square().mean()) / 2,
        lambda r, f, o: (f - o["c"]).square().mean() / 2,
        a=0.0,
        b=1.0,
        c=1.0,
    ),
    "relativistic": of_scores(
        lambda r, f, o: cross_entropy_with(1, r - f),
        lambda r, f, o: cross_entropy_with(1, f - r),
        reads_real=True,
    ),
    "relativistic_average": of_scores(
        relativistic_average, lambda r, f, o: relativistic_average(f, r, o), reads_real=True
    ),
    "mmd": of_scores(
        lambda r, f, o: -squared_mmd(r, f, o),
        squared_mmd,
        reads_real=True,
        kernel="rbf",
        estimator="biased",
    ),
    "energy_based": Objective(whole=energy_based, defaults={"margin": 10.0}),
    **{name: f_divergence(*forms) for name, forms in F_FORMS.items()},
    "cross_entropy": Objective(whole=classification),
    "reconstruction": Objective(whole=reconstruction, defaults={"error": "squared"}),
    "elbo": Objective(
        whole=elbo, defaults={"beta": 1.0, "deviation": 1.0, "likelihood": "normal"}
    ),
}
