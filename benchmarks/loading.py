#!/usr/bin/env python3
"""Reads every picture of a folder by advas and by PyTorch's DataLoader, in turns, and compares what that costs.

advas runs `advas-run data`: it decodes every sample, as training would, and beyond that finds statistics, duplicates and
a digest, so that its figure is an upper bound. PyTorch has a Dataset of Pillow and NumPy as users write it, batches of 64,
shuffled. Both get the same processors. What counts is processor time, which other work on the machine changes little, and
the time on the clock; start-up and imports are measured on a folder of one picture and taken off.

    benchmarks/loading.py FOLDER [--shape 3 32 32] [--threads 1 2] [--turns 5] [--binary PATH]

FOLDER has pictures of one size, in folders or not. Needs torch and Pillow (`pip install pillow`) in the Python that runs it.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPEC = """spec: 1
data: {{x: {{type: images, path: "{folder}", shape: {shape}, batch: 64, cache: none}}}}
latent: {{z: {{shape: [2]}}}}
networks:
  G: {{input: z, layers: [{{linear: {size}}}, {{reshape: {shape}}}]}}
  D: {{input: x, layers: [flatten, {{linear: 1}}]}}
objective: hinge
optimizer: {{type: adam, lr: 1e-3}}
train: {{total: 1}}
"""
LOADER = """
import sys
from pathlib import Path
import numpy as np
import torch
from PIL import Image

class Pictures(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.paths = sorted(p for p in Path(folder).rglob("*") if p.suffix in (".png", ".jpg", ".jpeg", ".webp"))
    def __len__(self):
        return len(self.paths)
    def __getitem__(self, index):
        with Image.open(self.paths[index]) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 127.5 - 1

torch.set_num_threads(1)
workers = int(sys.argv[2])
loader = torch.utils.data.DataLoader(Pictures(sys.argv[1]), batch_size=64, shuffle=True, num_workers=workers)
print(sum(len(batch) for batch in loader))
"""


def run(command: list[str], cores: list[int], folder: Path) -> tuple[float, float]:
    """Processor seconds and seconds on the clock of a command."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        command, check=True, capture_output=True, cwd=folder, preexec_fn=lambda: os.sched_setaffinity(0, cores)
    )
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shape", type=int, nargs=3, default=[3, 32, 32])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    options = parser.parse_args()
    binary, source = options.binary.resolve(), options.folder.resolve()
    pictures = sorted(p for p in source.rglob("*") if p.suffix in (".png", ".jpg", ".jpeg", ".webp"))
    print(f"{len(pictures):,} pictures, median of {options.turns} turns; samples/s by processor time and by the clock")
    with tempfile.TemporaryDirectory(prefix="advas-loading-") as name:
        work = Path(name)
        (work / "one").mkdir()
        shutil.copy(pictures[0], work / "one")
        (work / "loader.py").write_text(LOADER)
        size = options.shape[0] * options.shape[1] * options.shape[2]
        for spec, folder in (("all.yaml", source), ("one.yaml", work / "one")):
            (work / spec).write_text(SPEC.format(folder=folder, shape=options.shape, size=size))
        for threads in options.threads:
            cores = sorted(os.sched_getaffinity(0))[:threads]
            # With one core a process of its own would only cost: DataLoader loads in the main process then.
            workers = str(threads if threads > 1 else 0)
            rivals = {
                "advas": ([str(binary), "data", "all.yaml"], [str(binary), "data", "one.yaml"]),
                "DataLoader": (
                    [sys.executable, "loader.py", str(source), workers],
                    [sys.executable, "loader.py", str(work / "one"), workers],
                ),
            }
            times: dict[str, list[tuple[float, float]]] = {rival: [] for rival in rivals}
            for _ in range(options.turns):
                for rival, (whole, start) in rivals.items():
                    (cpu, wall), (cpu0, wall0) = run(whole, cores, work), run(start, cores, work)
                    times[rival].append((max(cpu - cpu0, 1e-9), max(wall - wall0, 1e-9)))
            for rival, turns in times.items():
                rates = [len(pictures) / statistics.median(turn[i] for turn in turns) for i in (0, 1)]
                print(f"{rival:12s} {threads} threads  {rates[0]:10,.0f}  {rates[1]:10,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
