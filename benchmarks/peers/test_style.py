"""StyleGAN2's peers compute the same gradients, with and without what is lazy; run as `test_peers.py`."""

from __future__ import annotations

import dataclasses
import os
import unittest

# Compiled code runs once here: it need not be fast.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

import jax
import jax.numpy as jnp
import numpy as np
import torch

from jax_networks import NATIVE, PATCHES
from jax_style import StyleSteps, turned
from style_game import STYLEGAN2
from torch_style import StyleTrainer

jax.config.update("jax_enable_x64", True)

GAME = dataclasses.replace(STYLEGAN2, sides=(4, 8, 16), base=64, most=8, style=8, depth=2, batch=8)


class StyleTests(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_default_dtype(torch.float64)
        self.addCleanup(torch.set_default_dtype, torch.float32)

    def test_jax_agrees_with_torch(self) -> None:
        for lazy in (True, False):
            for style in (NATIVE, PATCHES):
                with self.subTest(lazy=lazy, convolution=style):
                    self.check(lazy, style)

    def check(self, lazy: bool, style: str) -> None:
        trainer, steps = StyleTrainer(GAME), StyleSteps(GAME, style)
        for name, value in [*trainer.G.items(), *trainer.D.items()]:
            if name.endswith(("bias", "noise_strength")):  # whose 0 would hide what is wrong with them
                value.data.add_(0.3 * torch.randn(value.shape))
        theta, phi = self.tree(trainer.G), self.tree(trainer.D)
        latents, noises = trainer.latents(), [trainer.noises() for _ in range(3)]
        cuts, real, n = [2, 6, 3], trainer.data[0], torch.randn(trainer.data[0].shape)
        trainer.mean_length = torch.tensor(0.5)
        loss, ours = trainer.generator_gradients(
            latents, cuts, noises, n if lazy else None, real if lazy else None
        )
        last = [self.last(value) for value in (n, real)]
        given = (jnp.asarray(0.5), latents.numpy(), np.array(cuts), [[x.numpy() for x in row] for row in noises], *last)
        value, theirs, mean = steps.generator_gradients(theta, phi, *given, path=lazy, advas=lazy)
        self.assertAlmostEqual(loss.item(), float(value), places=12)
        self.assertAlmostEqual(trainer.mean_length.item(), float(mean), places=12)
        self.assert_close(dict(zip(trainer.G, ours)), theirs)
        ours = trainer.discriminator_gradients(real, latents, 2, noises[0], r1=lazy)
        row = [x.numpy() for x in noises[0]]
        theirs = steps.discriminator_gradients(theta, phi, last[1], latents.numpy(), 2, row, r1=lazy)
        self.assert_close(dict(zip(trainer.D, ours)), theirs)

    @staticmethod
    def tree(values: dict[str, torch.Tensor]) -> dict[str, jax.Array]:
        return {name: jnp.asarray(turned(value.detach().numpy())) for name, value in values.items()}

    @staticmethod
    def last(value: torch.Tensor) -> np.ndarray:
        return value.numpy().transpose(0, 2, 3, 1)

    def assert_close(self, ours: dict[str, torch.Tensor], theirs: dict[str, jax.Array]) -> None:
        for name, value in self.tree(ours).items():
            scale = max(float(jnp.abs(value).max()), 1e-12)
            self.assertLess(float(jnp.abs(value - theirs[name]).max()) / scale, 1e-9, name)


if __name__ == "__main__":
    unittest.main()
