"""advas on several ranks, and what it leaves: its log and its checkpoints."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RING = ROOT / "specs/ring/wgan-gp-advas.yaml"
SHAPES = ROOT / "specs/shapes/gan.yaml"
GAMES = {
    "ring with AdvAs": (RING, []),
    "MMD-GAN": (ROOT / "specs/zoo/mmd-gan.yaml", []),
    "relativistic average": (ROOT / "specs/zoo/relativistic-average.yaml", []),
    "DCGAN of shapes": (SHAPES, ["vars.width=4", "vars.critic=4", "data.x.batch=16"]),
}
BOUND = 1e-12
ENVIRONMENT = {
    **os.environ,
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    # More ranks than cores: who waits gives way.
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
}


class MPI:
    """One of the two libraries: its mpirun and an advas that is built with it."""

    def __init__(self, name: str, command: str, binary: str) -> None:
        self.name, self.command, self.binary = name, command, str(Path(binary).resolve())

    def arguments(self, ranks: int, words: list[str], wrapper: str | None = None) -> list[str]:
        return [self.command, "-n", str(ranks), *([wrapper] if wrapper else []), self.binary, *words,
                "--ranks", "mpi"]

    def run(self, ranks: int, words: list[str], wrapper: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.arguments(ranks, words, wrapper), env=ENVIRONMENT, capture_output=True, text=True, timeout=300)

    def train(self, ranks: int, words: list[str]) -> None:
        """A run that has to reach its end: raises RuntimeError with what it said where it does not."""
        result = self.run(ranks, words)
        if result.returncode:
            raise RuntimeError(f"{self.name}, {ranks} ranks, {' '.join(words)}: exit {result.returncode}\n{result.stderr}")


def words(spec: Path, out: Path, *settings: str, steps: int = 4, precision: str = "float32") -> list[str]:
    sets = [f"--set={setting}" for setting in ("log.every=1", "samples.every=0", *settings)]
    return [str(spec), "--steps", str(steps), "--threads", "1", "--out", str(out), "--precision", precision, *sets]


def folder(out: Path) -> Path:
    return next(path for path in sorted(out.iterdir()) if path.is_dir())


def scalars(out: Path) -> list[tuple[str, float]]:
    """Losses, penalties and weights of each round, by player and name."""
    found = []
    for line in (folder(out) / "metrics.jsonl").read_text().splitlines():
        record = json.loads(line)
        for player, values in record.items():
            if isinstance(values, dict):
                found += [(f"{record['round']} {player} {name}", value) for name, value in values.items()]
    return found


def checkpoint(out: Path) -> Path:
    return sorted(folder(out).glob("checkpoint-*.safetensors"))[-1]


def digest(out: Path) -> str:
    return hashlib.sha256(checkpoint(out).read_bytes()).hexdigest()


def farthest(a: list[tuple[str, float]], b: list[tuple[str, float]]) -> float:
    """The largest difference, relative to numbers above 1; infinite where names differ or a number is not finite."""
    if [name for name, _ in a] != [name for name, _ in b]:
        return float("inf")
    errors = [abs(x - y) / max(1.0, abs(y)) for (_, x), (_, y) in zip(a, b)]
    # Python's max passes over a NaN.
    return max(errors) if all(map(math.isfinite, errors)) else float("inf")


def wrapper(place: Path, name: str, body: str) -> str:
    """A program that runs its arguments, otherwise on rank 1 (or where `body` says)."""
    path = place / name
    path.write_text(f'#!/bin/sh\nrank=${{OMPI_COMM_WORLD_RANK:-$PMI_RANK}}\n{body}\nexec "$@"\n')
    path.chmod(0o755)
    return str(path)


def first_error(text: str) -> str:
    return next((line for line in text.splitlines() if "error:" in line), text[:200])


class Findings:
    """What was as it should be, and what was not, said at once."""

    def __init__(self) -> None:
        self.faults = 0

    def tell(self, passed: bool, what: str, detail: str = "") -> None:
        self.faults += not passed
        print(f"{'ok  ' if passed else 'FAIL'}  {what}{': ' + detail if detail else ''}", flush=True)


findings = Findings()
tell = findings.tell
