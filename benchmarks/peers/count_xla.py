#!/usr/bin/env python3
"""Operations of each player's step by XLA's cost analysis of the compiled step, as a line of JSON.

XLA counts elementwise work too, and leaves out the taps of a convolution that fall on its padding;
with `--convolution patches` convolutions are matrix products, and counted whole.
"""

from __future__ import annotations

import json
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import measure
from jax_jit import Steps, first_vectors
from jax_networks import NATIVE, PATCHES, initial


def operations(step: Any, *arguments: Any) -> float:
    return jax.jit(step).lower(*arguments).compile().cost_analysis()["flops"]


def main() -> None:
    parser = measure.arguments((__doc__ or "").split("\n")[0])
    parser.add_argument("--convolution", choices=(NATIVE, PATCHES), default=NATIVE)
    options = parser.parse_args()
    game = measure.game(options)
    random = np.random.default_rng(0)
    theta, phi = initial(game.generator, random), initial(game.discriminator, random)
    vectors = first_vectors(phi, random) if game.spectral_norm else ()
    shape = (*game.sample[1:], game.sample[0]) if len(game.sample) == 3 else game.sample
    real = jnp.zeros((game.batch, *shape))
    latent = jnp.zeros((game.batch, game.latent))
    t = jnp.zeros((game.batch, *([1] * len(shape))))
    steps = Steps(game, options.convolution)
    answer = {
        "discriminator": operations(
            steps.discriminator_gradients, theta, phi, vectors, real, latent, t
        ),
        "generator": operations(steps.generator_gradients, theta, phi, vectors, real, latent),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
