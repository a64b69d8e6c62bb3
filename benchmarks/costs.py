"""What a spec costs before it runs, by `advas-graph --stats --json`, and which passes save."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from functools import cache

from programs import ROOT, SPECS, Command, binary
from turns import output

ORDINARY = {"simplify", "cse", "dce", "settle-variables", "layout", "fuse"}
"""Passes without which no graph is run; the others are the savings."""


@dataclass(frozen=True)
class Costs:
    """Multiply-adds of products and convolutions, counted as two operations, and planned bytes."""

    by_player: tuple[tuple[str, float], ...]
    """Of a step of each player."""
    arena: int
    state: int

    @property
    def round(self) -> float:
        return sum(self.steps.values())

    @property
    def steps(self) -> dict[str, float]:
        return dict(self.by_player)


@cache
def costs(spec: str, settings: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Costs:
    """Costs of a spec with some passes left out."""
    command: Command = [binary("advas-graph"), spec, "--stats", "--json", *settings]
    for name in without:
        command += ["--disable-pass", name]
    found = json.loads(output(command))
    steps = {
        function["player"]: function["dense_flops"]
        for function in found["functions"]
        if not function["function"].startswith("sample")
    }
    return Costs(tuple(steps.items()), found["arena_bytes"], found["state_bytes"])


@cache
def savings() -> tuple[str, ...]:
    """Names of the passes that save operations, as the program itself lists them."""
    command = [binary("advas-graph"), SPECS["ring"], "--disable-pass", "?"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr
    names = said.split("there are ")[1].splitlines()[0].rstrip(".").split(", ")
    return tuple(name for name in names if name not in ORDINARY)
