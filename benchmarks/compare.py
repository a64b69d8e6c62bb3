#!/usr/bin/env python3
"""Times whole training rounds of advas beside its peers: `make bench`.

    benchmarks/compare.py                      every game, every program
    benchmarks/compare.py --quick              fewer processes and rounds, hopeless variants left out
    benchmarks/compare.py ring resnet32        some games
    benchmarks/compare.py --programs "advas; torch" --repeats 3 --json results.json
    benchmarks/compare.py --isa avx2           all programs limited to AVX2

First it checks that all programs compute the same numbers. Then every program runs each game
several times, each time as a process of its own; the programs take turns, in another order each
time, so that a machine that warms up or gets busy is fair to all. All are held to the same cores and
threads. A round is one D step and one G step with AdvAs (split, automatic weight).

`spread` is the smallest and largest median of a process; `relative` is to advas, more than 1 is
slower; `start s` is from the start of the process to the beginning of the first step, and `round 1
s` to the end of the first round, which is where JAX and torch.compile compile.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import agreement
from programs import INSTRUCTIONS, PERIODS, SPECS, variants
from tables import Row, commit, machine, peaks, peaks_text, table
from turns import Failed, Runs, take_turns

ROUNDS = {"ring": 500, "dcgan28": 20, "sndcgan32": 8, "resnet32": 8, "biggan32": 5, "sagan32": 5, "stylegan2": 48, "r3gan28": 8}
QUICK_ROUNDS = {"ring": 300, "dcgan28": 10, "sndcgan32": 5, "resnet32": 4, "biggan32": 3, "sagan32": 3, "stylegan2": 16, "r3gan28": 4}
SLOW = ("torch.compile", "jax", "jax, patches")
"""Minutes of compilation, or several times slower than the others."""


def repeats(name: str, game: str, options: argparse.Namespace) -> int:
    """How many processes one program gets."""
    if options.repeats:
        return options.repeats
    if options.quick and name in SLOW and game != "ring":
        return 1
    return 3 if options.quick else 5


def chosen_commands(game: str, options: argparse.Namespace) -> dict[str, list[str]]:
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)[game]
    commands = variants(game, rounds, options.threads)
    if options.programs:
        wanted = [name.strip() for name in options.programs.split(";")]
        return {name: commands[name] for name in wanted if name in commands}
    if options.quick and game != "ring":
        del commands["jax"]  # XLA's own convolutions take four times as long as patches
    if options.quick:
        for name in commands:
            if name in SLOW and game != "ring":
                # Whole periods, once all that is lazy was compiled.
                lazy = ["--warm-up", "5", "--rounds", str(PERIODS.get(game, 0))]
                commands[name] += lazy if game in PERIODS else ["--warm-up", "1", "--rounds", "3"]
    return commands


def row(game: str, name: str, runs: Runs, reference: Runs | None) -> Row:
    if not runs.round_ms:
        return [game, name, "failed", *["-"] * 6]
    ratio = f"{runs.median / reference.median:.2f}x" if reference and reference.round_ms else "-"
    return [
        game,
        name,
        str(len(runs.round_ms)),
        f"{runs.median:.2f}",
        f"{min(runs.medians):.2f} to {max(runs.medians):.2f}",
        ratio,
        f"{runs.memory:.0f}",
        f"{runs.start:.2f}",
        f"{runs.first_round:.1f}",
    ]


def closing_row(game: str, runs: dict[str, Runs]) -> Row:
    """advas beside the best peer in each respect; memory and start beside PyTorch's eager mode."""
    ours = runs["advas"]
    peers = {name: r for name, r in runs.items() if name != "advas" and r.round_ms}
    best = min(peers, key=lambda name: peers[name].median)
    # Its own smallest and largest process against the same of the peer: what noise could make of it.
    low = min(peers[best].medians) / max(ours.medians)
    high = max(peers[best].medians) / min(ours.medians)
    memory = min(r.memory for r in peers.values())
    starts = [r.start for n, r in peers.items() if n.startswith("torch") or len(peers) == 1]
    return [
        game,
        f"{ours.median:.2f}",
        f"{peers[best].median:.2f}, {best}",
        f"{peers[best].median / ours.median:.2f}x ({low:.2f} to {high:.2f})",
        f"{ours.memory:.0f} / {memory:.0f} = {ours.memory / memory:.2f}",
        f"{ours.start:.2f} / " + (f"{min(starts):.2f} = {ours.start / min(starts):.2f}" if starts else "-"),
        f"{ours.first_round:.2f} / {min(r.first_round for r in peers.values()):.2f}",
    ]


def left_out(options: argparse.Namespace) -> list[str]:
    """What the tables lack, and why."""
    if options.programs:
        return [f"{game}, which none of these programs plays" for game in options.games if not chosen_commands(game, options)]
    is_lacking = options.quick and any(game != "ring" for game in options.games)
    return ["JAX with XLA's own convolutions, by --quick"] if is_lacking else []


CLOSING = [
    "game",
    "advas ms",
    "best peer ms",
    "faster by",
    "peak MB, advas / smallest peer",
    "start s, advas / torch",
    "round 1 s, advas / quickest peer",
]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("games", nargs="*", help=f"of {', '.join(SPECS)}; default all")
    parser.add_argument("--quick", action="store_true", help="about 25 minutes on two cores")
    parser.add_argument("--programs", help="some of them, separated by semicolons")
    parser.add_argument("--repeats", type=int, help="processes of each program and game")
    parser.add_argument("--rounds", type=int, help="timed rounds of a process (default by game)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--isa", choices=list(INSTRUCTIONS), help="limit all programs to this instruction set")
    parser.add_argument("--no-check", action="store_true", help="time without checking")
    parser.add_argument("--json", type=Path, help="also write every time to this file")
    options = parser.parse_args()
    options.games = options.games or list(SPECS)
    if any((options.rounds or period) % period for g, period in PERIODS.items() if g in options.games):
        parser.error(f"rounds have to be whole periods: {PERIODS}")
    names = list(variants("dcgan28", 1, 1))
    wanted = [n.strip() for n in (options.programs or "").split(";") if n.strip()]
    if unknown := [*(set(wanted) - set(names)), *(set(options.games) - set(SPECS))]:
        known = ", ".join([*SPECS, *(f'"{name}"' for name in names)])
        parser.error(f"unknown {', '.join(unknown)}; known: {known}")
    return options


def main() -> int:
    options = arguments()
    os.environ.update(INSTRUCTIONS.get(options.isa, {}))
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    results: dict[str, Any] = {"machine": machine(), "commit": commit(), "games": {}}
    limit = f"; all limited to {options.isa}" if options.isa else ""
    print(f"{machine()}; {len(cores)} threads; commit {commit()}{limit}", flush=True)
    if not options.no_check:
        if not agreement.peers_agree():
            return 1
        if not agreement.advas_agrees(options.games, len(cores), quick=options.quick):
            return 1
    results["peaks"] = [peaks(cores)]
    lines = [["game", "program", "runs", "ms a round", "spread", "relative", "peak MB", "start s", "round 1 s"]]
    closing, failures = [CLOSING], []
    for game in options.games:
        commands = chosen_commands(game, options)
        print(game, file=sys.stderr, flush=True)
        runs = take_turns(commands, {n: repeats(n, game, options) for n in commands}, cores, PERIODS.get(game, 1))
        lines += [row(game, name, r, runs.get("advas")) for name, r in runs.items()]
        failures += [f"{game}, {name}: {r.failure}" for name, r in runs.items() if r.failure]
        if sum(bool(r.round_ms) for r in runs.values()) > 1 and runs.get("advas", Runs()).round_ms:
            closing.append(closing_row(game, runs))
        results["games"][game] = {name: vars(r) for name, r in runs.items()}
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")
    results["peaks"].append(peaks(cores))
    print(f"\n{table(lines, left=2)}\n\n{table(closing)}\n")
    for when, found in zip(("before", "after"), results["peaks"]):
        print(f"this machine {when} the games: {peaks_text(found)}")
    for what in left_out(options):
        print(f"left out: {what}")
    for failure in failures:
        print(failure)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if failures or len(lines) == 1 else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"compare: {failure}")
