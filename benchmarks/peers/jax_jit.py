"""JAX: a whole round as one jitted function whose state is donated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from games import CLASSES, Game
from jax_networks import NATIVE, apply, initial

OBJECTIVES = {
    "wgan": (lambda r: -r.mean(), lambda f: f.mean(), lambda f: -f.mean()),
    "hinge": (
        lambda r: jax.nn.relu(1 - r).mean(),
        lambda f: jax.nn.relu(1 + f).mean(),
        lambda f: -f.mean(),
    ),
    "non_saturating": (
        lambda r: jax.nn.softplus(-r).mean(),
        lambda f: jax.nn.softplus(f).mean(),
        lambda f: jax.nn.softplus(-f).mean(),
    ),
    "minimax": (
        lambda r: jax.nn.softplus(-r).mean(),
        lambda f: jax.nn.softplus(f).mean(),
        lambda f: -jax.nn.softplus(f).mean(),
    ),
    "least_squares": (
        lambda r: 0.5 * ((r - 1) ** 2).mean(),
        lambda f: 0.5 * (f**2).mean(),
        lambda f: 0.5 * ((f - 1) ** 2).mean(),
    ),
}

Tree = Any


class Steps:
    """The two players' gradients as pure functions."""

    def __init__(self, game: Game, style: str = NATIVE) -> None:
        self.game = game
        self.style = style
        if game.objective in OBJECTIVES:  # the others have steps of their own
            self.real, self.fake, self.generator = OBJECTIVES[game.objective]

    def discriminator_gradients(
        self, theta: Tree, phi: Tree, vectors: Tree, real: Array, latent: Array, t: Array,
        y: Array | None = None,
    ) -> Tree:
        game = self.game
        of_phi, of_theta = vectors
        fake = apply(game.generator, used(theta, of_theta), latent, self.style, y)

        def loss(phi: Tree) -> Array:
            weights = used(phi, of_phi)

            def score(value: Array, y: Array | None = y) -> Array:
                return apply(game.discriminator, weights, value, self.style, y)

            twice = None if y is None else jnp.concatenate([y, y])
            if game.penalty == "r1":  # The loss and R1 share D's pass over the real samples.
                of_real, pull = jax.vjp(score, real)
                slope = pull(jnp.ones_like(of_real))[0].reshape(len(real), -1)
                of_fake = score(fake)
                extra = game.penalty_weight / 2 * (slope**2).sum(1).mean()
            else:
                of_real, of_fake = jnp.split(score(jnp.concatenate([real, fake]), twice), 2)
                extra = 0.0
            if game.penalty == "wgan_gp":
                between = fake + t * (real - fake)
                slope = jax.grad(lambda value: score(value).sum())(between)
                norms = jnp.sqrt((slope**2).reshape(len(slope), -1).sum(1))
                extra = game.penalty_weight * ((norms - 1) ** 2).mean()
            return self.real(of_real) + self.fake(of_fake) + extra

        return jax.grad(loss)(phi)

    def generator_gradients(
        self, theta: Tree, phi: Tree, vectors: Tree, real: Array, latent: Array,
        y: Array | None = None,
    ) -> tuple[Array, Tree]:
        game = self.game
        of_phi, of_theta = vectors

        def score(phi: Tree, value: Array, y: Array | None = y) -> Array:
            return apply(game.discriminator, used(phi, of_phi), value, self.style, y)

        def made(theta: Tree) -> Array:
            return apply(game.generator, used(theta, of_theta), latent, self.style, y)

        if not game.advas:
            def plain(theta: Tree) -> Array:
                return self.generator(score(phi, made(theta)))

            return jax.value_and_grad(plain)(theta)

        def both(theta: Tree) -> tuple[tuple[Array, Array], None]:
            def adversary(phi: Tree, real: Array, fake: Array, y: Array | None) -> tuple[Array, Array]:
                scores = score(phi, fake, y)
                return self.real(score(phi, real, y)) + self.fake(scores), scores

            classes = [None, None] if y is None else jnp.split(y, 2)
            halves = zip(jnp.split(real, 2), jnp.split(made(theta), 2), classes)
            (first, a), (second, b) = (
                jax.grad(adversary, has_aux=True)(phi, *half) for half in halves
            )
            return (self.generator(jnp.concatenate([a, b])), dot(first, second)), None

        return joined(both, theta)[:2]

    def round(
        self, state: Tree, real: Array, latent: Array, t: Array, real2: Array, latent2: Array,
        y: Array | None = None,
    ):
        theta, phi, of_theta, of_phi, (of_D, of_G) = state
        of_D = iterated(phi, of_D) if of_D else of_D
        gradients = self.discriminator_gradients(theta, phi, (of_D, of_G), real, latent, t, y)
        phi, of_phi = self.adam(phi, gradients, of_phi)
        of_G = iterated(theta, of_G) if of_G else of_G
        vectors = (of_D, of_G)
        loss, gradients = self.generator_gradients(theta, phi, vectors, real2, latent2, y)
        theta, of_theta = self.adam(theta, gradients, of_theta)
        return loss, (theta, phi, of_theta, of_phi, vectors)

    def adam(self, parameters: Tree, gradients: Tree, moments: Tree) -> tuple[Tree, Tree]:
        first, second = self.game.betas
        m, v, count = moments
        count = count + 1
        m = jax.tree.map(lambda m, g: first * m + (1 - first) * g, m, gradients)
        v = jax.tree.map(lambda v, g: second * v + (1 - second) * g * g, v, gradients)
        rate, correction = self.game.lr / (1 - first**count), 1 - second**count
        moved = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v / correction) + 1e-8), parameters, m, v
        )
        return moved, (m, v, count)


def joined(both: Callable[[Tree], tuple], theta: Tree) -> tuple[Array, Tree, Any]:
    """The first of two values, and its gradient with that of the other, which is no longer; what `both` says besides."""
    # One forward pass, two pulls: the loss and AdvAs share G(z) and D's scores of it.
    (loss, penalty), pull, more = jax.vjp(both, theta, has_aux=True)
    (own,) = pull((jnp.ones_like(loss), jnp.zeros_like(penalty)))
    (extra,) = pull((jnp.zeros_like(loss), jnp.ones_like(penalty)))
    other = jnp.sqrt(dot(extra, extra))
    scale = jnp.where(other > 0, jnp.minimum(1, jnp.sqrt(dot(own, own)) / other), 0)
    return loss, jax.tree.map(lambda a, b: a + scale * b, own, extra), more


def dot(a: Tree, b: Tree) -> Array:
    return sum(jax.tree.leaves(jax.tree.map(lambda x, y: (x * y).sum(), a, b)))


def as_matrix(weight: Array) -> Array:
    return weight.reshape(-1, weight.shape[-1])


def used(phi: Tree, vectors: Tree) -> Tree:
    """Weights over their largest singular value where there are vectors; those of others are empty."""
    if not vectors:
        return phi

    def divide(weight: Array, pair: tuple[Array, Array]) -> Array:
        return weight / (pair[1] @ as_matrix(weight) @ pair[0]) if pair[0].size else weight

    return jax.tree.map(divide, phi, vectors)


def iterated(phi: Tree, vectors: Tree) -> Tree:
    """One power iteration for every weight."""

    def step(weight: Array, pair: tuple[Array, Array]) -> tuple[Array, Array]:
        if not pair[0].size:
            return pair
        matrix = as_matrix(weight)
        u = pair[1] @ matrix
        u = u / jnp.linalg.norm(u)
        v = matrix @ u
        return u, v / jnp.linalg.norm(v)

    return jax.tree.map(step, phi, vectors)


def first_vectors(phi: Tree, random: np.random.Generator) -> Tree:
    def pair(path: tuple, weight: Array) -> tuple[Array, Array]:
        divided = is_divided(path, weight)
        size = as_matrix(weight).shape if divided else (0, 0)
        u, v = (jnp.asarray(random.normal(size=n), jnp.float32) for n in (size[1], size[0]))
        return (u / jnp.linalg.norm(u), v / jnp.linalg.norm(v)) if divided else (u, v)

    return jax.tree_util.tree_map_with_path(pair, phi)


def is_divided(path: tuple, weight: Array) -> bool:
    """Whether spectral norm acts on it: on weights, but not on the tables of conditional norms."""
    return weight.ndim > 1 and path[-1].key not in ("gain", "shift")


def start(game: Game, random: np.random.Generator) -> tuple[Tree, Tree, Tree]:
    """Parameters of G and D, and the vectors of D's and G's power iterations where they have any."""
    theta, phi = initial(game.generator, random), initial(game.discriminator, random)
    of_phi = first_vectors(phi, random) if game.spectral_norm else ()
    return theta, phi, (of_phi, first_vectors(theta, random) if game.both_normalised else ())


def kinds(game: Game, random: np.random.Generator) -> np.ndarray | None:
    """The class of each sample, one-hot, where the game has classes."""
    return np.eye(CLASSES, dtype="f4")[random.integers(CLASSES, size=game.batch)] if game.classes else None


def real_samples(game: Game, random: np.random.Generator) -> np.ndarray:
    """A batch of them, channels last."""
    shape = (*game.sample[1:], *game.sample[:1]) if len(game.sample) == 3 else game.sample
    return np.tanh(random.normal(size=(game.batch, *shape))).astype("f4")


def noise(game: Game, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What a step draws: latents, and a place between real and made for each sample."""
    latent = random.standard_normal((game.batch, game.latent), dtype="f4")
    return latent, random.random((game.batch, *([1] * len(game.sample))), dtype="f4")
