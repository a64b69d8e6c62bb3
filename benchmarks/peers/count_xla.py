#!/usr/bin/env python3
"""Operations of each player's step as XLA compiles it, as one line of JSON.

The matrix products and convolutions that the optimised program holds are counted as advas and PyTorch
count theirs: two operations a multiply-add, taps on padding included, elementwise work left out. XLA's
own cost analysis, as `analysis`, counts elementwise work and no tap on padding.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import prod
from typing import Any

import jax
import numpy as np

import measure
from jax_jit import Steps, noise, real_samples, start

LINE = re.compile(r"%(\S+) = \w+\[([\d,]*)\]\S* (\w+)\(([^)]*)\)(.*)")
"""Name, shape, operation, operands and attributes of an instruction whose result is one array."""
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Instruction:
    shape: Shape
    operation: str
    operands: list[str]
    attributes: str


def integers(text: str) -> Shape:
    return tuple(int(part) for part in text.split(",") if part)


def operations(program: str) -> int:
    """Operations of all products and convolutions in XLA's text; each computation is called once."""
    found = {
        name: Instruction(integers(shape), operation, re.findall(r"%([^\s,]+)", operands), rest)
        for name, shape, operation, operands, rest in LINE.findall(program)
    }
    total = 0
    for instruction in found.values():
        shapes = [found[name].shape for name in instruction.operands if name in found]
        if instruction.operation == "dot":
            total += dot_operations(instruction, *shapes)
        elif instruction.operation == "convolution":
            total += convolution_operations(instruction, *shapes)
    return total


def dot_operations(dot: Instruction, left: Shape, _: Shape) -> int:
    summed = re.search(r"lhs_contracting_dims={([\d,]*)}", dot.attributes)
    return 2 * prod(dot.shape) * prod(left[axis] for axis in integers(summed[1]))


def convolution_operations(convolution: Instruction, image: Shape, filters: Shape) -> int:
    """Those of any of the three roles that a convolution and its gradients play.

    On each axis of the image there are three sizes, the image's, the result's and the filter's, of
    which XLA makes any two the operands. Every place of the result meets every tap, so that the cost
    is the product of the two that are smaller than the image.
    """
    labels = re.search(r"dim_labels=(\w+)_(\w+)->(\w+)", convolution.attributes).groups()
    of_image, of_filters, of_result = (
        dict(zip(names, shape)) for names, shape in zip(labels, (image, filters, convolution.shape))
    )
    taps = 1
    for axis in "01":
        small, middle, _ = sorted(named[axis] for named in (of_image, of_filters, of_result))
        taps *= small * middle
    return 2 * of_result["b"] * of_result["f"] * of_filters["i"] * taps


def counted(step: Any, *arguments: Any) -> dict[str, float]:
    compiled = jax.jit(step).lower(*arguments).compile()
    program = compiled.as_text()
    if re.search(r" (while|custom-call)\(", program):
        raise ValueError("XLA made a loop or a call of its own of a step, which is not counted")
    return {
        "operations": operations(program),
        "analysis": compiled.cost_analysis()["flops"],
    }


def main() -> None:
    options = measure.arguments((__doc__ or "").split("\n")[0]).parse_args()
    game = measure.game(options)
    random = np.random.default_rng(0)
    position, real, (latent, t) = start(game, random), real_samples(game, random), noise(game, random)
    steps = Steps(game)
    answer = {
        "discriminator": counted(steps.discriminator_gradients, *position, real, latent, t),
        "generator": counted(steps.generator_gradients, *position, real, latent),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
