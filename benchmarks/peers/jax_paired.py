"""R3GAN's game in JAX: a real sample's score beside a made one's (Huang et al. 2024)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

from jax_jit import Steps, Tree, dot, joined
from jax_networks import apply


class PairedSteps(Steps):
    def score(self, phi: Tree, value: Array) -> Array:
        return apply(self.game.discriminator, phi, value, self.style)

    def discriminator_gradients(
        self, theta: Tree, phi: Tree, vectors: Tree, real: Array, latent: Array, t: Array,
        y: Array | None = None,
    ) -> Tree:
        fake = apply(self.game.generator, theta, latent, self.style)
        both = jnp.concatenate([real, fake])

        def loss(phi: Tree) -> Array:
            scores, pull = jax.vjp(lambda value: self.score(phi, value), both)
            slope = pull(jnp.ones_like(scores))[0]
            of_real, of_fake = jnp.split(scores, 2)
            penalty = self.game.penalty_weight / 2 * (slope**2).sum() / len(real)
            return jax.nn.softplus(of_fake - of_real).mean() + penalty

        return jax.grad(loss)(phi)

    def generator_gradients(
        self, theta: Tree, phi: Tree, vectors: Tree, real: Array, latent: Array,
        y: Array | None = None,
    ) -> tuple[Array, Tree]:
        def both(theta: Tree) -> tuple[tuple[Array, Array], None]:
            def adversary(phi: Tree, real: Array, fake: Array) -> tuple[Array, Array]:
                difference = self.score(phi, fake) - self.score(phi, real)
                return jax.nn.softplus(difference).mean(), difference

            fake = apply(self.game.generator, theta, latent, self.style)
            (first, a), (second, b) = (
                jax.grad(adversary, has_aux=True)(phi, *half)
                for half in zip(jnp.split(real, 2), jnp.split(fake, 2))
            )
            return (jax.nn.softplus(-jnp.concatenate([a, b])).mean(), dot(first, second)), None

        return joined(both, theta)[:2]
