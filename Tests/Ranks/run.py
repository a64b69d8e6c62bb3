#!/usr/bin/env python3
"""Trains small games on several ranks by MPI, and compares them with one: `make check-ranks`.

What it runs, with Open MPI and with MPICH: a small program of what ranks tell each other, ranks against one in float64, the
same run twice, ordered sums of both, another number of ranks after a checkpoint, ranks that reach each other by TCP alone, on
one host and on two, and what can go wrong: a batch that does not divide, another spec on one rank, another processor, a rank
that is killed, signals, no room for the files of the first. With one binary it says what is left out. Exit codes: 0 all as it
should be, 1 something is not, 2 no binary is named.

    Tests/Ranks/run.py BINARY_OF_OPEN_MPI [BINARY_OF_MPICH]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from agreement import compare_with_one, repeat, resume
from collectives import collectives
from faults import full_disk, interruptions, refusals
from hosts import another_processor, tcp, two_hosts
from mpi import MPI, findings, tell


def main() -> int:
    names = [("Open MPI", "mpirun.openmpi"), ("MPICH", "mpirun.mpich")]
    binaries = sys.argv[1:]
    if not 1 <= len(binaries) <= len(names):
        print("usage: Tests/Ranks/run.py BINARY_OF_OPEN_MPI [BINARY_OF_MPICH]", file=sys.stderr)
        return 2
    for name, _ in names[len(binaries):]:
        print(f"skip  {name}: no binary is named; nor are ordered sums of both compared", flush=True)
    ordered = {}
    with tempfile.TemporaryDirectory() as temporary:
        for mpi in (MPI(*name, binary) for name, binary in zip(names, binaries)):
            place = Path(temporary) / mpi.name.replace(" ", "-")
            place.mkdir()
            collectives(mpi, place)
            compare_with_one(mpi, place)
            ordered[mpi.name] = repeat(mpi, place)
            resume(mpi, place)
            refusals(mpi, place)
            full_disk(mpi, place)
            interruptions(mpi, place)
            tcp(mpi, place)
            two_hosts(mpi, place)
            another_processor(mpi, place)
            shutil.rmtree(place)
    if len(ordered) > 1:
        tell(len(set(ordered.values())) == 1, "ordered sums of 4 ranks: the same bytes by Open MPI and MPICH, 30 rounds")
    print(f"{findings.faults} faults" if findings.faults else "all as it should be")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
