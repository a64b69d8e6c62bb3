"""Layers that torch has not, or has otherwise, as torch modules: of samples.py here and of Tests/Parity."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d, conv_transpose2d, linear, max_pool2d, pad


class Function(nn.Module):
    """A function of the operands, and of draws by name, as a module without parameters."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *operands: Tensor, **draws: Tensor) -> Tensor:
        return self.function(*operands, **draws)


class Dropout(nn.Module):
    """torch's dropout with the uniform numbers of its mask, `[batch, ...]` or of whole channels, given."""

    def __init__(self, p: float, sampling: bool = False) -> None:
        super().__init__()
        self.p, self.sampling = p, sampling

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        kept = (mask >= self.p).reshape(*mask.shape, *[1] * (x.dim() - mask.dim()))
        return x * kept / (1 - self.p) if self.training or self.sampling else x


class Learned(nn.Module):
    """A function of one parameter, called `name`, of the operands, and of draws by name."""

    def __init__(self, name: str, shape: list[int], function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.register_parameter(name, nn.Parameter(torch.zeros(shape)))
        self.function = function

    def forward(self, *operands: Tensor, **draws: Tensor) -> Tensor:
        return self.function(*self.parameters(), *operands, **draws)


class SameConv(nn.Conv2d):
    """torch's convolution with TensorFlow's SAME padding: as many places as strides begun, odd zeros behind."""

    def __init__(self, inputs: int, outputs: int, kernel, stride, dilation=1, groups: int = 1, bias: bool = True) -> None:
        super().__init__(inputs, outputs, kernel, stride, 0, dilation, groups, bias)

    def forward(self, x: Tensor) -> Tensor:
        zeros: list[int] = []
        for axis in (1, 0):
            size, stride = x.shape[2 + axis], self.stride[axis]
            reach = self.dilation[axis] * (self.kernel_size[axis] - 1) + 1
            needed = max(0, (-(-size // stride) - 1) * stride + reach - size)
            zeros += [needed // 2, needed - needed // 2]
        return super().forward(pad(x, zeros))


class Embedding(nn.Embedding):
    """torch's embedding of one-hot vectors, or of mixtures of classes."""

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


class Equalized(nn.Linear):
    """StyleGAN's FullyConnectedLayer, linear, with a further gain."""

    def __init__(self, inputs: int, outputs: int, lr: float, gain: float) -> None:
        super().__init__(inputs, outputs)
        self.lr, self.gain = lr, gain

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight * (self.lr * self.gain / self.in_features**0.5), self.bias * self.lr)


class EqualizedTranspose(nn.ConvTranspose2d):
    """The fan of a transposed convolution with stride 1 is that of a convolution."""

    def forward(self, x: Tensor) -> Tensor:
        fan = self.in_channels * self.kernel_size[0] * self.kernel_size[1]
        return conv_transpose2d(x, self.weight / fan**0.5, self.bias)


class Standardized(nn.Conv2d):
    """Qiao et al.'s convolution."""

    def forward(self, x: Tensor) -> Tensor:
        rows = self.weight.reshape(len(self.weight), -1)
        rows = (rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-5)
        return conv2d(x, rows.reshape(self.weight.shape), self.bias)


class StandardizedTranspose(nn.ConvTranspose2d):
    """The same of a transposed convolution, group by group and output by output."""

    def forward(self, x: Tensor) -> Tensor:
        groups = []
        for part in self.weight.chunk(self.groups):
            rows = part.transpose(0, 1).reshape(part.shape[1], -1)
            rows = (rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-5)
            groups.append(rows.reshape(part.transpose(0, 1).shape).transpose(0, 1))
        return conv_transpose2d(x, torch.cat(groups), self.bias, groups=self.groups)


def upfirdn(x: Tensor, taps: list[float], up: int, down: int, padding: list[int], gain: float) -> Tensor:
    """StyleGAN2's upfirdn2d written out; `padding` is before and behind along both axes."""
    f = torch.tensor(taps, dtype=x.dtype) / sum(taps)
    n, c, h, w = x.shape
    x = pad(x.reshape(n, c, h, 1, w, 1), [0, up - 1, 0, 0, 0, up - 1]).reshape(n, c, h * up, w * up)
    x = pad(x, padding * 2)
    kernel = gain * torch.outer(f, f).flip([0, 1])
    y = conv2d(x.reshape(n * c, 1, *x.shape[2:]), kernel[None, None])
    return y.reshape(n, c, *y.shape[2:])[:, :, ::down, ::down]


class ModulatedConv(nn.Module):
    """StyleGAN2's modulated_conv2d in the fused form, a filter for each sample, with its affine layer."""

    def __init__(
        self, inputs: int, outputs: int, features: int, *, row: int = 0, kernel: int = 3, up: int = 1, demodulate: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.affine = nn.Linear(features, inputs)
        self.row, self.up, self.demodulate = row, up, demodulate

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        outputs, inputs, kernel, _ = self.weight.shape
        style = linear(s[:, self.row], self.affine.weight / self.affine.in_features**0.5, self.affine.bias)
        if not self.demodulate:
            style = style / (inputs * kernel * kernel) ** 0.5
        w = self.weight * style[:, None, :, None, None]
        if self.demodulate:
            w = w * (w.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
        n = len(x)
        x = x.reshape(1, n * inputs, *x.shape[2:])
        if self.up == 1:
            y = conv2d(x, w.flatten(0, 1), padding=kernel // 2, groups=n)
            return y.reshape(n, outputs, *y.shape[2:])
        y = conv_transpose2d(x, w.transpose(1, 2).flatten(0, 1), stride=2, groups=n)
        return upfirdn(y.reshape(n, outputs, *y.shape[2:]), [1, 3, 3, 1], 1, 1, [1, 1], 4)


class SqueezeExcite(nn.Module):
    """Two linear layers gate the channels by their means (Hu et al. 2018, equations 2 to 4)."""

    def __init__(self, channels: int, reduce: int) -> None:
        super().__init__()
        self.down = nn.Linear(channels, channels // reduce)
        self.up = nn.Linear(channels // reduce, channels)

    def forward(self, x: Tensor) -> Tensor:
        gate = self.up(self.down(x.mean((2, 3))).relu()).sigmoid()
        return x * gate[:, :, None, None]


class Film(nn.Module):
    """Channels scaled and shifted by linear functions of s (Perez et al. 2018, equation 2)."""

    def __init__(self, channels: int, features: int, norm: Callable[[nn.Module], nn.Module] = lambda x: x) -> None:
        super().__init__()
        self.gamma = norm(nn.Linear(features, channels))
        self.beta = norm(nn.Linear(features, channels))

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        return x * self.gamma(s)[:, :, None, None] + self.beta(s)[:, :, None, None]


class GlobalResponseNorm(nn.Module):
    """GRN of ConvNeXt V2's models/utils.py, channels first."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        g = x.norm(dim=(2, 3), keepdim=True)
        n = g / (g.mean(1, keepdim=True) + 1e-6)
        return self.gamma[:, None, None] * (x * n) + self.beta[:, None, None] + x


class ConditionalBatchNorm(nn.Module):
    """Batch norm whose scale and shift are linear in s (Brock et al. 2019, appendix B)."""

    def __init__(self, channels, features, eps=1e-5, momentum=0.1, norm=lambda x: x) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gain = norm(nn.Linear(features, channels, bias=False))
        self.bias = norm(nn.Linear(features, channels, bias=False))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        statistics = self.running_mean, self.running_var
        y = batch_norm(x, *statistics, training=self.training, momentum=self.momentum, eps=self.eps)
        return y * (1 + self.gain(s)[:, :, None, None]) + self.bias(s)[:, :, None, None]


class SelfAttention(nn.Module):
    """The attention of SAGAN's code, with BigGAN's names (Zhang et al. 2019, section 3)."""

    def __init__(self, channels: int, reduce: int, norm: Callable[[nn.Module], nn.Module] = lambda x: x) -> None:
        super().__init__()
        self.theta = norm(nn.Conv2d(channels, channels // reduce, 1, bias=False))
        self.phi = norm(nn.Conv2d(channels, channels // reduce, 1, bias=False))
        self.g = norm(nn.Conv2d(channels, channels // 2, 1, bias=False))
        self.o = norm(nn.Conv2d(channels // 2, channels, 1, bias=False))
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        q = self.theta(x).flatten(2)
        k = max_pool2d(self.phi(x), 2).flatten(2)
        v = max_pool2d(self.g(x), 2).flatten(2)
        beta = (q.transpose(1, 2) @ k).softmax(-1)
        return x + self.gamma * self.o((v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:]))


class ProjectionHead(nn.Module):
    """L(x) + <E(y), x> for one-hot y (Miyato and Koyama 2018, equation 11)."""

    def __init__(self, features: int, classes: int, norm: Callable[[nn.Module], nn.Module] = lambda x: x) -> None:
        super().__init__()
        self.linear = norm(nn.Linear(features, 1))
        self.embed = norm(Embedding(classes, features))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.linear(x) + (self.embed(y) * x).sum(1, keepdim=True)


def concrete(x: Tensor, u: Tensor, temperature: float, axis: int) -> Tensor:
    """torch.nn.functional.gumbel_softmax, of given uniform numbers."""
    return ((x - (-u.log()).log()) / temperature).softmax(axis)


def phase_shuffle(x: Tensor, shift: Tensor, n: int) -> Tensor:
    """wavegan.py's apply_phaseshuffle, with a number of [0, 1) for each sample."""
    wide = torch.cat([x[..., 1 : n + 1].flip(-1), x, x[..., -n - 1 : -1].flip(-1)], -1)
    starts = (shift * (2 * n + 1)).floor().long().tolist()
    return torch.stack([one[..., start : start + x.shape[-1]] for one, start in zip(wide, starts)])


def minibatch_std(x: Tensor, group: int, features: int) -> Tensor:
    """MinibatchStdLayer of stylegan2-ada-pytorch, training/networks.py, for images and for features."""
    n, c, *places = x.shape
    group = min(group, n)
    y = x.reshape(group, -1, features, c // features, *places)
    y = (y - y.mean(0)).square().mean(0)
    y = (y + 1e-8).sqrt().flatten(2).mean(2)
    y = y.reshape(-1, features, *[1] * len(places)).repeat(group, 1, *places)
    return torch.cat([x, y], 1)
