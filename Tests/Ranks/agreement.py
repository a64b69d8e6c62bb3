"""Ranks against one, against themselves, and with each other's state."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from mpi import BOUND, GAMES, MPI, RING, digest, farthest, folder, scalars, tell, words


def compare_with_one(mpi: MPI, place: Path) -> None:
    for name, (spec, settings) in GAMES.items():
        alone = place / f"alone-{name}"
        subprocess.run(
            [mpi.binary, *words(spec, alone, *settings, precision="float64")], check=True, capture_output=True)
        for ranks in (2, 4):
            out = place / f"{ranks}-{name}"
            result = mpi.run(ranks, words(spec, out, *settings, precision="float64"))
            error = farthest(scalars(out), scalars(alone)) if result.returncode == 0 else float("inf")
            tell(error <= BOUND, f"{mpi.name}: {name}, {ranks} ranks against one, float64",
                 f"{error:.1e}" + result.stderr[-300:] * (result.returncode != 0))


def repeat(mpi: MPI, place: Path) -> str:
    """The same run twice; the digest of one with ordered sums."""
    digests = []
    for number in range(2):
        out = place / f"again-{number}"
        mpi.train(2, words(RING, out, steps=30))
        digests.append(digest(out))
    tell(digests[0] == digests[1], f"{mpi.name}: twice the same bytes, 30 rounds, 2 ranks", digests[0][:16])
    out = place / "ordered"
    mpi.train(4, [*words(RING, out, steps=30), "--sums", "ordered"])
    return digest(out)


def resume(mpi: MPI, place: Path) -> None:
    alone, out = place / "uninterrupted", place / "resumed"
    subprocess.run(
        [mpi.binary, *words(RING, alone, steps=30, precision="float64")], check=True, capture_output=True)
    mpi.train(2, words(RING, out, steps=10, precision="float64"))
    rounds = []
    for ranks, steps in ((4, 20), (1, 30)):
        command = ["resume", str(folder(out)), "--steps", str(steps), "--precision", "float64"]
        result = (mpi.run(ranks, command) if ranks > 1
                  else subprocess.run([mpi.binary, *command], capture_output=True, text=True))
        rounds.append(json.loads((folder(out) / "metrics.jsonl").read_text().splitlines()[-1])["round"]
                      if result.returncode == 0 else result.stderr)
    # Of all 30 rounds: a line that is lost, or stands there twice, is far away, too.
    error = farthest(scalars(out), scalars(alone)) if rounds == [20, 30] else float("inf")
    tell(error <= BOUND, f"{mpi.name}: 2 ranks, then 4, then one go on with each other's state as one throughout, float64",
         f"{rounds}, {error:.1e}")
