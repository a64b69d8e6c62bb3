#!/usr/bin/env python3
"""JAX: a whole round as one jitted function whose state is donated."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

import measure
from jax_jit import Steps, kinds, noise, real_samples, start
from jax_networks import NATIVE, PATCHES
from jax_paired import PairedSteps
from jax_style import styled_round
from style_game import STYLEGAN2


def ordinary_round(options: argparse.Namespace) -> Callable[[], float]:
    game = measure.game(options)
    random = np.random.default_rng(0)
    theta, phi, vectors = start(game, random)
    moments = [
        (jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.zeros(()))
        for p in (theta, phi)
    ]
    state = (theta, phi, *moments, vectors)
    data = [real_samples(game, random) for _ in range(8)]
    kind = PairedSteps if game.objective == "relativistic" else Steps
    step = jax.jit(kind(game, options.convolution).round, donate_argnums=0)
    y = kinds(game, random)
    count = 0

    def play() -> float:
        nonlocal state, count
        count += 2
        (latent, t), (latent2, _) = noise(game, random), noise(game, random)
        loss, state = step(state, data[count % 8], latent, t, data[(count + 1) % 8], latent2, y)
        return float(jax.block_until_ready((loss, state))[0])

    return play


def main() -> None:
    parser = measure.arguments((__doc__ or "").split("\n")[0])
    parser.add_argument("--convolution", choices=(NATIVE, PATCHES), default=NATIVE)
    options = parser.parse_args()
    if options.game == "stylegan2":
        play = styled_round(STYLEGAN2, options.convolution)
    else:
        play = ordinary_round(options)
    measure.report(play, options)


if __name__ == "__main__":
    main()
