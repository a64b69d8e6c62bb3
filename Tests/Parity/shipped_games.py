"""How the game of a shipped spec becomes a narrow one that reads nothing from disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases import Game
from networks import Networks
from optimizers import Optimizer

BATCH = 6
OPTIMIZER = Optimizer(lr=2e-4, options={"betas": (0.0, 0.9)})
CONDITIONAL = {"G": ("y",), "D": ("y",)}
ADVAS = {"advas": {}}
PLAIN = "!replace [advas: {estimator: split}]"
WIDTHS = {"width": 16, "critic": 16}


def shipped(
    path: str,
    make: Callable[..., Networks],
    picture: tuple[int, ...],
    *,
    vars: Mapping[str, int] = WIDTHS,
    classes: int = 0,
    objective: str = "non_saturating",
    regularizers: str = "!replace [spectral_norm, advas: {estimator: split}]",
    terms: Mapping[str, Mapping[str, Any]] = ADVAS,
    players: str = "!replace {}",
    latents: Mapping[str, str] = {},
    average: float | None = None,
    **settings: Any,
) -> Game:
    """The game of a shipped spec, narrow, without a hinge, which would hide gradients."""
    batches = {"z": "", **({"class": ""} if classes else {}), **latents}
    if classes:
        batches["y"] = f"distribution: classes, of: {classes}, "
    streams = "".join(f"\n  {name}: {{{text}batch: {BATCH}}}" for name, text in batches.items())
    spec = f"""spec: 1
name: parity
include: ROOT/specs/{path}.yaml
vars: {{{", ".join(f"{name}: {value}" for name, value in vars.items())}}}
data: !replace {{}}
latent:
  x: {{shape: {list(picture)}, distribution: normal, batch: {BATCH}}}{streams}
objective: {"!replace " if objective.startswith("{") else ""}{objective}
regularizers: {regularizers}
players: {players}
optimizer: !replace {{type: adam, lr: 2e-4, betas: [0, 0.9]}}
{f"ema: !replace {{G: {{decay: {average}}}}}" if average else ""}
"""
    if average:
        settings["averages"] = {"G": (average, 0)}
    return Game(
        path="",
        spec=spec,
        networks=make,
        batch=BATCH,
        vars=vars,
        streams={},
        regularizers=terms,
        optimizer=OPTIMIZER,
        **{"objective": objective, **settings},
    )
