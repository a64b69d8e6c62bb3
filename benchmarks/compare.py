#!/usr/bin/env python3
"""Times whole training rounds of advas beside its peers: `make bench`.

    benchmarks/compare.py                      every game, every program
    benchmarks/compare.py ring resnet32        some games
    benchmarks/compare.py --programs "advas; torch" --repeats 3 --json results.json

Every program runs each game several times, each time as a process of its own; the programs take
turns, in another order each time, so that a machine that warms up or gets busy is fair to all. All
are held to the same cores and threads. A round is one D step and one G step with AdvAs (split,
automatic weight). Peers compute the same gradients: peers/test_peers.py.

Columns: the median round; the smallest and largest median of a process; the same relative to advas
(more than 1 is slower than advas); the largest resident size; everything but the timed rounds, which
is start, compilation and warm-up.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks/peers"
TIME_LIMIT = 1800  # seconds for one process

SPECS = {
    "ring": "specs/ring/wgan-gp-advas.yaml",
    "dcgan28": "specs/fashion-mnist/wgan-gp-advas.yaml",
    "sndcgan32": "benchmarks/specs/sndcgan32.yaml",
    "resnet32": "benchmarks/specs/resnet32.yaml",
}
ROUNDS = {"ring": 500, "dcgan28": 20, "sndcgan32": 8, "resnet32": 8}
CONVOLUTIONAL = [game for game in SPECS if game != "ring"]


@dataclass(frozen=True)
class Program:
    """One way to run a game; `command` gets the game, its rounds and the threads."""

    command: Callable[[str, int, int], list[str]]
    games: list[str] = field(default_factory=lambda: list(SPECS))


def peer(script: str, *arguments: str) -> Callable[[str, int, int], list[str]]:
    def command(game: str, rounds: int, threads: int) -> list[str]:
        path = str(PEERS / script)
        options = ["--rounds", str(rounds), "--threads", str(threads)]
        return [sys.executable, path, game, *options, *arguments]

    return command


def advas(binary: Path) -> Callable[[str, int, int], list[str]]:
    def command(game: str, rounds: int, threads: int) -> list[str]:
        settings = ["--set", f"train.threads={threads}", "--benchmark", str(rounds)]
        return [str(binary), SPECS[game], *settings]

    return command


def programs(binary: Path) -> dict[str, Program]:
    """All of them; variants of a peer are rows of their own, so that its best one is seen."""
    return {
        "advas": Program(advas(binary)),
        "torch": Program(peer("torch_eager.py")),
        "torch, channels last": Program(peer("torch_eager.py", "--channels-last"), CONVOLUTIONAL),
        "torch.compile": Program(peer("torch_compiled.py"), ["ring"]),
        "jax": Program(peer("jax_jit.py")),
        "jax, patches": Program(
            peer("jax_jit.py", "--convolution", "patches"), CONVOLUTIONAL
        ),
    }


@dataclass
class Runs:
    """What the processes of one program on one game said."""

    round_ms: list[list[float]] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    setup_s: list[float] = field(default_factory=list)
    failure: str = ""

    @property
    def medians(self) -> list[float]:
        return [statistics.median(times) for times in self.round_ms]

    @property
    def median(self) -> float:
        return statistics.median(self.medians)


def run(command: list[str], cores: list[int], runs: Runs) -> None:
    start = time.monotonic()
    try:
        result = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            env={**os.environ, "JAX_PLATFORMS": "cpu"},
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
    except subprocess.TimeoutExpired:
        runs.failure = f"no result in {TIME_LIMIT} s"
        return
    wall = time.monotonic() - start
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or ["no message"]
        # A traceback says it last, a diagnostic first.
        said = lines[-1] if "Traceback" in result.stderr else lines[0]
        runs.failure = f"exit {result.returncode}: {said}"
        return
    answers = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    times = [t for answer in answers for t in answer.get("round_ms", [])]
    if not times:
        runs.failure = "printed no times"
        return
    runs.round_ms.append(times)
    runs.peak_mb.append(max(answer["peak_mb"] for answer in answers))
    runs.setup_s.append(wall - sum(times) / 1000)


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def row(game: str, name: str, runs: Runs, reference: Runs | None) -> list[str]:
    if not runs.round_ms:
        return [game, name, "failed", "-", "-", "-", "-"]
    low, high = min(runs.medians), max(runs.medians)
    ratio = "-"
    if reference and reference.round_ms:
        ratio = f"{runs.median / reference.median:.2f}x"
    return [
        game,
        name,
        f"{runs.median:.2f}",
        f"{low:.2f} to {high:.2f}",
        ratio,
        f"{max(runs.peak_mb):.0f}",
        f"{statistics.median(runs.setup_s):.1f}",
    ]


def machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("games", nargs="*", help=f"of {', '.join(SPECS)}; default all")
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--programs", help="some of them, separated by semicolons")
    parser.add_argument("--repeats", type=int, default=5, help="processes of each program and game")
    parser.add_argument("--rounds", type=int, help="timed rounds of a process (default by game)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write every time to this file")
    options = parser.parse_args()
    known = programs(options.binary)
    chosen = [n.strip() for n in options.programs.split(";")] if options.programs else list(known)
    games = options.games or list(SPECS)
    if unknown := [*(set(chosen) - set(known)), *(set(games) - set(SPECS))]:
        names = ", ".join([*SPECS, *(f'"{name}"' for name in known)])
        print(f"compare: unknown {', '.join(unknown)}; known: {names}", file=sys.stderr)
        return 2
    if "advas" in chosen and not options.binary.exists():
        print(f"compare: no {options.binary}: run `swift build -c release`", file=sys.stderr)
        return 2
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    lines = [["game", "program", "ms a round", "medians", "relative", "peak MB", "set-up s"]]
    results: dict[str, Any] = {"machine": machine(), "threads": options.threads, "games": {}}
    failures: list[str] = []
    print(f"{machine()}; {options.threads} threads, {options.repeats} processes each")
    for game in games:
        running = {name: Runs() for name in chosen if game in known[name].games}
        for repeat in range(options.repeats):
            order = list(running)
            order = order[repeat % len(order) :] + order[: repeat % len(order)]
            for name in order:
                if running[name].failure:
                    continue
                rounds = options.rounds or ROUNDS[game]
                run(known[name].command(game, rounds, len(cores)), cores, running[name])
                print(".", end="", file=sys.stderr, flush=True)
        for name, runs in running.items():
            if runs.failure:
                failures.append(f"{game}, {name}: {runs.failure}")
            lines.append(row(game, name, runs, running.get("advas")))
        results["games"][game] = {name: vars(runs) for name, runs in running.items()}
    print(f"\n{table(lines)}")
    for failure in failures:
        print(failure)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
