#!/usr/bin/env python3
"""Counts operations of each player's step beside PyTorch and XLA: `make bench-flops`.

    benchmarks/flops.py                 all games; XLA compiles each, which takes minutes
    benchmarks/flops.py --no-xla ring   some games, without XLA

Multiply-adds of matrix products and convolutions count as two operations everywhere, XLA's in the
program that it compiled. `naive` is PyTorch's `.backward()`. `in F` is what is left of a step after its
passes through G, in units of one pass of D over a batch (for advas without merge-resampling, which makes
F itself smaller); `formula` is what the lockstep sweep and the four-pass penalty need, up to a few times
the last layer.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from costs import Costs, costs, savings
from programs import DCGAN, PEERS, SPECS, Command, rules
from tables import Row, commit, table
from turns import Failed, answer

PLAYERS = ("discriminator", "generator")
MERGED = ("merge-resampling",)


@dataclass(frozen=True)
class Subject:
    """A game with its regularizers, as advas and as its peers take it."""

    title: str
    spec: str
    settings: Command
    peer: Command
    penalty: str = "wgan_gp"
    advas: bool = True

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return self.spec, tuple(self.settings)


def variant(objective: str, penalty: str, advas: bool) -> Subject:
    names = [name for name in (penalty, "advas" if advas else "none") if name != "none"]
    ours, theirs = rules(objective, penalty, advas)
    title = f"dcgan28: {objective}, {' + '.join(names)}"
    return Subject(title, DCGAN, ours, ["dcgan", *theirs], penalty, advas)


SUBJECTS = [
    *(
        Subject(game, SPECS[game], [], [game], "none" if game == "sndcgan32" else "wgan_gp")
        for game in ("ring", "dcgan28", "sndcgan32", "resnet32")
    ),
    variant("wgan", "wgan_gp", False),
    variant("non_saturating", "r1", False),
    *(
        variant(objective, "none", True)
        for objective in ("wgan", "hinge", "non_saturating", "minimax", "least_squares")
    ),
    variant("non_saturating", "r1", True),
]


def formula(subject: Subject, player: str, first: float) -> tuple[str, float]:
    """Passes through D that a step needs, as text and in F; `first` is the first layer's share.

    Nobody asks for gradients by the samples of a D step, nor by the real ones of a G step: those
    sweeps end above the first layer.
    """
    if player == "generator":
        return ("8F-F1", 8 - first) if subject.advas else ("2F", 2)
    match subject.penalty:
        case "wgan_gp":
            return "10F-2F1", 10 - 2 * first
        case "r1":
            return "7F-F1", 7 - first
    return "6F-2F1", 6 - 2 * first


def counts(peer: str, subject: Subject) -> dict[str, Any]:
    return answer([sys.executable, str(PEERS / f"count_{peer}.py"), *subject.peer])


def through_generator(subject: Subject, player: str, passes: dict[str, float]) -> float:
    """Operations of a step in G: samples, and for G a backward pass of each auto-weighted term."""
    backward = (2 if subject.advas else 1) if player == "generator" else 0
    return passes["F_G"] + backward * passes["backward_G"]


def rows_of(subject: Subject, counted: dict[str, Any], xla: dict[str, Any] | None) -> list[Row]:
    passes = counted["passes"]
    whole, plain = costs(*subject.key), costs(*subject.key, savings())
    unmerged = costs(*subject.key, MERGED)
    rows = []
    for player in PLAYERS:
        name, needed = formula(subject, player, passes["first"] / passes["F"])
        outside = through_generator(subject, player, passes)
        steps = [counted[kind][player] for kind in ("careful", "naive")]
        if xla:
            steps.append(xla[player]["operations"])
        in_units = [(value - outside) / passes["F"] for value in (unmerged.steps[player], *steps)]
        giga = [whole.steps[player], plain.steps[player], *steps]
        rows.append(
            [
                subject.title,
                player,
                *(f"{value / 1e9:.4g}" for value in giga),
                *(f"{value:.2f}" for value in in_units),
                f"{name} = {needed:.2f}",
            ]
        )
    return rows


def saved_row(subject: Subject) -> Row:
    """What a round costs with all savings, without each, with each alone, and without any."""
    whole, plain = costs(*subject.key), costs(*subject.key, savings())
    cells = []
    for name in savings():
        others = tuple(other for other in savings() if other != name)
        without = whole.round - costs(*subject.key, (name,)).round
        alone = costs(*subject.key, others).round - plain.round
        cells.append("." if without == alone == 0 else f"{percent(without, whole)} / {percent(alone, plain)}")
    memory = [f"{value / 1e6:.1f}" for value in (plain.arena, whole.arena)]
    rounds = [f"{value / 1e9:.4g}" for value in (plain.round, whole.round)]
    return [subject.title, *rounds, *cells, *memory]


def percent(saved: float, whole: Costs) -> str:
    return f"{100 * -saved / whole.round:.1f}%" if saved else "0"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("only", nargs="*", help="games whose title starts so; default all")
    parser.add_argument("--no-xla", action="store_true", help="do not compile with XLA")
    options = parser.parse_args()
    titles = [subject.title for subject in SUBJECTS]
    if unknown := [name for name in options.only if not any(title.startswith(name) for title in titles)]:
        parser.error(f"unknown {', '.join(unknown)}; known: {'; '.join(titles)}")
    peers = ["torch careful", "torch naive", *([] if options.no_xla else ["XLA"])]
    heads = [name.removeprefix("torch ") for name in peers]
    lines = [["game", "step", "advas", "no savings", *peers, "in F: advas", *heads, "formula"]]
    saved = []
    for subject in SUBJECTS:
        if options.only and not subject.title.startswith(tuple(options.only)):
            continue
        print(subject.title, file=sys.stderr, flush=True)
        xla = None if options.no_xla else counts("xla", subject)
        lines += rows_of(subject, counts("torch", subject), xla)
        saved.append(saved_row(subject))
    head = ["game", "none", "all", *savings(), "arena none", "arena all"]
    print(f"commit {commit()}\n\nGFLOP of a step\n{table(lines, left=2)}\n")
    print("GFLOP of a round without and with all savings; for each saving, how many more operations")
    print("the round has without it alone / how many fewer with it alone ('.' where it does nothing);")
    print("MB of planned working memory without and with all")
    print(table([head, *saved]))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"flops: {failure}")
