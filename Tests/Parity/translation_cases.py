"""The games of specs/pix2pix and specs/cyclegan, narrow, with normal numbers for pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import translation
from cases import Game
from networks import Networks
from shipped_games import ADVAS, BATCH, OPTIMIZER, PLAIN

GAMES: dict[str, Game] = {}


def paired(name: str, make: Callable[..., Networks], picture: tuple[int, ...], pair: str, side: int) -> Game:
    """pix2pix, narrow, without dropout, with AdvAs."""
    distance = {"distance": {}}
    vars = {"side": side, "width": 2, "critic": 2, "drop": 0}
    return Game(
        path="",
        spec=f"""spec: 1
name: parity
include: ROOT/specs/pix2pix/{name}.yaml
vars: {{{", ".join(f"{key}: {value}" for key, value in vars.items())}}}
data: !replace {{}}
latent:
  x: {{shape: {list(picture)}, distribution: normal, batch: {BATCH}}}
regularizers: {PLAIN}
optimizer: !replace {{type: adam, lr: 2e-4, betas: [0, 0.9]}}
""",
        networks=make,
        batch=BATCH,
        vars=vars,
        streams={},
        objective=f"pairs, {pair}",
        regularizers={**ADVAS, **distance},
        optimizer=OPTIMIZER,
        sees={"D": ("x",)},
        source=lambda batch: translation.PAIRS[pair](batch.draw("x"))[0],
    )


GAMES["pix2pix256"] = paired("pix2pix256", translation.pix2pix(7, 3, [2, 2, 1], "halves"), (3, 256, 512), "halves", 256)
GAMES["pix2pix32"] = paired("pix2pix32", translation.pix2pix(4, 0, [2, 1], "outlines"), (3, 32, 32), "outlines", 32)

CYCLES = {"generator": ("G", "F"), "discriminator_b": ("DB",), "discriminator_a": ("DA",)}


def cycled(name: str, side: int, strides: list[int], other: int, terms: Mapping[str, Any]) -> Game:
    """CycleGAN, narrow, with a pool of 2 that the fourth round finds full."""
    vars = {"side": side, "width": 2, "critic": 2, "blocks": 2, "pool": 2}
    streams = "\n".join(
        f"  {stream}: {{shape: [3, {side}, {side}], distribution: normal, batch: 1}}" for stream in "ab"
    )
    return Game(
        path="",
        spec=f"""spec: 1
name: parity
include: ROOT/specs/cyclegan/{name}.yaml
vars: {{{", ".join(f"{key}: {value}" for key, value in vars.items())}}}
data: !replace {{}}
latent:
{streams}
optimizer: !replace {{type: adam, lr: 2e-4, betas: [0, 0.9]}}
""",
        networks=translation.cyclegan(strides),
        batch=1,
        vars=vars,
        streams={},
        objective="cycles",
        objective_options={"other": other},
        regularizers=terms,
        optimizer=OPTIMIZER,
        trains=CYCLES,
        update="simultaneous",
    )


GAMES["cyclegan32"] = cycled("cyclegan32", 32, [2, 1], -1, {"advas_a": {}, "advas_b": {}})
GAMES["cyclegan256"] = cycled("cyclegan256", 64, [2, 2, 1], 1, {})
