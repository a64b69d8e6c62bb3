"""Rows of samples.py for `fir`, StyleGAN2's upfirdn2d."""

from __future__ import annotations

from sample import Sample, function
from torch_layers import upfirdn

FIR: dict[str, Sample] = {
    "fir": Sample("fir", [[2, 3, 4]], function(lambda x: upfirdn(x, [1, 3, 3, 1], 1, 1, [2, 1], 1))),
    "fir-up": Sample("{fir: {up: 2}}", [[2, 3, 2]], function(lambda x: upfirdn(x, [1, 3, 3, 1], 2, 1, [2, 1], 4))),
    "fir-up-short": Sample(
        "{fir: {up: 3, filter: [1, -4]}}", [[1, 3, 2]], function(lambda x: upfirdn(x, [1, -4], 3, 1, [2, -1], 9))
    ),
    "fir-down": Sample("{fir: {down: 2}}", [[2, 5, 4]], function(lambda x: upfirdn(x, [1, 3, 3, 1], 1, 2, [1, 1], 1))),
    "fir-uneven": Sample(
        "{fir: {filter: [3, 1, 2], padding: [1, 0]}}",
        [[2, 4, 3]],
        function(lambda x: upfirdn(x, [3, 1, 2], 1, 1, [1, 0], 1)),
    ),
    "fir-uneven-down": Sample(
        "{fir: {filter: [3, 1, 2, 5], padding: [0, 3], down: 2, gain: 0.5}}",
        [[2, 5, 4]],
        function(lambda x: upfirdn(x, [3, 1, 2, 5], 1, 2, [0, 3], 0.5)),
    ),
    "fir-uneven-up": Sample(
        "{fir: {filter: [3, 1, 2], padding: [2, 1], up: 2}}",
        [[2, 3, 2]],
        function(lambda x: upfirdn(x, [3, 1, 2], 2, 1, [2, 1], 4)),
    ),
    "fir-up-beyond": Sample(
        "{fir: {filter: [3, 1], padding: [0, 1], up: 3}}",
        [[1, 3, 2]],
        function(lambda x: upfirdn(x, [3, 1], 3, 1, [0, 1], 9)),
    ),
    "fir-long": Sample(
        "{fir: {filter: [1, 2, 3, 4, 5, 6, 7, 8, 9], padding: 4, down: 2}}",
        [[1, 6, 5]],
        function(lambda x: upfirdn(x, [1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 2, [4, 4], 1)),
    ),
    "fir-crops": Sample(
        "{fir: {filter: [3, 1, 2], padding: [-1, 2], down: 2, gain: 0.5}}",
        [[1, 4, 5]],
        function(lambda x: upfirdn(x, [3, 1, 2], 1, 2, [-1, 2], 0.5)),
    ),
    "fir-crops-up": Sample(
        "{fir: {filter: [3, 1, 2], padding: [-1, 4], up: 2}}",
        [[1, 4, 3]],
        function(lambda x: upfirdn(x, [3, 1, 2], 2, 1, [-1, 4], 4)),
    ),
    "fir-up-down": Sample(
        "{fir: {filter: [3, 1, 2], padding: [1, 0], up: 3, down: 2}}",
        [[1, 4, 3]],
        function(lambda x: upfirdn(x, [3, 1, 2], 3, 2, [1, 0], 9)),
    ),
}
