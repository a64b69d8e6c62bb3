"""StyleGAN2 in PyTorch's eager mode, written with care.

* Modulated convolutions are unfused, as NVIDIA trains: the input is scaled by the style, the output by what one small
  product of squared styles and summed squares of weights gives; no weight per sample is made.
* Gains and equalized factors are in the weights, which are multiplied once a step, so that no image is scaled for them.
* The filter 1 3 3 1 is a depthwise convolution, the fastest of four ways on processors, and what gradients it has are too.
* Both latents go through M at once, and once a step; D sees real and made samples apart, since it compares samples.
* R1 shares D's pass over real samples; AdvAs takes its real half as a constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu, linear, softplus

from style_game import (
    ADVAS_EVERY, MIXING, PATH_DECAY, PATH_EVERY, PATH_WEIGHT, R1_EVERY, R1_WEIGHT, Parameter, StyleGame, due,
)
from torch_eager import added
from torch_networks import taps

Weights = Mapping[str, Tensor]


def initial(parameters: Iterable[Parameter], memory_format: torch.memory_format) -> dict[str, Tensor]:
    made = {}
    for p in parameters:
        value = p.mean + p.deviation * torch.randn(p.shape)
        if len(p.shape) == 4:
            value = value.contiguous(memory_format=memory_format)
        made[p.name] = value.requires_grad_()
    return made


def filtered(x: Tensor, padding: int, stride: int = 1, gain: float = 1) -> Tensor:
    return conv2d(x, taps(x.shape[1], x.dtype, gain), padding=padding, stride=stride, groups=x.shape[1])


def grown(x: Tensor) -> Tensor:
    """Twice the size: upfirdn2d with padding 2, 1 and a gain of 4."""
    return conv_transpose2d(x, taps(x.shape[1], x.dtype, 4.0), stride=2, padding=1, groups=x.shape[1])


class StyleNetworks:
    """M, S and D as functions of their weights as they are used."""

    def __init__(self, game: StyleGame) -> None:
        self.game = game
        self.factors = {p.name: p.factor for p in (*game.generator(), *game.discriminator())}

    def used(self, raw: Weights) -> Weights:
        return {n: v if self.factors[n] == 1 else v * self.factors[n] for n, v in raw.items()}

    def mapped(self, w: Weights, latents: Tensor) -> Tensor:
        x = latents * (latents.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for k in range(self.game.depth):
            x = leaky_relu(linear(x, w[f"M.{k}.weight"], w[f"M.{k}.bias"]), 0.2)
        return x

    def modulated(self, w: Weights, name: str, x: Tensor, style: Tensor, up: bool) -> tuple[Tensor, Tensor]:
        """The convolution of the scaled input, and the style."""
        s = linear(style, w[f"{name}.affine.weight"], w[f"{name}.affine.bias"])
        weight, x = w[f"{name}.weight"], x * s[:, :, None, None]
        if up:
            return filtered(conv_transpose2d(x, weight.transpose(0, 1), stride=2), 1, gain=4.0), s
        return conv2d(x, weight, padding=weight.shape[2] // 2), s

    def layer(self, w: Weights, name: str, x: Tensor, style: Tensor, noise: Tensor, up: bool) -> Tensor:
        y, s = self.modulated(w, f"{name}.0", x, style, up)
        squares = w[f"{name}.0.weight"].square().sum((2, 3))
        d = 2**0.5 * (s.square() @ squares.T + 1e-8).rsqrt()
        y = torch.addcmul(w[f"{name}.2.bias"][:, None, None], y, d[:, :, None, None])
        return leaky_relu(y + w[f"{name}.1.noise_strength"] * noise[:, None], 0.2)

    def made(self, w: Weights, styles: Tensor, noises: Sequence[Tensor]) -> Tensor:
        """Pictures of `styles`, [N, rows, style]."""
        x, y = w["S.0.const"][None], None
        for (name, _, _, row, side), noise in zip(self.game.styled, noises):
            x = self.layer(w, f"S.{name}", x, styles[:, row], noise, name.endswith(".0"))
            if name.endswith(".0"):
                continue
            name, row = self.game.pictures[side]
            own, _ = self.modulated(w, f"S.{name}.0", x, styles[:, row], False)
            own = own + w[f"S.{name}.1.bias"][:, None, None]
            y = own if y is None else grown(y) + own
        return y

    def score(self, w: Weights, x: Tensor) -> Tensor:
        x = leaky_relu(conv2d(x, w["D.0.weight"], w["D.0.bias"]), 0.2)
        for index in range(2, self.game.judge):
            name = f"D.{index}.0"
            main = leaky_relu(conv2d(x, w[f"{name}.main.0.weight"], w[f"{name}.main.0.bias"], padding=1), 0.2)
            main = conv2d(filtered(main, 2), w[f"{name}.main.3.weight"], w[f"{name}.main.3.bias"], stride=2)
            x = leaky_relu(main, 0.2) + conv2d(filtered(x, 1, 2), w[f"{name}.shortcut.1.weight"])
        name = f"D.{self.game.judge}"
        x = conv2d(self.deviations(x), w[f"{name}.1.weight"], w[f"{name}.1.bias"], padding=1)
        x = leaky_relu(x, 0.2).flatten(1)
        x = leaky_relu(linear(x, w[f"{name}.4.weight"], w[f"{name}.4.bias"]), 0.2)
        return linear(x, w[f"{name}.6.weight"], w[f"{name}.6.bias"])

    @staticmethod
    def deviations(x: Tensor) -> Tensor:
        """minibatch_std: a channel more, the mean deviation of every fourth of the batch, or of what it has."""
        n, c, height, width = x.shape
        groups = x.reshape(min(4, n), -1, c, height, width)
        deviation = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
        channel = deviation.repeat(min(4, n))[:, None, None, None].expand(-1, 1, height, width)
        return torch.cat([x, channel], 1)


class StyleTrainer(StyleNetworks):
    """Both players' steps, the generator's first."""

    def __init__(self, game: StyleGame, *, channels_last: bool = False) -> None:
        torch.manual_seed(0)
        super().__init__(game)
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.G = initial(game.generator(), self.format)
        self.D = initial(game.discriminator(), self.format)
        self.theta, self.phi = list(self.G.values()), list(self.D.values())
        settings = {"lr": game.lr, "betas": game.betas, "fused": True}
        self.move_G = torch.optim.Adam(self.theta, **settings)
        self.move_D = torch.optim.Adam(self.phi, **settings)
        shape = (game.batch, game.channels, game.sides[-1], game.sides[-1])
        self.data = [torch.rand(shape).contiguous(memory_format=self.format) for _ in range(8)]
        self.mean_length = torch.zeros(())
        self.step = 0

    def latents(self) -> Tensor:
        """Both of them, one below the other."""
        return torch.randn(2 * self.game.batch, self.game.style)

    def noises(self) -> list[Tensor]:
        return [torch.randn(self.game.batch, side, side) for *_, side in self.game.styled]

    def cut(self) -> int:
        """The first row of styles that is the other latent's: one for the batch."""
        share, place = torch.rand(2).tolist()
        return 1 + int((self.game.rows - 1) * place) if share < MIXING else self.game.rows

    def rows(self, w: Tensor, cut: int) -> Tensor:
        first, other = w.chunk(2)
        rows = self.game.rows
        return torch.cat([first[:, None].expand(-1, cut, -1), other[:, None].expand(-1, rows - cut, -1)], 1)

    def round(self) -> float:
        step, real = self.step, self.data[self.step % 8]
        cuts, noises = [self.cut() for _ in range(3)], [self.noises() for _ in range(3)]
        n = torch.randn(real.shape) if due(step, PATH_EVERY) else None
        advas = real if due(step, ADVAS_EVERY) else None
        loss, gradients = self.generator_gradients(self.latents(), cuts, noises, n, advas)
        self._move(self.move_G, self.theta, gradients)
        draws = (self.latents(), self.cut(), self.noises())
        gradients = self.discriminator_gradients(self.data[(step + 4) % 8], *draws, r1=due(step, R1_EVERY))
        self._move(self.move_D, self.phi, gradients)
        self.step += 1
        return loss.item()

    def discriminator_gradients(
        self, real: Tensor, latents: Tensor, cut: int, noises: Sequence[Tensor], *, r1: bool
    ) -> Sequence[Tensor]:
        with torch.no_grad():
            w = self.used(self.G)
            fake = self.made(w, self.rows(self.mapped(w, latents), cut), noises)
        w = self.used(self.D)
        real = real.detach().requires_grad_(r1)
        of_real = self.score(w, real)
        total = softplus(-of_real).mean() + softplus(self.score(w, fake)).mean()
        if r1:
            (slope,) = torch.autograd.grad(of_real.sum(), real, create_graph=True)
            total = total + R1_EVERY * R1_WEIGHT * slope.square().sum() / (2 * len(real))
        return torch.autograd.grad(total, self.phi)

    def generator_gradients(
        self, latents: Tensor, cuts: Sequence[int], noises: Sequence[Sequence[Tensor]],
        n: Tensor | None, real: Tensor | None,
    ) -> tuple[Tensor, Sequence[Tensor]]:
        """`cuts` and `noises` of the loss, path lengths and AdvAs; `n` and `real` where these are due."""
        w, critic = self.used(self.G), self.used(self.D)
        styles = self.mapped(w, latents)
        loss = softplus(-self.score(critic, self.made(w, self.rows(styles, cuts[0]), noises[0]))).mean()
        total = loss
        if n is not None:
            total = total + PATH_EVERY * PATH_WEIGHT * self.lengths(w, self.rows(styles, cuts[1]), noises[1], n)
        if real is None:
            return loss, torch.autograd.grad(total, self.theta)
        fake = self.made(w, self.rows(styles, cuts[2]), noises[2])
        penalty = self.adversary_product(critic, real, fake)
        gradient = torch.autograd.grad(total, self.theta, retain_graph=True)
        return loss, added(gradient, torch.autograd.grad(penalty, self.theta))

    def lengths(self, w: Weights, styles: Tensor, noises: Sequence[Tensor], n: Tensor) -> Tensor:
        """Path lengths' squared distance from their mean, a hundredth of which the gradient passes through."""
        image = self.made(w, styles, noises)
        (slope,) = torch.autograd.grad((image * n).sum() / image.shape[2], styles, create_graph=True)
        lengths = slope.square().sum(2).mean(1).sqrt()
        self.mean_length = PATH_DECAY * self.mean_length + (1 - PATH_DECAY) * lengths.mean()
        value = (lengths - self.mean_length).square().mean()
        self.mean_length = self.mean_length.detach()
        return value

    def adversary_product(self, critic: Weights, real: Tensor, fake: Tensor) -> Tensor:
        slopes = []
        for real_half, half in zip(real.chunk(2), fake.chunk(2)):
            constant = torch.autograd.grad(
                softplus(-self.score(critic, real_half)).mean(), self.phi, retain_graph=True
            )
            varying = torch.autograd.grad(
                softplus(self.score(critic, half)).mean(), self.phi, create_graph=True
            )
            slopes.append([a + b for a, b in zip(varying, constant)])
        return sum((a * b).sum() for a, b in zip(*slopes))

    @staticmethod
    def _move(optimizer: torch.optim.Optimizer, parameters: list[Tensor], gradients: Sequence[Tensor]) -> None:
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        optimizer.step()
