#!/usr/bin/env python3
"""Recomputes a round that `advas-run record` wrote with the functions that are timed.

    recompute.py dcgan28 round.safetensors

One line of JSON: for each player, how far the recorded gradient is from that of the eager trainer in
float64, |a - b| / |b| over all parameters together, and how far that trainer's own float32 is.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

import style_record
from games import GAMES
from torch_eager import Gradients, Trainer
from torch_paired import PairedTrainer

Record = dict[str, Tensor]
VECTORS = ("u", "v")


def own_name(name: str) -> str:
    """The peers' name of a recorded tensor: no level for a block, none for the stored weight."""
    return re.sub(r"(\d+)\.0\.", r"\1.", name).removesuffix("_orig")


def under(record: Record, prefix: str) -> Record:
    found = {k.removeprefix(prefix): v for k, v in record.items() if k.startswith(prefix)}
    return {own_name(name): value for name, value in found.items()}


def restore(trainer: Trainer, record: Record, player: str) -> None:
    """Both networks, and the vectors of spectral norm, as the player's step found them."""
    networks = (("G", trainer.G, trainer.spectral_G), ("D", trainer.D, trainer.spectral))
    for name, module, spectral in networks:
        recorded: Record = {}
        for group in ("parameters", "buffers", f"before/{player}/0"):  # each newer than the last
            recorded |= under(record, f"{group}/{name}.")
        for key, parameter in module.named_parameters():
            parameter.data.copy_(recorded[key])
        for key in spectral.vectors if spectral else ():
            u, v = (recorded[f"{key}_{vector}"] for vector in VECTORS)
            spectral.vectors[key] = (u.to(parameter.dtype), v.to(parameter.dtype))


def gradients(game: str, record: Record, player: str) -> tuple[list[str], Gradients]:
    """The names of what is trained and its gradients, in torch's default precision."""
    if game == "stylegan2":
        return style_record.gradients(record, player)
    kind = PairedTrainer if GAMES[game].objective == "relativistic" else Trainer
    trainer = kind(GAMES[game])
    restore(trainer, record, player)
    draws = {k: v.to(torch.get_default_dtype()) for k, v in under(record, f"draws/{player}/0/").items()}
    classes = [draws["y"]] if "y" in draws else []
    spectral = trainer.spectral_G if player == "generator" else trainer.spectral
    if spectral:
        spectral.iterate()
    if player == "generator":
        return names("G", trainer.G), trainer.generator_gradients(draws["x"], draws["z"], *classes)[1]
    t = draws.get("wgan_gp.t", torch.zeros(len(draws["x"])))
    t = t.reshape(-1, *[1] * (draws["x"].dim() - 1))
    return names("D", trainer.D), trainer.discriminator_gradients(draws["x"], draws["z"], t, *classes)


def names(network: str, module: nn.Module) -> list[str]:
    return [f"{network}.{name}" for name, _ in module.named_parameters()]


def distance(found: Gradients, exact: Gradients) -> float:
    a, b = (torch.cat([value.double().flatten() for value in values]) for values in (found, exact))
    return float((a - b).norm() / b.norm())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("game", choices=[*GAMES, "stylegan2"])
    parser.add_argument("record", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    record = load_file(options.record)
    answer = {}
    for player in ("discriminator", "generator"):
        torch.set_default_dtype(torch.float64)
        trained, exact = gradients(options.game, record, player)
        torch.set_default_dtype(torch.float32)
        _, single = gradients(options.game, record, player)
        rename = style_record.own_name if options.game == "stylegan2" else own_name
        prefix = f"gradients/{player}/0/"
        recorded = {rename(k.removeprefix(prefix)): v for k, v in record.items() if k.startswith(prefix)}
        found = [recorded[name] for name in trained]
        answer[player] = {"advas": distance(found, exact), "torch": distance(single, exact)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
