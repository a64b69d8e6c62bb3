#!/usr/bin/env python3
"""What this machine can do at most, as one line of JSON: sgemm in GF/s, a copy in GB/s.

The product is 2048x2048x2048; the copy, of 256 MB, counts what it reads and what it writes. Both
are the best of several, with the threads that the games have.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import torch


def best(play: Callable[[], object], repeats: int = 15) -> float:
    play()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        play()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    n = 2048
    a, b, c = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
    source = torch.ones(64 * 10**6)
    target = torch.empty_like(source)
    sgemm = 2 * n**3 / best(lambda: torch.mm(a, b, out=c)) / 1e9
    copy = 2 * source.nbytes / best(lambda: target.copy_(source)) / 1e9
    print(json.dumps({"sgemm_gflops": round(sgemm, 1), "copy_gbs": round(copy, 1)}))


if __name__ == "__main__":
    main()
