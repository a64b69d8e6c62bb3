"""Published architectures, narrow: one round of each, with AdvAs, the small residual ones with each of its estimators.

Normal numbers stand for pictures, so that nothing is read from disk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import ada
import auxiliary
import convnets
import diffaugment
import fastgan
import flows
import large_resnets
import r3gan
import resnets
import stylegan2
import tables
import translation_cases
import waves
from cases import ESTIMATORS, Case, Game, OwnStep
from optimizers import Schedule
from shipped_games import BATCH, CONDITIONAL, PLAIN, shipped
from terms import DISCRIMINATOR, GENERATOR

OBJECTIVES = (ada, auxiliary, diffaugment, fastgan, tables)
"""Modules whose objectives and regularizers register themselves."""
# Who moves first, by the authors' code.
GENERATOR_FIRST = {"trains": {GENERATOR: ("G",), DISCRIMINATOR: ("D",)}}

# Plain games, games of classes, and critics with a gradient penalty.
CLASSES = {"classes": 10, "sees": CONDITIONAL}
CRITIC = {
    "objective": "wgan",
    "regularizers": "!replace [wgan_gp: {weight: 10}, advas: {estimator: split}]",
    "terms": {"wgan_gp": {}, "advas": {}},
}
AUXILIARY = {
    "classes": 10,
    "sees": {"G": ("y",)},
    "score": lambda output: output[:, :1],
    "objective": "wgan",
    "regularizers": "[advas: {estimator: split}]",
    "terms": {"wgan_gp": {}, "classes": {}, "fake_classes": {}, "advas": {}},
}
PAIRED = {
    "objective": "relativistic",
    "regularizers": "!replace [r1: {weight: 1}, r2: {weight: 1}, advas: {estimator: split}]",
    "terms": {"r1": {"weight": 1}, "r2": {"weight": 1}, "advas": {}},
    "vars": {"width": 8, "groups": 4},
}
GREY, SMALL = (1, 28, 28), (3, 32, 32)

BASE: dict[str, Game] = {
    "dcgan28": shipped("dcgan/dcgan28", convnets.dcgan28, GREY, regularizers=PLAIN),
    "dcgan32": shipped("dcgan/dcgan32", convnets.dcgan32, SMALL, regularizers=PLAIN),
    "dcgan64": shipped(
        "dcgan/dcgan64", convnets.dcgan64, (3, 64, 64), vars={"width": 4, "critic": 4}, regularizers=PLAIN
    ),
    "sndcgan28": shipped("sndcgan/sndcgan28", convnets.sndcgan28, GREY),
    "sndcgan32": shipped("sndcgan/sndcgan32", convnets.sndcgan32, SMALL),
    "wgan-gp28": shipped("wgan-gp/wgan-gp28", convnets.wgan_gp28, GREY, vars={"width": 8}, **CRITIC),
    "wgan-gp32": shipped("resnet/wgan-gp32", resnets.wgan_gp32, SMALL, **CRITIC, **GENERATOR_FIRST),
    "acgan28": shipped("resnet/acgan28", resnets.acgan28, GREY, **AUXILIARY, **GENERATOR_FIRST),
    "acgan32": shipped("resnet/acgan32", resnets.acgan32, SMALL, **AUXILIARY, **GENERATOR_FIRST),
    "sngan28": shipped("resnet/sngan28", resnets.sngan28, GREY),
    "sngan32": shipped("resnet/sngan32", resnets.sngan32, SMALL, **GENERATOR_FIRST),
    "sngan48": shipped("resnet/sngan48", large_resnets.sngan48, (3, 48, 48), vars={"width": 32, "critic": 2}, **GENERATOR_FIRST),
    "sngan64": shipped("resnet/sngan64", large_resnets.sngan64, (3, 64, 64), vars={"width": 32, "critic": 2}, **GENERATOR_FIRST),
    "sngan128": shipped(
        "resnet/sngan128",
        large_resnets.sngan128,
        (3, 128, 128),
        vars={"width": 32, "critic": 2},
        **GENERATOR_FIRST,
    ),
    "projection32": shipped("resnet/projection32", resnets.projection32, SMALL, **CLASSES, **GENERATOR_FIRST),
    "sagan28": shipped("resnet/sagan28", resnets.sagan28, GREY),
    "sagan32": shipped("resnet/sagan32", resnets.sagan32, SMALL, **CLASSES),
    "sagan128": shipped(
        "resnet/sagan128",
        large_resnets.sagan128,
        (3, 128, 128),
        vars={"width": 32, "critic": 4},
        classes=1000,
        sees=CONDITIONAL,
    ),
    "biggan28": shipped("resnet/biggan28", resnets.biggan28, GREY, average=0.999, **CLASSES),
    "biggan32": shipped("resnet/biggan32", resnets.biggan32, SMALL, average=0.9999, **CLASSES),
    "biggan128": shipped(
        "resnet/biggan128",
        large_resnets.biggan128,
        (3, 128, 128),
        vars={"width": 64, "critic": 8},
        regularizers=PLAIN,
        classes=1000,
        sees=CONDITIONAL,
        average=0.9999,
    ),
    # Its scores are so high that torch's 1 - sigmoid has few digits left.
    "autogan32": shipped(
        "resnet/autogan32", resnets.autogan32, SMALL, objective="wgan", average=0.999
    ),
    "infogan28": shipped(
        "infogan/infogan28",
        convnets.infogan28,
        GREY,
        vars={"width": 16},
        regularizers="[advas: {estimator: split}]",
        latents={"kind": "", "numbers": ""},
        sees={"G": ("kind", "numbers")},
        score=lambda output: output[:, :1],
        terms={
            **{f"{name}_{player}": {} for name in ("kinds", "numbers_read") for player in (DISCRIMINATOR, GENERATOR)},
            "advas": {},
        },
    ),
    "r3gan28": shipped("r3gan/r3gan28", r3gan.r3gan28, GREY, average=0.99, **PAIRED),
    "r3gan32": shipped("r3gan/r3gan32", r3gan.r3gan32, SMALL, average=0.99, **PAIRED),
    "r3gan64": shipped("r3gan/r3gan64", r3gan.r3gan64, (3, 64, 64), average=0.99, **PAIRED),
    "wavegan": shipped(
        "wavegan/wavegan", waves.wavegan, (1, 1, 16384), vars={"width": 2, "shuffle": 0}, **CRITIC
    ),
    "wavegan4096": shipped(
        "wavegan/wavegan4096", waves.wavegan4096, (1, 1, 4096), vars={"width": 2, "shuffle": 0}, **CRITIC
    ),
    "vae28": shipped(
        "vae/vae28",
        convnets.vae28,
        GREY,
        vars={"code": 32},
        regularizers="[]",
        terms={},
        players="{}",
        objective="{type: elbo, likelihood: bernoulli}",
    ),
}
BASE["vae28"] = replace(
    BASE["vae28"],
    objective="elbo of one encoder",
    objective_options={"likelihood": "bernoulli"},
    trains={"autoencoder": ("E", "G")},
)

BASE["realnvp"] = replace(
    shipped(
        "flow/realnvp",
        flows.realnvp,
        (2,),
        vars={"width": 16, "pi": math.pi},
        regularizers="[]",
        terms={},
        players="{}",
        objective="null",
    ),
    objective="likelihood of a flow",
    trains={"likelihood": flows.COUPLINGS},
)



def styled(name: str, sides: Sequence[int], channels: int) -> Game:
    """StyleGAN2, narrow, with all of its lazy terms in the round and AdvAs."""
    game = shipped(
        f"stylegan2/{name}",
        partial(stylegan2.stylegan2, sides, channels),
        (channels, sides[-1], sides[-1]),
        vars={"base": 4 * sides[-1], "most": 8, "style": 6, "depth": 2},
        regularizers="!replace [r1: {weight: 10, every: 1}, path_lengths: {every: 1}, advas: {estimator: split, every: 1}]",
        terms={"r1": {"weight": 10}, "path_lengths": {}, "advas": {}},
        latents={"other": ""},
        trains={GENERATOR: ("M", "S"), DISCRIMINATOR: ("D",)},
        # M has stored weights of 100, beside which an average that hardly moves is rounding.
        averages={"M": (0.5, 0), "S": (0.5, 0)},
    )
    game = replace(game, batch=8, objective="game of styles")
    players = "players: !replace {generator: {trains: [M, S]}}\nema: !replace {M: {decay: 0.5}, S: {decay: 0.5}}\n"
    spec = game.spec.replace("players: !replace {}\n", players).replace(f"batch: {BATCH}}}", "batch: 8}")
    return replace(game, spec=spec)


BASE["stylegan2-28"] = styled("stylegan2-28", (7, 14, 28), 1)
BASE["stylegan2-32"] = styled("stylegan2-32", (4, 8, 16, 32), 3)
BASE["stylegan2-64"] = styled("stylegan2-64", (4, 8, 16, 32, 64), 3)

def lazily(game: Game) -> Game:
    """R1 and path lengths as optimizer steps of their own, every other round, the latter of half a batch."""
    spec = game.spec.replace("r1: {weight: 10, every: 1}", "r1: {weight: 10, every: 2, lazy: own_step}")
    spec = spec.replace("path_lengths: {every: 1}", "path_lengths: {every: 2, lazy: own_step, batch: 4}")
    steps = {
        "generator.path_lengths": OwnStep(GENERATOR, "path_lengths", 2),
        "discriminator.r1": OwnStep(DISCRIMINATOR, "r1", 2),
    }
    own = {"generator.path_lengths": ("M", "S"), "discriminator.r1": ("D",)}
    players = (GENERATOR, "generator.path_lengths", DISCRIMINATOR, "discriminator.r1")
    trains = {player: {**game.trains, **own}[player] for player in players}
    return replace(game, spec=spec, own_steps=steps, trains=trains)


BASE["stylegan2-28 with steps of its own"] = lazily(BASE["stylegan2-28"])

BASE["r3gan28 with a second beta that rises"] = replace(
    BASE["r3gan28"],
    spec=BASE["r3gan28"].spec.replace("betas: [0, 0.9]}", "betas: [0, second]}")
    + "scalars: !replace {second: {value: 0.9, schedule: {linear: {to: 0.99, over: 8}}}}\n",
    optimizer=replace(BASE["r3gan28"].optimizer, second=Schedule("linear", to=0.99, rounds=8)),
)

BASE |= translation_cases.GAMES

BASE["fastgan64"] = replace(
    shipped(
        "fastgan/fastgan64",
        fastgan.fastgan64,
        (3, 64, 64),
        vars={"ngf": 2, "ndf": 4},
        regularizers="[advas: {estimator: split}]",
        objective="fastgan",
        average=0.999,
    ),
    trains={DISCRIMINATOR: ("D", "R", "T"), GENERATOR: ("G",)},
    sees={"G": fastgan.Painter.DRAWS},
)

BASE["people"] = replace(
    shipped(
        "ctgan/people",
        tables.people,
        (tables.ROW,),
        vars={"width": 16, "packed": 2, "dropping": 0},
        objective="wgan",
        regularizers="!replace [{type: wgan_gp, name: by_pack}, "
        '{name: conditions, player: generator, weight: 1, let: {w: wanted(c)}, value: "mean('
        "asked(G(z, w).sex, slice(w, 0, 2)) + asked(G(z, w).education, slice(w, 2, 6)) "
        '+ asked(G(z, w).work, slice(w, 6, 12)))"}, advas: {estimator: split}]',
        terms={"by_pack": {}, "conditions": {}, "advas": {}},
        latents={"c": f"distribution: classes, of: {tables.CONDITIONS}, "},
        sees={"G": ("c", *tables.NOISE)},
    ),
    objective="ctgan",
    batch=8,
)
BASE["people"] = replace(
    BASE["people"], spec=BASE["people"].spec.replace(f"batch: {BATCH}}}", "batch: 8}")
)

AUGMENTED = replace(
    BASE["sndcgan32"],
    spec=BASE["sndcgan32"].spec.replace(
        "sndcgan/sndcgan32.yaml", "sndcgan/sndcgan32.yaml, ROOT/specs/blocks/diffaugment.yaml]"
    ).replace("include: ", "include: ["),
    objective="augmented",
)

ADAPTIVE = replace(
    BASE["sndcgan32"],
    spec=BASE["sndcgan32"].spec.replace(
        "sndcgan/sndcgan32.yaml", "sndcgan/sndcgan32.yaml, ROOT/specs/blocks/ada.yaml]"
    ).replace("include: ", "include: [")
    + "state: {p: {init: 0.7}, signs: {init: 3}}\n",
    objective="adaptively augmented",
)

EVERY_ESTIMATOR = ("sngan28", "biggan28")
"""Games that are tried with each way of AdvAs."""


def with_estimator(game: Game, estimator: str) -> Game:
    spec = game.spec.replace("estimator: split", f"estimator: {estimator}")
    return replace(game, spec=spec, regularizers={**game.regularizers, "advas": {"estimator": estimator}})


GAMES: dict[str, Game] = {
    **{name: game for name, game in BASE.items() if name not in EVERY_ESTIMATOR},
    **{
        f"{name} {estimator}": with_estimator(BASE[name], estimator)
        for name in EVERY_ESTIMATOR
        for estimator in ESTIMATORS
    },
    "sndcgan32 with DiffAugment": AUGMENTED,
    "sndcgan32 with ADA": ADAPTIVE,
}

CASES: list[Case] = [Case(name, precisions=("float64",)) for name in GAMES]
