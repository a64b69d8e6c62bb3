#!/usr/bin/env python3
"""Exports what every shipped spec samples to ONNX and runs it by onnxruntime: `make onnx`.

One line for each: operators of the model, its size, and the largest difference between what onnxruntime makes of the
run's own random numbers, written anew by philox.py, and what `advas-run sample` does. Published networks are narrow, as
in published_cases.py; other specs are as they are shipped, after one round. A model passes where ONNX's checker takes
it, the difference is at most 1e-5 and another number of samples runs too, or the export said why not. Samples for labels of
the data are not compared: `-` stands for their difference. Exit codes: 0 done, 1 where a model differs, 2 where something
does not run.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import philox
import published_cases
from comparison import scientific
from record import RecordError

ROOT = Path(__file__).resolve().parents[2]
BOUND = 1e-5
COUNT = 5
BLOCKS = ("blocks/",)
"""Files that other specs include."""
NO_DATA = ("cifar10/", "features/", "photos/")
"""Specs whose pictures are not in a package of Debian."""
LARGE = ("stylegan2/stylegan2-256", "stylegan2/stylegan2-ada32")
"""Specs whose generators are those of others that are here, in sizes that take minutes a round."""
ROUNDS = {"sngan128": 20}
"""Of training, else 1: in a deep network norms by early statistics let values grow, and rounding with them."""
DIRECT = ("biggan128",)
"""Without minimal filtering, whose rounding grows to 2.3e-5 in this network and is no matter of the model."""
OF_LABELS = ("examples/conditional",)
"""Specs that sample for labels of their data, which are not drawn anew here: the model only has to run."""


@dataclass
class Line:
    name: str
    operators: int
    bytes: int
    inputs: str
    error: float | None
    """None where samples are not compared."""
    batch: str

    @property
    def passes(self) -> bool:
        return self.error is None or self.error <= BOUND

    @property
    def text(self) -> str:
        verdict = "" if self.passes else "  too far"
        return (
            f"{self.name:34} {self.operators:5} operators {self.bytes / 1e6:8.2f} MB  {scientific(self.error):>7}  "
            f"{self.batch:9} {self.inputs}{verdict}"
        )


def command(binary: Path, *arguments: object, folder: Path = ROOT) -> str:
    result = subprocess.run([binary, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    if result.returncode:
        raise RecordError(f"{' '.join(map(str, arguments))}\n{result.stderr.strip()}")
    return result.stdout


def of_gumbels(graph: onnx.GraphProto) -> set[str]:
    """Inputs whose logarithms are taken, bounded below: the uniform draws of `gumbel_softmax`."""
    logarithms = {name for node in graph.node if node.op_type == "Log" for name in node.input}
    bounded = {
        name for node in graph.node if node.op_type == "Max" and node.output[0] in logarithms for name in node.input
    }
    return bounded & {entry.name for entry in graph.input}


def drawn(entry: onnxruntime.NodeArg, shape: list[int], spec: str, gumbels: set[str]) -> np.ndarray:
    """What `advas-run sample` draws first for an input of the model, with the seed 0."""
    count = int(np.prod(shape, dtype=int))
    if entry.name in gumbels:
        return philox.uniform(0, f"sample/{entry.name}", count, 0.0, 1.0).reshape(shape)
    latent = re.search(rf"^  {re.escape(entry.name)}:((?:\n    .*|.*distribution.*)+)", spec, re.MULTILINE)
    text = latent[1] if latent else ""
    if "classes" in text:
        return np.eye(shape[-1], dtype=np.float32)[np.arange(shape[0]) % shape[-1]]
    if "uniform" in text:
        bounds = re.search(r"range: \[(\S+), (\S+)\]", text)
        low, high = (float(bounds[1]), float(bounds[2])) if bounds else (-1.0, 1.0)
        return philox.uniform(0, f"sample/{entry.name}", count, low, high).reshape(shape)
    return philox.normal(0, f"sample/{entry.name}", count).reshape(shape)


def line(binary: Path, name: str, spec: Path, folder: Path) -> Line:
    runs = folder / "runs"
    options = ["--set", f"output.dir={runs}", "--set", "samples.truncation=null"]
    if name in DIRECT:
        options += ["--set", "train.convolutions=direct"]
    sweep = re.search("^sweep:", spec.read_text(), re.MULTILINE)
    command(binary, "train", spec, "--steps", ROUNDS.get(name, 1), *options, *(["--only", 0] if sweep else []))
    run = max(runs.iterdir())
    said = command(binary, "export", run, "-o", folder / "model.onnx")
    command(binary, "sample", run, "-n", COUNT, "-o", folder / "samples.npz")
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    resolved = (run / "spec.yaml").read_text()
    gumbels = of_gumbels(model.graph)

    def samples(count: int) -> np.ndarray:
        feed = {}
        for entry in session.get_inputs():
            shape = [count if size == "N" else size for size in entry.shape]
            feed[entry.name] = drawn(entry, shape, resolved, gumbels)
        return session.run(None, feed)[0]

    expected = np.load(folder / "samples.npz")["samples"]
    found = samples(COUNT)[:COUNT]
    error = float(np.abs(found - expected).max() / max(1, np.abs(expected).max()))
    if "only so many samples" not in said:
        samples(1)
    return Line(
        name=name,
        operators=len(model.graph.node),
        bytes=(folder / "model.onnx").stat().st_size,
        inputs=", ".join(f"{entry.name} {entry.shape}" for entry in session.get_inputs()[:2]),
        error=None if name in OF_LABELS else error,
        batch="fixed" if "only so many samples" in said else "any batch",
    )


def with_pictures(name: str, spec: str) -> str:
    """A narrow spec with data in place of normal numbers: samples are what looks like data.

    Those that translate pictures sample for what they see, and waves are no pictures.
    """
    if name.startswith(("pix2pix", "cyclegan")):
        return spec
    if name.startswith("wavegan"):
        return spec + "samples: !replace {value: G(z)}\n"
    text = re.sub(
        r"data: !replace \{\}\nlatent:\n  x: \{shape: (\[\d+, .*?\]), distribution: normal, (batch: \d+)\}",
        r"data: !replace\n  x: {type: shapes, shape: \1, range: [-1, 1], \2}\nlatent:",
        spec,
    )
    return re.sub(
        r"data: !replace \{\}\nlatent:\n  x: \{shape: \[2\], distribution: normal, (batch: \d+)\}",
        r"data: !replace\n  x: {type: moons, \1}\nlatent:",
        text,
    )


def specs(folder: Path) -> dict[str, Path]:
    """Every spec by its name: published networks narrow, the others as they are."""
    found = {}
    for name, game in published_cases.BASE.items():
        found[name] = folder / f"{name}.yaml"
        found[name].write_text(with_pictures(name, game.spec.replace("ROOT", str(ROOT))))
    narrow = {re.search(r"include: \[?ROOT/specs/([^\s,\]]*)", game.spec)[1] for game in published_cases.BASE.values()}
    for path in sorted((ROOT / "specs").glob("*/*.yaml")):
        place = str(path.relative_to(ROOT / "specs"))
        if place not in narrow and not place.startswith(BLOCKS + NO_DATA + LARGE):
            found[place.removesuffix(".yaml")] = path
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("only", nargs="*", help="take specs whose name contains one of these")
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    options = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory(prefix="advas-onnx-") as text:
        folder = Path(text)
        for name, spec in specs(folder).items():
            if options.only and not any(word in name for word in options.only):
                continue
            try:
                with tempfile.TemporaryDirectory(dir=folder) as own:
                    result = line(options.binary.resolve(), name, spec, Path(own))
            except RecordError as error:
                if "samples nothing" in str(error):
                    print(f"{name:34} samples nothing", flush=True)
                    continue
                print(f"onnx: {name}: {error}", file=sys.stderr)
                return 2
            print(result.text, flush=True)
            if not result.passes:
                failed.append(name)
    if failed:
        print(f"onnx: too far from what advas samples: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
