"""The random numbers of a run, written from the paper and from what Docs say of streams.

Philox4x32-10 (Salmon et al., SC 2011) at the counter (element / 4, stream, step) under the seed; a stream's
number is the 32-bit FNV-1a hash of its name. Box and Muller 1958 make normal numbers of pairs of words.
"""

from __future__ import annotations

import numpy as np

WORD = 0xFFFFFFFF


def words(seed: int, name: str, count: int) -> np.ndarray:
    """The first words of a stream at step 0."""
    stream = 0x811C9DC5
    for byte in name.encode():
        stream = (stream ^ byte) * 0x01000193 & WORD
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    zero = np.zeros_like(blocks)
    c = [blocks & WORD, blocks >> np.uint64(32), zero + stream, zero]
    k = [seed & WORD, seed >> 32 & WORD]
    for _ in range(10):
        p, q = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [
            (q >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]),
            q & np.uint64(WORD),
            (p >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]),
            p & np.uint64(WORD),
        ]
        k = [k[0] + 0x9E3779B9 & WORD, k[1] + 0xBB67AE85 & WORD]
    return np.stack(c, axis=1).reshape(-1)[:count]


def uniform(seed: int, name: str, count: int, low: float, high: float) -> np.ndarray:
    """The first numbers of [low, high) of a stream at step 0, single precision."""
    steps = (words(seed, name, count) >> np.uint64(8)).astype(np.float64) * 2.0**-24
    values = (low + (high - low) * steps).astype(np.float32)
    return np.minimum(values, np.nextafter(np.float32(high), np.float32(low)))


def normal(seed: int, name: str, count: int) -> np.ndarray:
    """The first normal numbers of a stream at step 0, single precision."""
    pairs = (words(seed, name, count + count % 2).reshape(-1, 2) + 0.5) / 2.0**32
    radius = np.sqrt((-2 * np.log(pairs[:, 0])).astype(np.float32))
    angle = 2 * np.pi * pairs[:, 1]
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    return (radius[:, None] * circle).reshape(-1)[:count]
