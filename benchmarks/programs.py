"""The command lines of advas and of its peers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks/peers"
BINARIES = Path(os.environ.get("ADVAS_BIN", ROOT / ".build/release"))
"""Folder of the commands that are measured."""
Command = list[str]

SPECS = {
    "ring": "specs/ring/wgan-gp-advas.yaml",
    "dcgan28": "specs/fashion-mnist/wgan-gp-advas.yaml",
    "sndcgan32": "benchmarks/specs/sndcgan32.yaml",
    "resnet32": "benchmarks/specs/resnet32.yaml",
    "biggan32": "benchmarks/specs/biggan32.yaml",
    "sagan32": "benchmarks/specs/sagan32.yaml",
    "stylegan2": "benchmarks/specs/stylegan2-64.yaml",
    "r3gan28": "benchmarks/specs/r3gan28.yaml",
}
PERIODS = {"stylegan2": 16}
"""Rounds after which all that is lazy was due, where they are not alike: a time is their mean."""

INSTRUCTIONS = {
    "avx2": {
        "ADVAS_MAX_ISA": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "DNNL_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    },
}
"""What limits every program, and the libraries below it, to an instruction set: variables of their environment."""
DCGAN = "benchmarks/specs/dcgan.yaml"
"""dcgan28's networks at any size; peers call the game dcgan."""


def settings(*values: str) -> Command:
    return [text for value in values for text in ("--set", value)]


def sizes(size: int = 28, width: int = 64, batch: int = 64) -> tuple[Command, Command]:
    """One size of the game dcgan, as advas and as its peers take it."""
    chosen = {"size": size, "width": width, "batch": batch}
    ours = settings(*(f"vars.{name}={value}" for name, value in chosen.items()))
    return ours, [text for name, value in chosen.items() for text in (f"--{name}", str(value))]


def rules(
    objective: str | None = None, penalty: str = "wgan_gp", advas: bool = True
) -> tuple[Command, Command]:
    """Another objective or other regularizers of a game, as advas and as its peers take them."""
    names = [name for name in (penalty, "advas" if advas else "none") if name != "none"]
    ours = settings(f"regularizers=[{', '.join(names)}]")
    theirs = ["--penalty", penalty, "--advas" if advas else "--no-advas"]
    if objective:
        ours += settings(f"objective={objective}")
        theirs += ["--objective", objective]
    return ours, theirs


def binary(name: str) -> str:
    path = BINARIES / name
    if not path.exists():
        sys.exit(f"{Path(sys.argv[0]).stem}: no {path}: run `swift build -c release`")
    return str(path)


def advas(spec: str, rounds: int, threads: int, *arguments: str) -> Command:
    timing = ["--threads", str(threads), "--rounds", str(rounds)]
    return [binary("advas-run"), "benchmark", spec, *timing, *arguments]


def peer(script: str, game: str, rounds: int, threads: int, *arguments: str) -> Command:
    path = str(PEERS / script)
    timing = ["--rounds", str(rounds), "--threads", str(threads)]
    return [sys.executable, path, game, *timing, *arguments]


def variants(game: str, rounds: int, threads: int) -> dict[str, Command]:
    """Every program for one game; variants of a peer are rows of their own: its best one counts."""
    size = (rounds, threads)
    commands = {
        "advas": advas(SPECS[game], *size),
        "torch": peer("torch_rounds.py", game, *size),
        "torch, channels last": peer("torch_rounds.py", game, *size, "--channels-last"),
        "torch.compile": peer("torch_compiled.py", game, *size),
        "jax": peer("jax_rounds.py", game, *size),
        "jax, patches": peer("jax_rounds.py", game, *size, "--convolution", "patches"),
    }
    if game == "ring":
        del commands["torch, channels last"], commands["jax, patches"]
    if game not in ("ring", "dcgan28"):
        del commands["torch.compile"]  # its rewrite knows no spectral norm, and takes minutes
    return commands
