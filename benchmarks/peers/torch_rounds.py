#!/usr/bin/env python3
"""PyTorch's eager mode, written with care: `torch_eager.py` and the files of single games say how."""

from __future__ import annotations

import argparse

import torch

import measure
from style_game import STYLEGAN2
from torch_eager import Trainer
from torch_paired import PairedTrainer
from torch_style import StyleTrainer


def trainer(options: argparse.Namespace) -> Trainer | StyleTrainer:
    """The one that plays the game that the options ask for."""
    if options.game == "stylegan2":
        return StyleTrainer(STYLEGAN2, channels_last=options.channels_last)
    game = measure.game(options)
    kind = PairedTrainer if game.objective == "relativistic" else Trainer
    return kind(game, channels_last=options.channels_last, adam=options.adam)


def main() -> None:
    parser = measure.arguments((__doc__ or "").split("\n")[0])
    parser.add_argument("--channels-last", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--adam", choices=("foreach", "fused"), default="fused")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    measure.report(trainer(options).round, options)


if __name__ == "__main__":
    main()
