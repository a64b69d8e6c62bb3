"""Times rounds and prints them as `advas-run benchmark` does, as one line of JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from games import GAMES, Game, dcgan


def arguments(description: str, games: list[str] | None = None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("game", choices=games or [*GAMES, "stylegan2", "dcgan"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=3, help="rounds before the first timed one")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--objective", help="another one than the game's own")
    parser.add_argument("--penalty", choices=("wgan_gp", "r1", "none"), help="likewise")
    parser.add_argument("--advas", action=argparse.BooleanOptionalAction, default=True)
    sizes = parser.add_argument_group("sizes of the game dcgan")
    for name in ("size", "width", "batch"):
        sizes.add_argument(f"--{name}", type=int)
    return parser


def game(options: argparse.Namespace) -> Game:
    """The game that the options ask for."""
    sizes = {n: getattr(options, n) for n in ("size", "width", "batch") if getattr(options, n)}
    chosen = dcgan(**sizes) if options.game == "dcgan" else GAMES[options.game]
    changes = {n: getattr(options, n) for n in ("objective", "penalty") if getattr(options, n)}
    return dataclasses.replace(chosen, advas=options.advas, **changes)


def age() -> float:
    """Seconds since the kernel started this process, to a hundredth: what came before counts too."""
    # Field 22 of proc(5)'s stat; the name, field 2, ends at the last bracket.
    ticks = float(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def report(play: Callable[[], float], options: argparse.Namespace) -> None:
    """Runs and prints; `play` is one round and returns once its results are there."""
    start = age()
    play()
    first = age()
    for _ in range(options.warm_up - 1):
        play()
    times = []
    loss = 0.0
    for _ in range(options.rounds):
        begin = time.perf_counter()
        loss = play()
        times.append(round(1000 * (time.perf_counter() - begin), 4))
    if loss != loss:
        sys.exit("the loss is not a number: these times would mean nothing")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6  # kibibytes on Linux
    answer = {"start_s": start, "first_round_s": first, "round_ms": times, "peak_mb": peak}
    print(json.dumps({k: v if k == "round_ms" else round(v, 3) for k, v in answer.items()}))
