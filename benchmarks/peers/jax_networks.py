"""The games in JAX: channels last, as XLA's CPU backend likes them; parameters are lists of dicts."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from games import Layer, Layers

Parameters = list[Any]
IMAGES = ("NHWC", "HWIO", "NHWC")

PATCHES = "patches"
"""Convolutions as matrix products, where XLA's own are slow: each derivative is one too."""
NATIVE = "native"


def initial(layers: Layers, random: np.random.Generator) -> Parameters:
    """Parameters layer by layer: uniform within 1/sqrt(fan in), as PyTorch's."""
    return [initial_of(layer, random) for layer in layers]


def initial_of(layer: Layer, random: np.random.Generator) -> Any:
    def uniform(fan_in: int, *shape: int) -> Array:
        return jnp.asarray(random.uniform(-1, 1, shape) / fan_in**0.5, jnp.float32)

    match layer:
        case ("linear", fan_in, out):
            return {"w": uniform(fan_in, fan_in, out), "b": uniform(fan_in, out)}
        case ("conv", fan_in, out, kernel, _, _):
            size = fan_in * kernel**2
            return {"w": uniform(size, kernel, kernel, fan_in, out), "b": uniform(size, out)}
        case ("conv_transpose", fan_in, out, kernel, _, _):
            size = out * kernel**2
            return {"w": uniform(size, kernel, kernel, fan_in, out), "b": uniform(size, out)}
        case ("batch_norm", channels):
            return {"w": jnp.ones(channels), "b": jnp.zeros(channels)}
        case ("conditional_batch_norm", channels, classes):
            return {name: uniform(classes, classes, channels) for name in ("gain", "shift")}
        case ("attention", channels):
            widths = {"theta": channels // 8, "phi": channels // 8, "g": channels // 2}
            matrices = {name: uniform(channels, channels, width) for name, width in widths.items()}
            return {**matrices, "o": uniform(channels // 2, channels // 2, channels), "gamma": jnp.zeros(())}
        case ("projection", features, classes):
            embed = jnp.asarray(random.normal(size=(classes, features)), jnp.float32)
            return {"w": uniform(features, features, 1), "b": uniform(features, 1), "embed": embed}
        case ("score", fan_in):
            return {"w": uniform(fan_in, fan_in, 1)}
        case ("basis", latent, channels, side):
            basis = jnp.asarray(random.normal(size=(side, side, channels)), jnp.float32)
            return {"basis": basis, "w": uniform(latent, latent, channels)}
        case ("plain", fan_in, out):
            return {"w": uniform(fan_in, fan_in, out)}
        case ("grouped", fan_in, out, kernel, groups):
            size = fan_in // groups * kernel**2
            shape = (kernel, kernel, fan_in // groups, out)
            return {"w": uniform(size, *shape), "b": uniform(size, out)}
        case ("depthwise", channels, kernel):
            return {"w": uniform(kernel**2, kernel, kernel, channels)}
        case ("layers", layers):
            return initial(layers, random)
        case ("residual", main, shortcut):
            return [initial(main, random), initial(shortcut, random)]
    return {}


def apply(
    layers: Layers, parameters: Parameters, value: Array, style: str = NATIVE, y: Array | None = None
) -> Array:
    """`y`: the class of each sample, one-hot, where layers see it."""
    for layer, own in zip(layers, parameters):
        value = apply_one(layer, own, value, style, y)
    return value


def patches(value: Array, kernel: int, stride: int, padding: int) -> Array:
    """[N, H, W, C] to [N, h, w, kernel*kernel*C]: what each output of a convolution sees."""
    value = jnp.pad(value, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))
    last = [size - kernel for size in value.shape[1:3]]
    return jnp.concatenate(
        [
            value[:, i : i + last[0] + 1 : stride, j : j + last[1] + 1 : stride]
            for i in range(kernel)
            for j in range(kernel)
        ],
        axis=-1,
    )


def convolution(value: Array, weight: Array, stride: int, padding: int, style: str) -> Array:
    if style == PATCHES:
        kernel, _, fan_in, out = weight.shape
        return patches(value, kernel, stride, padding) @ weight.reshape(-1, out)
    pads = [(padding, padding)] * 2
    return lax.conv_general_dilated(
        value, weight, (stride, stride), pads, dimension_numbers=IMAGES
    )


def transposed_convolution(
    value: Array, weight: Array, stride: int, padding: int, style: str
) -> Array:
    """`weight` is [kernel, kernel, in, out], flipped: that of the convolution of a spread input."""
    kernel, _, fan_in, out = weight.shape
    if style == PATCHES:
        # The transpose of a convolution is that of its two linear steps, in reverse.
        n, height, width, _ = value.shape
        size = [(length - 1) * stride + kernel - 2 * padding for length in (height, width)]
        image = jax.ShapeDtypeStruct((n, *size, out), value.dtype)
        gather = jax.linear_transpose(lambda v: patches(v, kernel, stride, padding), image)
        matrix = weight[::-1, ::-1].transpose(2, 0, 1, 3).reshape(fan_in, -1)
        return gather(value @ matrix)[0]
    pads = [(kernel - 1 - padding,) * 2] * 2
    return lax.conv_general_dilated(
        value, weight, (1, 1), pads, lhs_dilation=(stride, stride), dimension_numbers=IMAGES
    )


def grouped(value: Array, weight: Array, groups: int, style: str) -> Array:
    """Stride 1, the size kept; `weight` is [kernel, kernel, in a group, out]."""
    kernel, _, fan_in, out = weight.shape
    padding = kernel // 2
    if style == PATCHES:
        n, height, width, _ = value.shape
        seen = patches(value, kernel, 1, padding).reshape(n, height, width, kernel * kernel, groups, fan_in)
        matrix = weight.reshape(kernel * kernel, fan_in, groups, out // groups)
        return jnp.einsum("nhwkgi,kigo->nhwgo", seen, matrix).reshape(n, height, width, out)
    pads = [(padding, padding)] * 2
    return lax.conv_general_dilated(
        value, weight, (1, 1), pads, dimension_numbers=IMAGES, feature_group_count=groups
    )


def filtered(value: Array, before: int, behind: int) -> Array:
    """The filter 1 3 3 1 over 8 along both axes, of a padded image: shifted sums, which XLA fuses."""
    value = jnp.pad(value, ((0, 0), (before, behind), (before, behind), (0, 0)))
    value = (value[:, :-3] + 3 * (value[:, 1:-2] + value[:, 2:-1]) + value[:, 3:]) / 8
    return (value[:, :, :-3] + 3 * (value[:, :, 1:-2] + value[:, :, 2:-1]) + value[:, :, 3:]) / 8


def shrunk(value: Array) -> Array:
    """Half the size: the filter at every other place, along one axis after the other."""
    value = jnp.pad(value, ((0, 0), (1, 1), (1, 1), (0, 0)))
    value = (value[:, :-3:2] + 3 * (value[:, 1:-2:2] + value[:, 2:-1:2]) + value[:, 3::2]) / 8
    return (value[:, :, :-3:2] + 3 * (value[:, :, 1:-2:2] + value[:, :, 2:-1:2]) + value[:, :, 3::2]) / 8


def grown(value: Array) -> Array:
    """Twice the size: even places see the one before, odd ones the one behind."""
    for axis in (1, 2):
        pads = [(0, 0)] * 4
        pads[axis] = (1, 1)
        size, padded = value.shape[axis], jnp.pad(value, pads)
        before, own, behind = (lax.slice_in_dim(padded, k, k + size, axis=axis) for k in range(3))
        pair = jnp.stack([before + 3 * own, 3 * own + behind], axis + 1) / 4
        shape = list(value.shape)
        shape[axis] *= 2
        value = pair.reshape(shape)
    return value


def normalised(value: Array) -> Array:
    mean, variance = value.mean((0, 1, 2)), value.var((0, 1, 2))
    return (value - mean) * lax.rsqrt(variance + 1e-5)


def halved(value: Array) -> Array:
    """[N, H, W, C] to [N, h, w, 4, C]: the four pixels of each place."""
    n, height, width, channels = value.shape
    value = value.reshape(n, height // 2, 2, width // 2, 2, channels)
    return value.transpose(0, 1, 3, 2, 4, 5).reshape(n, height // 2, width // 2, 4, channels)


def attention(own: Any, value: Array) -> Array:
    """SAGAN's: places of the image ask, places of the pooled image answer."""
    n, height, width, channels = value.shape

    def pooled(weight: Array) -> Array:
        answers = halved(value @ weight).max(3)
        return answers.reshape(n, -1, answers.shape[-1])

    asked = (value @ own["theta"]).reshape(n, height * width, -1)
    shares = jax.nn.softmax(asked @ pooled(own["phi"]).swapaxes(1, 2), axis=-1)
    answer = (shares @ pooled(own["g"])).reshape(n, height, width, -1)
    return value + own["gamma"] * (answer @ own["o"])


def apply_one(layer: Layer, own: Any, value: Array, style: str, y: Array | None) -> Array:
    match layer:
        case ("linear", *_):
            return value @ own["w"] + own["b"]
        case ("conv", _, _, _, stride, padding):
            return convolution(value, own["w"], stride, padding, style) + own["b"]
        case ("conv_transpose", _, _, _, stride, padding):
            return transposed_convolution(value, own["w"], stride, padding, style) + own["b"]
        case ("batch_norm", _):
            return normalised(value) * own["w"] + own["b"]
        case ("conditional_batch_norm", *_):
            gain, shift = (y @ own[name] for name in ("gain", "shift"))
            return normalised(value) * (1 + gain[:, None, None]) + shift[:, None, None]
        case ("attention", _):
            return attention(own, value)
        case ("projection", *_):
            return value @ own["w"] + own["b"] + ((y @ own["embed"]) * value).sum(1, keepdims=True)
        case ("relu",):
            return jax.nn.relu(value)
        case ("leaky_relu", slope):
            return jnp.where(value > 0, value, slope * value)
        case ("tanh",):
            return jnp.tanh(value)
        case ("flatten",):
            return value.reshape(len(value), -1)
        case ("reshape", channels, height, width):
            return value.reshape(-1, height, width, channels)
        case ("upsample",):
            return value.repeat(2, axis=1).repeat(2, axis=2)
        case ("average_pool",):
            return halved(value).mean(3)
        case ("global_sum",):
            return value.sum((1, 2))
        case ("score", _) | ("plain", *_):
            return value @ own["w"]
        case ("basis", *_):
            return own["basis"] * (value @ own["w"])[:, None, None]
        case ("grouped", *_, groups):
            return grouped(value, own["w"], groups, style) + own["b"]
        case ("depthwise", *_):
            return (value * own["w"]).sum((1, 2))
        case ("fir", up, _):
            return grown(value) if up == 2 else shrunk(value)
        case ("layers", layers):
            return apply(layers, own, value, style, y)
        case ("residual", main, []):
            return apply(main, own[0], value, style, y) + value
        case ("residual", main, shortcut):
            return apply(main, own[0], value, style, y) + apply(shortcut, own[1], value, style)
    raise ValueError(f"unknown layer {layer}")

