"""Times rounds and prints them as `advas-run --benchmark` does, as one line of JSON."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable

from games import GAMES

def arguments(description: str, games: list[str] | None = None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("game", choices=games or sorted(GAMES))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=3, help="rounds before the first timed one")
    parser.add_argument("--threads", type=int, default=2)
    return parser


def report(play: Callable[[], float], options: argparse.Namespace) -> None:
    """Runs and prints; `play` is one round and returns once its results are there."""
    for _ in range(options.warm_up):
        play()
    times = []
    loss = 0.0
    for _ in range(options.rounds):
        start = time.perf_counter()
        loss = play()
        times.append(round(1000 * (time.perf_counter() - start), 4))
    if loss != loss:
        sys.exit("the loss is not a number: these times would mean nothing")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6  # kibibytes on Linux
    print(json.dumps({"round_ms": times, "peak_mb": round(peak, 1)}))
