#!/usr/bin/env python3
"""What each saving pass saves in time: `make bench-passes`.

    benchmarks/passes.py                 all games
    benchmarks/passes.py dcgan28 ring    some

Each game runs with all passes, without each that changes its operations or its plan, with each alone
that does (passes overlap: another may do what one that is left out would have done), and without all
of these; the variants take turns. `slower by` is to the one with all passes.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from costs import Costs, costs, savings
from programs import DCGAN, SPECS, Command, advas, rules
from tables import Row, commit, machine, table
from turns import Failed, take_turns

GAMES: dict[str, tuple[str, Command, int]] = {
    "ring": (SPECS["ring"], [], 300),
    "dcgan28": (SPECS["dcgan28"], [], 10),
    "dcgan28, logistic + R1 + AdvAs": (DCGAN, rules("non_saturating", "r1")[0], 10),
    "sndcgan32": (SPECS["sndcgan32"], [], 4),
    "resnet32": (SPECS["resnet32"], [], 4),
}
"""Spec, its settings, and timed rounds of a process."""


def left_out(names: Iterable[str]) -> Command:
    return [text for name in names for text in ("--disable-pass", name)]


def variants_of(spec: str, settings: Command) -> dict[str, tuple[str, ...]]:
    """The passes that each variant leaves out; no two variants cost the same."""
    found: dict[str, tuple[str, ...]] = {"all passes": (), "none": savings()}
    for name in savings():
        found[f"no {name}"] = (name,)
    for name in savings():
        found[f"only {name}"] = tuple(other for other in savings() if other != name)
    known: dict[Costs, str] = {}
    for title, without in found.items():
        known.setdefault(costs(spec, tuple(settings), without), title)
    return {title: found[title] for title in known.values()}


def rows_of(title: str, repeats: int, cores: list[int]) -> list[Row]:
    spec, settings, rounds = GAMES[title]
    variants = variants_of(spec, settings)
    commands = {
        name: advas(spec, rounds, len(cores), *settings, *left_out(without))
        for name, without in variants.items()
    }
    runs = take_turns(commands, dict.fromkeys(commands, repeats), cores)
    rows = []
    for name, without in variants.items():
        found = runs[name]
        if found.failure:
            raise Failed(f"{title}, {name}: {found.failure}")
        cost = costs(spec, tuple(settings), without)
        rows.append(
            [
                title,
                name,
                f"{cost.round / 1e9:.4g}",
                f"{found.median:.2f}",
                f"{min(found.medians):.2f} to {max(found.medians):.2f}",
                f"{found.median / runs['all passes'].median:.2f}x",
                f"{cost.arena / 1e6:.1f}",
            ]
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("games", nargs="*", help=f"start of any of: {'; '.join(GAMES)}")
    parser.add_argument("--repeats", type=int, default=3, help="processes of each variant")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if unknown := [name for name in options.games if not any(title.startswith(name) for title in GAMES)]:
        parser.error(f"unknown {', '.join(unknown)}; known: {'; '.join(GAMES)}")
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    lines = [["game", "variant", "GFLOP", "ms a round", "spread", "slower by", "arena MB"]]
    for title in GAMES:
        if not options.games or title.startswith(tuple(options.games)):
            print(title, file=sys.stderr, flush=True)
            lines += rows_of(title, options.repeats, cores)
    print(f"{machine()}; {len(cores)} threads; commit {commit()}\n\n{table(lines, left=2)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"passes: {failure}")
