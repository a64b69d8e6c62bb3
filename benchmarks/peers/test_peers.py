"""The peers compute the same game: equal gradients from equal parameters and draws.

Run with `python -m unittest` in this folder.
"""

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

from count_xla import counted
from games import Game, Layer, Layers, biggan, dcgan, r3gan, resnet, ring, sagan, sndcgan
from jax_jit import Steps, as_matrix, is_divided
from jax_networks import NATIVE, PATCHES, convolution
from jax_paired import PairedSteps
from torch_compiled import Player
from torch_eager import SpectralNorm, Trainer
from torch_naive import NaiveTrainer
from torch_paired import PairedTrainer

jax.config.update("jax_enable_x64", True)

GAMES = {
    "ring": ring(16),
    "dcgan28": dcgan(width=8),
    "sndcgan32": sndcgan(4),
    "resnet32": resnet(8),
    "biggan32": biggan(8),
    "sagan32": sagan(16),
    "r3gan28": r3gan(8, 2),
}
"""Those that are timed, with fewer channels."""
SMALL = dataclasses.replace(ring(8), batch=4)
VARIANTS = [
    dataclasses.replace(SMALL, objective=objective, penalty=penalty, advas=advas)
    for objective in ("wgan", "hinge", "non_saturating", "minimax", "least_squares")
    for penalty, advas in (("wgan_gp", True), ("r1", True), ("none", False))
]


def to_jax(layers: Layers, values: list[np.ndarray]) -> list:
    """Torch's parameters, in order, as JAX's tree; empties `values` as it goes."""
    tree = []
    channels = None
    for index, layer in enumerate(layers):
        match layer:
            case ("layers", inner):
                tree.append(to_jax(inner, values))
            case ("score" | "plain", *_):
                tree.append({"w": jnp.asarray(np.squeeze(values.pop(0), (2, 3)[: 2 * (layer[0] == "plain")]).T)})
            case ("basis", *_):
                basis = jnp.asarray(values.pop(0).transpose(1, 2, 0))
                tree.append({"basis": basis, "w": jnp.asarray(values.pop(0).T)})
            case ("grouped", *_):
                weight = jnp.asarray(values.pop(0).transpose(2, 3, 1, 0))
                tree.append({"w": weight, "b": jnp.asarray(values.pop(0))})
            case ("depthwise", *_):
                tree.append({"w": jnp.asarray(values.pop(0)[:, 0].transpose(1, 2, 0))})
            case ("residual", main, shortcut):
                tree.append([to_jax(main, values), to_jax(shortcut, values)])
            case ("batch_norm", _):
                tree.append({"w": jnp.asarray(values.pop(0)), "b": jnp.asarray(values.pop(0))})
            case ("conditional_batch_norm", *_):
                tree.append({name: jnp.asarray(values.pop(0).T) for name in ("gain", "shift")})
            case ("attention", _):
                own = {"gamma": jnp.asarray(values.pop(0))}
                for name in ("theta", "phi", "g", "o"):
                    own[name] = jnp.asarray(values.pop(0)[:, :, 0, 0].T)
                tree.append(own)
            case ("projection", *_):
                own = {"w": jnp.asarray(values.pop(0).T), "b": jnp.asarray(values.pop(0))}
                tree.append({**own, "embed": jnp.asarray(values.pop(0))})
            case ("linear" | "conv" | "conv_transpose", *_):
                after = layers[index + 1] if index + 1 < len(layers) else ("end",)
                weight, bias = values.pop(0), values.pop(0)
                tree.append(turned(layer, weight, bias, after, flat=index > 0 and channels))
            case _:
                tree.append({})
        if layer[0] == "conv":
            channels = layer[2]
        elif layer == ("global_sum",):
            channels = None
    return tree


def turned(layer: Layer, weight: np.ndarray, bias: np.ndarray, after: Layer, flat: int | None):
    """One layer's tensors with channels last, in and out."""
    match layer[0]:
        case "conv":
            weight = weight.transpose(2, 3, 1, 0)
        case "conv_transpose":
            weight = weight.transpose(2, 3, 0, 1)[::-1, ::-1]
        case "linear":
            if after[0] == "reshape":
                c, h, w = after[1:]
                bias = bias.reshape(c, h, w).transpose(1, 2, 0).reshape(-1)
                weight = weight.reshape(c, h, w, -1).transpose(1, 2, 0, 3).reshape(c * h * w, -1)
            elif flat:
                size = round((weight.shape[1] // flat) ** 0.5)
                weight = weight.reshape(-1, flat, size, size).transpose(0, 2, 3, 1)
                weight = weight.reshape(len(weight), -1)
            weight = weight.T
    return {"w": jnp.asarray(weight), "b": jnp.asarray(bias)}


def last(value: torch.Tensor) -> np.ndarray:
    array = value.detach().numpy()
    return array.transpose(0, 2, 3, 1) if array.ndim == 4 else array


class PeerTests(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_default_dtype(torch.float64)
        self.addCleanup(torch.set_default_dtype, torch.float32)

    def check(self, game: Game, style: str) -> None:
        paired = game.objective == "relativistic"
        trainer = (PairedTrainer if paired else Trainer)(game)
        with torch.no_grad():
            for parameter in [*trainer.theta, *trainer.phi]:
                if parameter.dim() == 0:  # gamma, whose 0 would hide all of the attention
                    parameter.fill_(0.7)
        steps = (PairedSteps if paired else Steps)(game, style)
        y = () if trainer.kinds is None else (trainer.kinds,)
        classes = [kind.numpy() for kind in y]

        def tree(layers: Layers, tensors) -> list:
            return to_jax(layers, [tensor.detach().numpy() for tensor in tensors])

        theta, phi = tree(game.generator, trainer.theta), tree(game.discriminator, trainer.phi)
        vectors = (
            self.exact_vectors(trainer.spectral, phi) if trainer.spectral else (),
            self.exact_vectors(trainer.spectral_G, theta) if trainer.spectral_G else (),
        )
        real, latent = trainer._batch()
        t = torch.rand(game.batch, *([1] * len(game.sample)))
        ours = tree(game.discriminator, trainer.discriminator_gradients(real, latent, t, *y))
        discriminator, generator = (
            jax.jit(step) for step in (steps.discriminator_gradients, steps.generator_gradients)
        )
        theirs = discriminator(theta, phi, vectors, last(real), latent.numpy(), last(t), *classes)
        self.assert_close(ours, theirs)
        loss, gradients = trainer.generator_gradients(real, latent, *y)
        value, theirs = generator(theta, phi, vectors, last(real), latent.numpy(), *classes)
        self.assertAlmostEqual(loss.item(), float(value), places=12)
        self.assert_close(tree(game.generator, gradients), theirs)

    def exact_vectors(self, spectral: SpectralNorm, phi) -> list:
        """Singular vectors themselves: two layouts cannot share those of an unfinished iteration."""
        for name in spectral.vectors:
            u, _, vh = torch.linalg.svd(spectral.parameters[name].detach().flatten(1))
            spectral.vectors[name] = (u[:, 0], vh[0])

        def pair(path, weight):
            if not is_divided(path, weight):
                return (jnp.zeros(0), jnp.zeros(0))
            left, _, right = jnp.linalg.svd(as_matrix(weight), full_matrices=False)
            return (right[0], left[:, 0])

        return jax.tree_util.tree_map_with_path(pair, phi)

    def assert_close(self, ours, theirs) -> None:
        flat = [jnp.concatenate([x.ravel() for x in jax.tree.leaves(v)]) for v in (ours, theirs)]
        error = float(jnp.linalg.norm(flat[0] - flat[1]) / jnp.linalg.norm(flat[0]))
        self.assertLess(error, 1e-9)

    def test_jax_agrees_with_eager_torch(self) -> None:
        for name, game in GAMES.items():
            for style in (NATIVE, PATCHES):
                with self.subTest(game=name, convolution=style):
                    self.check(dataclasses.replace(game, batch=4), style)

    def test_objectives_and_penalties_agree(self) -> None:
        for game in VARIANTS:
            with self.subTest(objective=game.objective, penalty=game.penalty, advas=game.advas):
                self.check(game, NATIVE)

    def test_naive_torch_agrees_with_careful_torch(self) -> None:
        for game in [*VARIANTS, dataclasses.replace(GAMES["sndcgan32"], batch=4)]:
            with self.subTest(objective=game.objective, penalty=game.penalty, advas=game.advas):
                trainers = Trainer(game), NaiveTrainer(game)
                real, latent = trainers[0]._batch()
                t = torch.rand(game.batch, *([1] * len(game.sample)))
                if game.spectral_norm:
                    trainers[1].spectral.vectors = trainers[0].spectral.vectors
                for ours, theirs in (
                    [trainer.discriminator_gradients(real, latent, t) for trainer in trainers],
                    [trainer.generator_gradients(real, latent)[1] for trainer in trainers],
                ):
                    for a, b in zip(ours, theirs):
                        torch.testing.assert_close(a, b)

    def test_compiled_torch_agrees_with_eager_torch(self) -> None:
        for name in ("ring", "dcgan28"):
            game = dataclasses.replace(GAMES[name], batch=8)
            trainer, player = Trainer(game), Player(game)
            theta, phi = (
                {name: p.detach() for name, p in module.named_parameters()}
                for module in (player.G, player.D)
            )
            real, latent = trainer._batch()
            t = torch.rand(game.batch, *([1] * len(game.sample)))
            for ours, theirs in (
                (
                    trainer.discriminator_gradients(real, latent, t),
                    player.discriminator_gradients(theta, phi, real, latent, t),
                ),
                (
                    trainer.generator_gradients(real, latent)[1],
                    player.generator_gradients(theta, phi, real, latent)[1],
                ),
            ):
                for a, b in zip(ours, theirs.values()):
                    torch.testing.assert_close(a, b)


class CountTests(unittest.TestCase):
    def test_a_convolution_costs_as_much_as_each_gradient(self) -> None:
        for stride, places in ((1, 8), (2, 4)):
            kernel = 2 + stride
            x, w = jnp.zeros((4, 8, 8, 3)), jnp.zeros((kernel, kernel, 3, 5))
            y = jnp.zeros((4, places, places, 5))

            def forward(x, w):
                return convolution(x, w, stride, 1, NATIVE)

            one = 2 * y.size * 3 * kernel**2
            with self.subTest(stride=stride):
                self.assertEqual(counted(forward, x, w)["operations"], one)
                gradients = counted(lambda x, w, y: jax.vjp(forward, x, w)[1](y), x, w, y)
                self.assertEqual(gradients["operations"], 2 * one)

    def test_products_are_counted(self) -> None:
        a, b = jnp.zeros((6, 7)), jnp.zeros((7, 5))
        self.assertEqual(counted(lambda a, b: a @ b + 1, a, b)["operations"], 2 * 6 * 7 * 5)


if __name__ == "__main__":
    unittest.main()
