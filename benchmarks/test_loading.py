"""What `loading.py` makes of folders and of times. Needs what `make bench-loading` has, which runs these tests first.

Run with `python3 -m unittest test_loading` in this folder.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

if not all(importlib.util.find_spec(name) for name in ("h5py", "PIL", "torch")):
    raise unittest.SkipTest("no h5py, Pillow or PyTorch")

import image_sets
import loading
from image_sets import ImageSet
from PIL import Image


class SteadyBench(loading.Bench):
    """Reads a thousand samples a second of processor time and five hundred by the clock, after a start of half a second."""

    def take(self, path: str, into: loading.Reading) -> None:
        count = int(Path(path).name)
        into.cpu.append(0.5 + count / 1000)
        into.wall.append(0.5 + count / 500)

    def read(self, entry: dict[str, Any], threads: int, into: loading.Reading) -> None:
        self.take(entry["path"], into)

    def load(self, folder: Path, threads: int, into: loading.Reading) -> None:
        self.take(str(folder), into)

    def loader_peak(self, folder: Path, threads: int) -> float:
        return 0


class LoadingTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def fill(self, *sizes: tuple[int, int]) -> None:
        """Pictures of these sizes, in shades of grey."""
        for number, size in enumerate(sizes):
            Image.new("L", size, number).save(self.folder / f"{number}.PNG")

    def loaded(self, workers: int, *more: str) -> list[float]:
        """What DataLoader's program says of the folder: seconds, MB and the shape of the last batch."""
        words = [str(self.folder), "1", str(workers), str(time.time()), *more]
        program = f"{loading.LOADER}print(*batch.shape)"
        said = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
        return [float(word) for word in said.stdout.split()]

    def test_only_samples_behind_the_first_batch_count(self) -> None:
        said = io.StringIO()
        options = argparse.Namespace(threads=[1], turns=1, folder=Path("200"))
        with contextlib.redirect_stdout(said):
            sets = [ImageSet("npy", {"path": "200"})]
            loading.rates(SteadyBench(Path(), self.folder, [1, 4, 4]), sets, Path("64"), options, 200)
        lines = said.getvalue().splitlines()
        self.assertEqual(lines[2:], ["| advas: npy | 1,000 / 500 |", "| DataLoader, Pillow: the first | 1,000 / 500 |"])

    def test_dataloader_reads_what_advas_reads(self) -> None:
        self.fill(*[(4, 5)] * 70)
        self.assertEqual(self.loaded(0)[2:], [6, 1, 5, 4])

    def test_pages_that_workers_share_count_once(self) -> None:
        self.fill(*[(4, 4)] * 200)
        alone, shared = self.loaded(0)[1], self.loaded(2, "look")[1]
        self.assertLess(shared, 1.7 * alone)
        self.assertGreater(shared, 0.7 * alone)

    def test_pictures_of_other_shapes_are_named(self) -> None:
        self.assertRaisesRegex(SystemExit, "no pictures under", image_sets.write_all, self.folder, self.folder, [1, 4, 4])
        self.fill((4, 4), (4, 5))
        with self.assertRaisesRegex(SystemExit, r"1\.PNG has the shape \[1, 5, 4\], not \[1, 4, 4\]"):
            image_sets.write_all(self.folder, self.folder, [1, 4, 4])


if __name__ == "__main__":
    unittest.main()
