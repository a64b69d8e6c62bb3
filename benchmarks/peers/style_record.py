"""A recorded round of StyleGAN2, of which every lazy term is due, by its timed PyTorch functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from style_game import MIXING, STYLEGAN2
from torch_style import StyleTrainer

CALLS = ("", "@2", "@3")
"""Calls of S in the generator's step: the loss, path lengths, AdvAs."""


def own_name(name: str) -> str:
    """The peers' name of a recorded tensor: M's layers without the levels of their blocks."""
    return re.sub(r"^M\.1\.(\d+)\.0\.0\.", r"M.\1.", name)


def gradients(record: Mapping[str, Tensor], player: str) -> tuple[list[str], Sequence[Tensor]]:
    """The names of what the player trains and its gradients, in torch's default precision."""
    trainer = StyleTrainer(STYLEGAN2)
    for group in ("parameters/", f"before/{player}/0/"):  # each newer than the last
        for key, value in record.items():
            name = own_name(key.removeprefix(group))
            owned = trainer.G if name in trainer.G else trainer.D
            if key.startswith(group) and name in owned:
                owned[name].data.copy_(value)
    prefix = f"draws/{player}/0/"
    draws = {
        k.removeprefix(prefix): v.to(torch.get_default_dtype())
        for k, v in record.items() if k.startswith(prefix)
    }
    latents = torch.cat([draws["z"], draws["other"]])
    noises = [[draws[name + call] for name in layers(trainer)] for call in CALLS if layers(trainer)[0] + call in draws]
    if player == "discriminator":
        cut = cut_of(trainer, draws, player)
        found = trainer.discriminator_gradients(draws["x"], latents, cut, noises[0], r1=True)
        return list(trainer.D), found
    cuts = [cut_of(trainer, draws, scope) for scope in (player, "path_lengths", "discriminator")]
    _, found = trainer.generator_gradients(latents, cuts, noises, draws["path_lengths.n"], draws["x"])
    return list(trainer.G), found


def layers(trainer: StyleTrainer) -> list[str]:
    return [f"S.{name}.1.noise" for name, *_ in trainer.game.styled]


def cut_of(trainer: StyleTrainer, draws: Mapping[str, Tensor], scope: str) -> int:
    share, place = (float(draws[f"{scope}.latent{k}"]) for k in ("", "#2"))
    rows = trainer.game.rows
    return 1 + int((rows - 1) * place) if share < MIXING else rows
