"""StyleGAN2 in JAX: a round as one jitted function, one for each set of lazy terms that are due; channels last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from jax_jit import Tree, dot, joined
from jax_networks import convolution, filtered, grown, shrunk, transposed_convolution
from style_game import (
    ADVAS_EVERY, MIXING, PATH_DECAY, PATH_EVERY, PATH_WEIGHT, R1_EVERY, R1_WEIGHT, Parameter, StyleGame, due,
)

softplus = jax.nn.softplus


def initial(parameters: Iterable[Parameter], random: np.random.Generator) -> dict[str, Array]:
    """Filters are [kernel, kernel, in, out], matrices [in, out], the constant [height, width, channels]."""
    made = {}
    for p in parameters:
        made[p.name] = jnp.asarray(turned(p.mean + p.deviation * random.normal(size=p.shape)), jnp.float32)
    return made


def turned(value: np.ndarray) -> np.ndarray:
    """PyTorch's layout made JAX's."""
    return value.transpose({4: (2, 3, 1, 0), 3: (1, 2, 0), 2: (1, 0)}.get(value.ndim, range(value.ndim)))


def leaky(value: Array) -> Array:
    return jnp.where(value > 0, value, 0.2 * value)


class StyleSteps:
    """The two players' gradients as pure functions of raw parameters."""

    def __init__(self, game: StyleGame, style: str) -> None:
        self.game, self.style = game, style
        self.factors = {p.name: p.factor for p in (*game.generator(), *game.discriminator())}

    def used(self, raw: Tree) -> Tree:
        return {name: value * self.factors[name] for name, value in raw.items()}

    def mapped(self, w: Tree, latents: Array) -> Array:
        x = latents * jax.lax.rsqrt((latents**2).mean(1, keepdims=True) + 1e-8)
        for k in range(self.game.depth):
            x = leaky(x @ w[f"M.{k}.weight"] + w[f"M.{k}.bias"])
        return x

    def modulated(self, w: Tree, name: str, x: Array, style: Array, up: bool) -> tuple[Array, Array]:
        s = style @ w[f"{name}.affine.weight"] + w[f"{name}.affine.bias"]
        weight, x = w[f"{name}.weight"], x * s[:, None, None]
        if up:
            # Flipped: `transposed_convolution` takes the filter of the convolution of a spread input.
            y = transposed_convolution(x, weight[::-1, ::-1], 2, 0, self.style)
            return 4 * filtered(y, 1, 1), s
        return convolution(x, weight, 1, weight.shape[0] // 2, self.style), s

    def layer(self, w: Tree, name: str, x: Array, style: Array, noise: Array, up: bool) -> Array:
        y, s = self.modulated(w, f"{name}.0", x, style, up)
        d = 2**0.5 * jax.lax.rsqrt(s**2 @ (w[f"{name}.0.weight"] ** 2).sum((0, 1)) + 1e-8)
        y = y * d[:, None, None] + w[f"{name}.1.noise_strength"] * noise[..., None]
        return leaky(y + w[f"{name}.2.bias"])

    def made(self, w: Tree, styles: Array, noises: list[Array]) -> Array:
        x, y = w["S.0.const"][None], None
        for (name, _, _, row, side), noise in zip(self.game.styled, noises):
            up = name.endswith(".0")
            x = self.layer(w, f"S.{name}", x, styles[:, row], noise, up)
            if up:
                continue
            name, row = self.game.pictures[side]
            own, _ = self.modulated(w, f"S.{name}.0", x, styles[:, row], False)
            own = own + w[f"S.{name}.1.bias"]
            y = own if y is None else grown(y) + own
        return y

    def score(self, w: Tree, x: Array) -> Array:
        def convolved(x: Array, name: str, stride: int = 1, padding: int = 0) -> Array:
            y = convolution(x, w[f"{name}.weight"], stride, padding, self.style)
            return y + w[f"{name}.bias"] if f"{name}.bias" in w else y

        x = leaky(convolved(x, "D.0"))
        for index in range(2, self.game.judge):
            name = f"D.{index}.0"
            main = filtered(leaky(convolved(x, f"{name}.main.0", padding=1)), 2, 2)
            main = leaky(convolved(main, f"{name}.main.3", stride=2))
            x = main + convolved(shrunk(x), f"{name}.shortcut.1")
        name = f"D.{self.game.judge}"
        x = leaky(convolved(deviations(x), f"{name}.1", padding=1))
        # PyTorch's order of features.
        x = x.transpose(0, 3, 1, 2).reshape(len(x), -1)
        x = leaky(x @ w[f"{name}.4.weight"] + w[f"{name}.4.bias"])
        return x @ w[f"{name}.6.weight"] + w[f"{name}.6.bias"]

    def rows(self, styles: Array, cut: Array) -> Array:
        first, other = jnp.split(styles, 2)
        return jnp.where((jnp.arange(self.game.rows) < cut)[:, None], first[:, None], other[:, None])

    def discriminator_gradients(
        self, theta: Tree, phi: Tree, real: Array, latents: Array, cut: Array, noises: list[Array], *, r1: bool
    ) -> Tree:
        w = self.used(theta)
        fake = self.made(w, self.rows(self.mapped(w, latents), cut), noises)

        def loss(phi: Tree) -> Array:
            w = self.used(phi)
            extra = 0.0
            if r1:
                of_real, pull = jax.vjp(lambda value: self.score(w, value), real)
                slope = pull(jnp.ones_like(of_real))[0]
                extra = R1_EVERY * R1_WEIGHT / 2 * (slope**2).sum() / len(real)
            else:
                of_real = self.score(w, real)
            return softplus(-of_real).mean() + softplus(self.score(w, fake)).mean() + extra

        return jax.grad(loss)(phi)

    def generator_gradients(
        self, theta: Tree, phi: Tree, average: Array, latents: Array, cuts: Array, noises: list[list[Array]],
        n: Array, real: Array, *, path: bool, advas: bool,
    ) -> tuple[Array, Tree, Array]:
        """The loss, the gradients and the mean of path lengths."""

        def plain(theta: Tree) -> tuple[Array, tuple[Array, Array, Array]]:
            w, critic = self.used(theta), self.used(phi)
            styles = self.mapped(w, latents)
            fake = self.made(w, self.rows(styles, cuts[0]), noises[0])
            loss = softplus(-self.score(critic, fake)).mean()
            total, mean, penalty = loss, average, jnp.zeros(())
            if path:
                extra, mean = self.lengths(w, self.rows(styles, cuts[1]), noises[1], n, average)
                total = total + PATH_EVERY * PATH_WEIGHT * extra
            if advas:
                fake = self.made(w, self.rows(styles, cuts[2]), noises[2])
                slopes = [
                    jax.grad(self.adversary)(phi, *half) for half in zip(jnp.split(real, 2), jnp.split(fake, 2))
                ]
                penalty = dot(*slopes)
            return total, (loss, mean, penalty)

        if not advas:
            gradients, (loss, mean, _) = jax.grad(plain, has_aux=True)(theta)
            return loss, gradients, mean

        def both(theta: Tree) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
            total, (loss, mean, penalty) = plain(theta)
            return (total, penalty), (loss, mean)

        _, gradients, (loss, mean) = joined(both, theta)
        return loss, gradients, mean

    def lengths(
        self, w: Tree, styles: Array, noises: list[Array], n: Array, average: Array
    ) -> tuple[Array, Array]:
        def projected(styles: Array) -> Array:
            image = self.made(w, styles, noises)
            return (image * n).sum() / image.shape[1]

        slope = jax.grad(projected)(styles)
        lengths = jnp.sqrt((slope**2).sum(2).mean(1))
        mean = PATH_DECAY * average + (1 - PATH_DECAY) * lengths.mean()
        return ((lengths - mean) ** 2).mean(), mean

    def adversary(self, phi: Tree, real: Array, fake: Array) -> Array:
        w = self.used(phi)
        return softplus(-self.score(w, real)).mean() + softplus(self.score(w, fake)).mean()

    def adam(self, parameters: Tree, gradients: Tree, moments: Tree) -> tuple[Tree, Tree]:
        _, second = self.game.betas  # the first is 0
        v, count = moments
        count = count + 1
        v = jax.tree.map(lambda v, g: second * v + (1 - second) * g * g, v, gradients)
        root = jnp.sqrt(1 - second**count)
        moved = jax.tree.map(
            lambda p, g, v: p - self.game.lr * g / (jnp.sqrt(v) / root + 1e-8), parameters, gradients, v
        )
        return moved, (v, count)

    def round(self, state: Tree, of_G: Tree, of_D: Tree, *, path: bool, advas: bool, r1: bool):
        theta, phi, moments_G, moments_D, mean = state
        loss, gradients, mean = self.generator_gradients(theta, phi, mean, *of_G, path=path, advas=advas)
        theta, moments_G = self.adam(theta, gradients, moments_G)
        gradients = self.discriminator_gradients(theta, phi, *of_D, r1=r1)
        phi, moments_D = self.adam(phi, gradients, moments_D)
        return loss, (theta, phi, moments_G, moments_D, mean)


def deviations(x: Array) -> Array:
    """minibatch_std: a channel more, the mean deviation of every fourth of the batch, or of what it has."""
    n, height, width, channels = x.shape
    groups = x.reshape(min(4, n), -1, height, width, channels)
    deviation = jnp.sqrt(groups.var(0) + 1e-8).mean((1, 2, 3))
    channel = jnp.broadcast_to(jnp.tile(deviation, min(4, n))[:, None, None, None], (n, height, width, 1))
    return jnp.concatenate([x, channel], -1)


def draws(game: StyleGame, random: np.random.Generator) -> tuple[np.ndarray, list[int], list[list[np.ndarray]]]:
    """Latents, and cuts and noises of three calls."""
    latents = random.standard_normal((2 * game.batch, game.style), dtype="f4")
    shares, places = random.random((2, 3))
    cuts = [1 + int((game.rows - 1) * p) if s < MIXING else game.rows for s, p in zip(shares, places)]
    sides = [side for *_, side in game.styled]
    noises = [[random.standard_normal((game.batch, s, s), dtype="f4") for s in sides] for _ in range(3)]
    return latents, cuts, noises


def styled_round(game: StyleGame, style: str) -> Callable[[], float]:
    """One round of it, in turns with lazy terms."""
    random = np.random.default_rng(0)
    theta, phi = initial(game.generator(), random), initial(game.discriminator(), random)
    moments = [(jax.tree.map(jnp.zeros_like, p), jnp.zeros(())) for p in (theta, phi)]
    state = (theta, phi, *moments, jnp.zeros(()))
    shape = (game.batch, game.sides[-1], game.sides[-1], game.channels)
    data = [random.random(shape, dtype="f4") for _ in range(8)]
    steps = StyleSteps(game, style)
    play_round = partial(jax.jit, static_argnames=("path", "advas", "r1"), donate_argnums=0)(steps.round)
    step = 0

    def play() -> float:
        nonlocal state, step
        n = random.standard_normal(shape, dtype="f4")
        latents, cuts, noises = draws(game, random)
        of_G = (latents, np.array(cuts), noises, n, data[step % 8])
        latents, cuts, noises = draws(game, random)
        of_D = (data[(step + 4) % 8], latents, cuts[0], noises[0])
        lazy = {"path": due(step, PATH_EVERY), "advas": due(step, ADVAS_EVERY), "r1": due(step, R1_EVERY)}
        loss, state = play_round(state, of_G, of_D, **lazy)
        step += 1
        return float(jax.block_until_ready((loss, state))[0])

    return play
