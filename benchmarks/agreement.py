"""Checks that all programs compute the same numbers, before any of them is timed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from programs import PEERS, PERIODS, SPECS, Command, binary
from tables import table
from turns import answer, output

BOUND = 1e-2
"""Far below what a wrong formula would do, above what float32 does where leaky relu has its kink."""


def peers_agree() -> bool:
    """Whether the peers' gradients are each other's, in float64."""
    command: Command = [sys.executable, "-m", "unittest", "-q"]
    result = subprocess.run(command, cwd=PEERS, capture_output=True, text=True)
    lines = result.stderr.strip().splitlines() or ["no message"]
    print("peers against each other in float64:", lines[-1])
    if result.returncode != 0:
        print(result.stderr, file=sys.stderr)  # which test, and how far apart
    return result.returncode == 0


def advas_agrees(games: list[str], threads: int, *, quick: bool) -> bool:
    """Whether a round of advas is that of the timed PyTorch functions; prints the errors.

    The round is recorded at full size by the float32 engine that is timed, and recomputed in
    float64: error is |a - b| / |b| over all of a player's gradients. Unless `quick`, the same without
    minimal filtering, which rounds more than sums of products.
    """
    styles = ["fast"] if quick else ["fast", "direct"]
    head = ["game", "player", "advas float32", "torch float32"]
    rows = [head if quick else [*head, "advas, direct convolutions"]]
    agrees = True
    for game in games:
        first, *others = [errors_of(game, style, threads) for style in styles]
        for player, found in first.items():
            values = [found["advas"], found["torch"], *(o[player]["advas"] for o in others)]
            rows.append([game, player, *(f"{value:.1e}" for value in values)])
            agrees = agrees and all(value < BOUND for value in values)  # no NaN is
    print("relative error of the gradients of one round, against PyTorch in float64:")
    print(table(rows, left=2))
    if not agrees:
        print(f"TOO FAR: the bound is {BOUND:g}")
    return agrees


def errors_of(game: str, convolutions: str, threads: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="advas-bench-") as folder:
        path = Path(folder) / "round.safetensors"
        # All that is lazy is due at the beginning, where biases are 0.
        at = "0" if game in PERIODS else "2"
        record = [binary("advas-run"), "record", SPECS[game], str(path), "--at", at]
        output([*record, "--threads", str(threads), "--set", f"train.convolutions={convolutions}"])
        script = str(PEERS / "recompute.py")
        return answer([sys.executable, script, game, str(path), "--threads", str(threads)])
