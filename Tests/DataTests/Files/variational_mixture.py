#!/usr/bin/env python3
"""Prints what TableModeTests expects of a mixture: weights, means and deviations, and shares of one number.

The updates are those of scikit-learn's BayesianGaussianMixture (Dirichlet process, concentration 0.001) in one dimension,
in NumPy, from equal parts of the sorted numbers. Needs NumPy and PyTorch (for digamma); exit code 0 done.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float64]


def digamma(x: Array) -> Array:
    return torch.special.digamma(torch.tensor(x)).numpy()


def fit(numbers: list[float], most: int) -> tuple[Array, Array, Array, Array]:
    """Weights, means and deviations of all components, and shares of all numbers."""
    x = np.array(numbers)
    n, k = len(x), min(most, len(x))
    shares = np.zeros((n, k))
    for rank, row in enumerate(np.argsort(x, kind="stable")):
        shares[row, rank * k // n] = 1

    def maximized(shares: Array) -> tuple[Array, ...]:
        nk = shares.sum(0) + 10 * np.finfo(float).eps
        xk = (shares * x[:, None]).sum(0) / nk
        sk = (shares * (x[:, None] - xk) ** 2).sum(0) / nk + 1e-6
        behind = np.hstack((np.cumsum(nk[::-1])[-2::-1], 0))
        mean = (x.mean() + nk * xk) / (1 + nk)
        spread = np.cov(x) + nk * sk + nk / (1 + nk) * (xk - x.mean()) ** 2
        return nk, 1 + nk, 0.001 + behind, mean, spread / (1 + nk)

    def expected(nk: Array, a: Array, b: Array, mean: Array, variance: Array) -> Array:
        total = digamma(a + b)
        weight = digamma(a) - total + np.hstack((0, np.cumsum(digamma(b) - total)[:-1]))
        gauss = -0.5 * (math.log(2 * math.pi) + (x[:, None] - mean) ** 2 / variance + np.log(variance))
        wishart = 0.5 * (math.log(2) + digamma((1 + nk) / 2) - np.log(1 + nk) - 1 / (1 + nk))
        logs = gauss + wishart + weight
        likely = np.exp(logs - logs.max(1, keepdims=True))
        return likely / likely.sum(1, keepdims=True)

    state = maximized(shares)
    for _ in range(100):
        before, state = state[0], maximized(expected(*state))
        if abs(state[0] - before).max() <= 1e-3:
            break
    _, a, b, mean, variance = state
    weights = a / (a + b) * np.hstack((1, np.cumprod(b / (a + b))[:-1]))
    return weights / weights.sum(), mean, np.sqrt(variance), expected(*state)


def main() -> None:
    clumps = [10 + ((i * 7) % 11 - 5) * 0.2 for i in range(24)]
    clumps += [40 + ((i * 5) % 13 - 6) * 0.5 for i in range(36)]
    print(*fit(clumps, 3)[:3], sep="\n")
    few = [3, 141, 59, 26, 535, 89, 79, 323, 84, 62, 643, 383, 27, 950, 288]
    weights, mean, deviation, shares = fit([i / 100 for i in few], 10)
    kept = weights > 0.005
    print(mean[kept], deviation[kept], shares[4][kept])


if __name__ == "__main__":
    np.set_printoptions(precision=17)
    main()
