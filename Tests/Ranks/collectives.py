"""What the ranks tell each other, by a small program of its own beside the games."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mpi import ENVIRONMENT, MPI, ROOT, tell

SOURCES = [ROOT / "Sources/CMPI/mpi.c", ROOT / "Tests/Ranks/collectives.c"]


def collectives(mpi: MPI, place: Path) -> None:
    program = place / "collectives"
    compiler = mpi.command.replace("mpirun", "mpicc")
    subprocess.run(
        [compiler, "-O1", "-DADVAS_MPI", f"-I{ROOT / 'Sources/CMPI/include'}", "-o", str(program), *map(str, SOURCES), "-lm"],
        check=True)
    result = subprocess.run(
        [mpi.command, "-n", "2", str(program)], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    tell(result.returncode == 0, f"{mpi.name}: a NaN of one rank reaches all, parts of more than 256 MiB are gathered",
         (result.stderr + result.stdout)[-300:] * (result.returncode != 0))
