"""What can go wrong, and that nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from mpi import ENVIRONMENT, MPI, RING, checkpoint, first_error, folder, tell, words, wrapper


def refusals(mpi: MPI, place: Path) -> None:
    result = mpi.run(3, words(RING, place / "three"))
    said = [line for line in result.stderr.splitlines() if line.startswith("error:") or "error:" in line]
    tell(result.returncode == 2 and sum("does not divide by 3 ranks" in line for line in said) == 1,
         f"{mpi.name}: a batch that does not divide", f"exit {result.returncode}, {said[:1]}")

    other = wrapper(place, "other", '[ "$rank" = 1 ] && set -- "$@" --set seed=77')
    result = mpi.run(2, words(RING, place / "other-spec"), other)
    tell(result.returncode == 2 and "the spec of rank 1" in result.stderr and "differs" in result.stderr,
         f"{mpi.name}: another spec on one rank", f"exit {result.returncode}, {first_error(result.stderr)}")

    broken = wrapper(place, "broken", '[ "$rank" = 1 ] && set -- "$@" --set networks.D=7')
    result = mpi.run(2, words(RING, place / "broken-spec"), broken)
    tell(result.returncode == 2 and result.stderr.count("error:") == 1,
         f"{mpi.name}: a fault on one rank is told once", f"exit {result.returncode}, {first_error(result.stderr)}")

    result = mpi.run(2, words(RING, place / "broken-sweep", "sweep={seed: [0, -1]}"))
    tell(result.returncode == 2 and result.stderr.count("error:") == 1,
         f"{mpi.name}: a faulty run of a sweep is told once",
         f"exit {result.returncode}, {first_error(result.stderr)}")

    result = subprocess.run(
        [mpi.command, "-n", "2", mpi.binary, *words(RING, place / "no-flag")],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    tell(result.returncode == 2 and "--ranks mpi" in result.stderr,
         f"{mpi.name}: mpirun without --ranks", f"exit {result.returncode}, {first_error(result.stderr)}")

    result = mpi.run(2, words(RING, place / "diverged", "optimizer.lr=1e30", steps=20))
    tell(result.returncode == 1 and result.stderr.count("error:") == 1, f"{mpi.name}: numbers that are not finite",
         f"exit {result.returncode}, {first_error(result.stderr)}")

    result = mpi.run(2, words(RING, place / "diverged-sweep", "optimizer.lr=1e30", "sweep={seed: [0, 1]}", steps=20))
    tell(result.returncode == 1 and result.stderr.count("error:") == 3,
         f"{mpi.name}: a sweep of such runs", f"exit {result.returncode}, {result.stderr[-300:]}")


def full_disk(mpi: MPI, place: Path) -> None:
    """The first rank writes into a file system that has no room for a checkpoint, where one may make one."""
    disk = place / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True).returncode:
        print(f"skip  {mpi.name}: no room for the first rank's files: needs root")
        return
    try:
        result = mpi.run(2, words(RING, disk, "checkpoint.every=5", steps=20))
        tell(result.returncode == 1 and "the disk is full" in result.stderr,
             f"{mpi.name}: no room for the first rank's files", f"exit {result.returncode}, {first_error(result.stderr)}")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def start_long(mpi: MPI, out: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        mpi.arguments(2, words(RING, out, "checkpoint.every=20", steps=100_000)), env=ENVIRONMENT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        time.sleep(0.1)
        if out.exists() and list(out.glob("*/checkpoint-*")):
            return process
    process.kill()
    raise SystemExit(f"{mpi.name}: no checkpoint within a minute")


def ranks_of(binary: str, out: Path) -> list[int]:
    """Processes of advas that train into `out`."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if command[0] == binary.encode() and str(out).encode() in command:
            found.append(int(entry.name))
    return found


def interruptions(mpi: MPI, place: Path) -> None:
    for name, stop in (("a rank that is killed", signal.SIGKILL), ("SIGUSR1 to mpirun", signal.SIGUSR1),
                       ("SIGTERM to a rank", signal.SIGTERM), ("SIGINT to a rank", signal.SIGINT)):
        out = place / name.replace(" ", "-")
        process = start_long(mpi, out)
        if "mpirun" in name:
            process.send_signal(stop)
        else:
            os.kill(ranks_of(mpi.binary, out)[-1], stop)
        try:
            _, error = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            tell(False, f"{mpi.name}: {name}", "ranks hang")
            continue
        saved = int(checkpoint(out).stem.split("-")[1])
        lines = (folder(out) / "metrics.jsonl").read_text().splitlines()
        last = json.loads(lines[-1])["round"]
        keeps = saved == last if stop != signal.SIGKILL else last - saved <= 20
        again = mpi.run(4, ["resume", str(folder(out)), "--steps", str(saved + 5)])
        tell(process.returncode != 0 and keeps and again.returncode == 0, f"{mpi.name}: {name}",
             f"exit {process.returncode}, round {last} logged, {saved} saved, 4 ranks go on: exit {again.returncode}"
             + again.stderr[-300:] * (again.returncode != 0))
