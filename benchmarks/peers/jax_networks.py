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
        case ("residual", main, shortcut):
            return [initial(main, random), initial(shortcut, random)]
    return {}


def apply(layers: Layers, parameters: Parameters, value: Array) -> Array:
    for layer, own in zip(layers, parameters):
        value = apply_one(layer, own, value)
    return value


def apply_one(layer: Layer, own: Any, value: Array) -> Array:
    match layer:
        case ("linear", *_):
            return value @ own["w"] + own["b"]
        case ("conv", _, _, _, stride, padding):
            pads = [(padding, padding)] * 2
            return (
                lax.conv_general_dilated(
                    value, own["w"], (stride, stride), pads, dimension_numbers=IMAGES
                )
                + own["b"]
            )
        case ("conv_transpose", _, _, kernel, stride, padding):
            # An ordinary convolution of the input spread out; the kernel lies flipped in memory.
            pads = [(kernel - 1 - padding,) * 2] * 2
            return (
                lax.conv_general_dilated(
                    value,
                    own["w"],
                    (1, 1),
                    pads,
                    lhs_dilation=(stride, stride),
                    dimension_numbers=IMAGES,
                )
                + own["b"]
            )
        case ("batch_norm", _):
            mean, variance = value.mean((0, 1, 2)), value.var((0, 1, 2))
            return (value - mean) * lax.rsqrt(variance + 1e-5) * own["w"] + own["b"]
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
            n, height, width, channels = value.shape
            return value.reshape(n, height // 2, 2, width // 2, 2, channels).mean((2, 4))
        case ("global_sum",):
            return value.sum((1, 2))
        case ("residual", main, shortcut):
            return apply(main, own[0], value) + apply(shortcut, own[1], value)
    raise ValueError(f"unknown layer {layer}")

