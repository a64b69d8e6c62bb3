#!/usr/bin/env python3
"""Reads the pictures of a folder by advas, in every format that it reads, and by PyTorch's DataLoader, and prints what that
costs; then what share of the time of training steps waits for data.

    benchmarks/loading.py FOLDER [--shape 3 32 32] [--threads 1 2] [--turns 5] [--quick] [--binary PATH]

* samples/s: `advas-run data` decodes every sample, as training would, and beyond that finds statistics, duplicates and a
  digest, so that its figure is an upper bound. PyTorch has a Dataset of Pillow and NumPy as users write it, batches of 64,
  shuffled. The programs take turns and get the same processors. Start-up and imports, measured on a set of 64 pictures,
  are taken off. By processor time, which other work on the machine changes little, and by the clock.
* first batch and peak: a game of two linear layers trains on one epoch with `cache: none` (and with `cache: memory`, the
  default); seconds from the start of the process to the end of its first round, and the largest resident size. `over`
  is what an epoch of the set takes more than one of 64 pictures: `cache: none` holds three batches, whatever the set is.
  DataLoader's peak is of an epoch of its own, with its workers; pages that they share count once.
* waits: the share of the time of whole rounds in which a step waited for samples or copied them.

FOLDER has more than 64 pictures of one size, in folders or not. Needs torch, Pillow and h5py, which
`make bench-loading FOLDER=...` has.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import image_sets
from image_sets import ImageSet

ROOT = Path(__file__).resolve().parents[1]
BATCH = 64
GAME = {
    "spec": 1,
    "latent": {"z": {"shape": [2]}},
    "objective": "hinge",
    "optimizer": {"type": "adam", "lr": 1e-3},
    "train": {"total": 1},
}
LOADER = """
import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path
import numpy as np
import torch
from PIL import Image

folder, channels, workers, start = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
looks = sys.argv[5:] == ["look"]

class Pictures(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.paths = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp"))
    def __len__(self):
        return len(self.paths)
    def __getitem__(self, index):
        with Image.open(self.paths[index]) as picture:
            pixels = np.asarray(picture.convert("RGB" if channels == 3 else "L"))
        return torch.from_numpy(np.atleast_3d(pixels).copy()).permute(2, 0, 1).float() / 127.5 - 1

def held():
    # Kibibytes of this process and its workers: each page counts once, whoever of them has it.
    total = 0
    for number in [os.getpid(), *(child.pid for child in multiprocessing.active_children())]:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:  # a worker that has just ended
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total

torch.set_num_threads(1)
loader = torch.utils.data.DataLoader(Pictures(folder), batch_size=64, shuffle=True, num_workers=workers)
first, most = None, 0
for batch in loader:
    first = first or time.time()
    if looks:
        most = max(most, held())
most = max(most, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(first - start, most * 1024 / 1e6)
"""


@dataclass
class Reading:
    """What reading a set cost, turn by turn."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    peak: float = 0

    def rate(self, count: int, start: Reading, *, by_clock: bool) -> float:
        """Samples a second of `count` more than `start` has."""
        whole, less = (self.wall, start.wall) if by_clock else (self.cpu, start.cpu)
        return count / max(1e-9, statistics.median(whole) - statistics.median(less))


class Bench:
    """Runs programs on sets, on some processors."""

    def __init__(self, binary: Path, work: Path, shape: list[int]) -> None:
        self.binary, self.work, self.shape = binary, work, shape
        self.cores = sorted(os.sched_getaffinity(0))

    def run(self, command: list[str], threads: int) -> tuple[float, float, str]:
        """Processor seconds and seconds on the clock of a command, and what it printed."""
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        cores = self.cores[:threads]
        result = subprocess.run(
            command, capture_output=True, text=True, cwd=self.work,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )  # fmt: skip
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {result.stderr.splitlines()[0]}")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, result.stdout

    def spec(self, entry: dict[str, Any], cache: str) -> str:
        """A game of two linear layers on a set; the path of its spec, which is JSON and so YAML."""
        shape = entry.get("shape", self.shape)
        size = shape[0] * shape[1] * shape[2]
        networks = {
            "G": {"input": "z", "layers": [{"linear": size}, {"reshape": shape}]},
            "D": {"input": "x", "layers": ["flatten", {"linear": 1}]},
        }
        stream = {**entry, "batch": BATCH, "range": [-1, 1], "cache": cache}
        path = self.work / "spec.yaml"
        path.write_text(json.dumps({**GAME, "data": {"x": stream}, "networks": networks}))
        return str(path)

    def read(self, entry: dict[str, Any], threads: int, into: Reading) -> None:
        """Reads a set by `advas-run data`."""
        cpu, wall, _ = self.run([str(self.binary), "data", self.spec(entry, "none")], threads)
        into.cpu.append(cpu)
        into.wall.append(wall)

    def train(self, entry: dict[str, Any], cache: str, rounds: int) -> dict[str, Any]:
        """What `advas-run benchmark` says of rounds on a set."""
        path = self.spec(entry, cache)
        _, _, said = self.run([str(self.binary), "benchmark", path, "--rounds", str(rounds)], 1)
        return json.loads(said)

    def loader(self, folder: Path, threads: int) -> list[str]:
        """The command that reads a folder by DataLoader; with one core a process of its own would only cost."""
        workers = threads if threads > 1 else 0
        return [sys.executable, "loader.py", str(folder), str(self.shape[0]), str(workers), str(time.time())]

    def load(self, folder: Path, threads: int, into: Reading) -> None:
        """Reads a folder by DataLoader."""
        cpu, wall, said = self.run(self.loader(folder, threads), threads)
        into.cpu.append(cpu)
        into.wall.append(wall)
        into.first.append(float(said.split()[0]))

    def loader_peak(self, folder: Path, threads: int) -> float:
        """MB that DataLoader and its workers hold at most. To look takes time, which timed runs do not have."""
        return float(self.run([*self.loader(folder, threads), "look"], threads)[2].split()[1])


def rates(bench: Bench, sets: list[ImageSet], small: Path, options: argparse.Namespace, count: int) -> Reading:
    """Prints samples a second by format and threads; what DataLoader cost on the most threads."""
    titles = [f"{n} thread{'s' * (n > 1)}: processor / clock" for n in options.threads]
    print(f"| set | {' | '.join(titles)} |\n|---|{'---|' * len(titles)}")
    start = {"type": "images", "path": str(small), "shape": bench.shape}
    loaded = Reading()
    cells: dict[str, list[str]] = {}
    for threads in options.threads:
        found = {items.name: Reading() for items in sets}
        less, loaded, unloaded = Reading(), Reading(), Reading()
        for _ in range(options.turns):
            bench.read(start, threads, less)
            for items in sets:
                bench.read(items.entry, threads, found[items.name])
            bench.load(options.folder, threads, loaded)
            bench.load(small, threads, unloaded)
        rows = [(f"advas: {name}", reading, less) for name, reading in found.items()]
        for name, reading, base in [*rows, ("DataLoader, Pillow: the first", loaded, unloaded)]:
            # What is taken off has read a batch.
            cpu, clock = (reading.rate(count - BATCH, base, by_clock=b) for b in (False, True))
            cells.setdefault(name, []).append(f"{cpu:,.0f} / {clock:,.0f}")
    for name, columns in cells.items():
        print(f"| {name} | {' | '.join(columns)} |")
    loaded.peak = bench.loader_peak(options.folder, options.threads[-1])
    return loaded


def memory(bench: Bench, sets: list[ImageSet], small: Path, loaded: Reading, count: int) -> None:
    """Prints seconds to the first batch and peak memory by format and cache."""
    rounds = count // BATCH
    size = bench.shape[0] * bench.shape[1] * bench.shape[2]
    print(f"\n{count * size / 1e6:.0f} MB of pixels, {3 * BATCH * size / 1e6:.1f} MB in three batches\n")
    print("| set | first batch s: none / memory | peak MB: none / memory | over 64 pictures, none |")
    print("|---|---|---|---|")
    least = bench.train({"type": "images", "path": str(small), "shape": bench.shape}, "none", rounds)
    for items in sets:
        none, kept = (bench.train(items.entry, cache, rounds) for cache in ("none", "memory"))
        print(
            f"| advas: {items.name} | {none['first_round_s']:.2f} / {kept['first_round_s']:.2f} | "
            f"{none['peak_mb']:.0f} / {kept['peak_mb']:.0f} | {none['peak_mb'] - least['peak_mb']:.0f} |"
        )
    print(
        f"| DataLoader on all threads | {statistics.median(loaded.first):.2f} | "
        f"{loaded.peak:.0f} | |"
    )


def waits(bench: Bench, options: argparse.Namespace) -> None:
    """Prints the share of time in which the steps of two games wait for data."""
    folder = {"type": "images", "path": str(options.folder), "shape": bench.shape, "batch": BATCH, "range": [-1, 1]}
    games = [("dcgan28, idx", "specs/fashion-mnist/wgan-gp-advas.yaml", None)]
    if bench.shape == [3, 32, 32]:
        games += [
            (f"sndcgan32, folder, cache: {cache}", "benchmarks/specs/sndcgan32.yaml", {**folder, "cache": cache})
            for cache in ("memory", "none")
        ]
    print("\n| game | ms a round | for data |\n|---|---|---|")
    for name, spec, entry in games:
        path = bench.work / "game.yaml"
        lines = ["spec: 1", f"include: {ROOT / spec}"]
        if entry:
            # The "images" of the benchmark's spec are noise.
            lines += [f"data: {{x: {json.dumps(entry)}}}", "latent: !replace {z: {shape: [128]}}"]
        path.write_text("\n".join(lines) + "\n")
        threads = options.threads[-1]
        command = [str(bench.binary), "benchmark", str(path), "--rounds", "20", "--set", f"train.threads={threads}"]
        said = json.loads(bench.run(command, threads)[2])
        print(f"| {name} | {statistics.median(said['round_ms']):.0f} | {100 * said['data_share']:.2g} % |")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=lambda text: Path(text).resolve())
    parser.add_argument("--shape", type=int, nargs=3, default=[3, 32, 32])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="two turns")
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    options = parser.parse_args()
    if options.quick:
        options.turns = 2
    files = image_sets.pictures(options.folder)
    if len(files) <= BATCH:
        parser.error(f"{len(files)} pictures under {options.folder}: it takes more than {BATCH}")
    with tempfile.TemporaryDirectory(prefix="advas-loading-") as name:
        work = Path(name)
        (work / "small").mkdir()
        for number, file in enumerate(files[:BATCH]):
            shutil.copy(file, work / "small" / f"{number:04}{file.suffix}")
        (work / "loader.py").write_text(LOADER)
        sets = image_sets.write_all(options.folder, work, options.shape)
        bench = Bench(options.binary.resolve(), work, options.shape)
        print(f"{len(files):,} pictures, medians of {options.turns} turns\n")
        loaded = rates(bench, sets, work / "small", options, len(files))
        memory(bench, sets, work / "small", loaded, len(files))
        waits(bench, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
