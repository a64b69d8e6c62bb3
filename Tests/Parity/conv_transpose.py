#!/usr/bin/env python3
"""Every small transposed convolution beside PyTorch: kernel, stride, padding, dilation, output padding, groups.

Values, first and second derivatives in float64, values and gradients of the fast engine in float32; or the same
refusal. `--quick` takes every seventh combination.

    Tests/Parity/conv_transpose.py [--binary PATH] [--quick]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.func import functional_call

from comparison import largest_error, relative_error
from record import Record

ROOT = Path(__file__).resolve().parents[2]
INPUT = (2, 3, 2)
BATCH = 2
PER_SPEC = 80
BOUNDS = {"float64": 1e-12, "float32": 2e-4}

Combination = tuple[int, int, int, int, int, int]


def combinations() -> Iterator[Combination]:
    """Kernel, stride, padding, dilation, output padding, groups."""
    sizes = range(1, 5)
    yield from product(sizes, sizes, range(5), sizes, range(5), (1, 2))


def layer(c: Combination) -> nn.ConvTranspose2d:
    kernel, stride, padding, dilation, output_padding, groups = c
    return nn.ConvTranspose2d(
        2, 2, kernel, stride, padding, output_padding, groups, dilation=dilation
    ).double()


def is_accepted(c: Combination) -> bool:
    try:
        return layer(c)(torch.zeros(BATCH, *INPUT, dtype=torch.float64)).numel() > 0
    except RuntimeError:
        return False


def text(c: Combination) -> str:
    keys = ("kernel", "stride", "padding", "dilation", "output_padding", "groups")
    return ", ".join(f"{key}: {value}" for key, value in zip(keys, c))


def spec(batch: Sequence[Combination]) -> str:
    """One network for each; the first line of the first network is line 5."""
    lines = ["spec: 1", f"latent: {{z: {{shape: {list(INPUT)}, batch: {BATCH}}}}}", "train: {total: 1}"]
    lines.append("networks:")
    for i, c in enumerate(batch):
        lines.append(f"  N{i}: {{input: z, layers: [{{conv_transpose: {{out: 2, {text(c)}}}}}]}}")
    names = ", ".join(f"N{i}" for i in range(len(batch)))
    lines += ["optimizer: {type: sgd, lr: 1}", "players:", "  p:", f"    trains: [{names}]"]
    total = " + ".join(f"sum(N{i}(z))" for i in range(len(batch)))
    lines += [f'    minimizes: "{total}"', "    penalties:"]
    for i in range(len(batch)):
        value = f"sum(N{i}(z)^3) + sum(grad(sum(N{i}(z)^3), z)^2)"
        lines.append(f'      - {{name: c{i}, weight: 1, value: "{value}"}}')
    return "\n".join(lines) + "\n"


def term(module: nn.Module, parameters: dict[str, Tensor], z: Tensor) -> tuple[Tensor, float]:
    """The penalty, and the size of what it sums: cubes of both signs cancel, and rounding stays that of the terms."""
    cubes = functional_call(module, parameters, (z,)).pow(3)
    (slope,) = torch.autograd.grad(cubes.sum(), z, create_graph=True)
    squares = slope.pow(2).sum()
    return cubes.sum() + squares, float(cubes.detach().abs().sum() + squares.detach())


def error(found: Tensor, exact: Tensor, size: float) -> float:
    return float((found.double() - exact).norm()) / (size if size > 0 else 1)


def compare(batch: Sequence[Combination], record: Record) -> Iterator[tuple[Combination, float]]:
    z = record["draws/p/0/z"].double().requires_grad_()
    for i, c in enumerate(batch):
        values = record.under(f"parameters/N{i}.0.")
        parameters = {n: v.double().requires_grad_() for n, v in values.items()}
        value, size = term(layer(c), parameters, z)
        total = value + functional_call(layer(c), parameters, (z,)).sum()
        gradients = torch.autograd.grad(total, list(parameters.values()), allow_unused=True)
        errors = [error(record[f"scalars/p/0/c{i}"], value.detach(), size)]
        for (name, parameter), gradient in zip(parameters.items(), gradients):
            exact = torch.zeros_like(parameter) if gradient is None else gradient
            errors.append(relative_error({name: record[f"gradients/p/0/N{i}.0.{name}"]}, {name: exact}))
        yield c, largest_error(errors)


def run(binary: Path, command: str, folder: Path, batch: Sequence[Combination], *options: str) -> tuple[int, str]:
    path = folder / "spec.yaml"
    path.write_text(spec(batch))
    result = subprocess.run([binary, command, path, *options], capture_output=True, text=True)
    return result.returncode, result.stderr


def parts(all_of_them: Sequence[Combination]) -> Iterator[Sequence[Combination]]:
    for start in range(0, len(all_of_them), PER_SPEC):
        yield all_of_them[start : start + PER_SPEC]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--quick", action="store_true", help="every seventh combination")
    options = parser.parse_args()
    torch.set_num_threads(1)
    chosen = list(combinations())[:: 7 if options.quick else 1]
    accepted = [c for c in chosen if is_accepted(c)]
    refused = [c for c in chosen if c not in set(accepted)]
    faults = 0
    with tempfile.TemporaryDirectory(prefix="advas-conv-transpose-") as name:
        folder = Path(name)
        for precision, bound in BOUNDS.items():
            worst = 0.0
            for batch in parts(accepted):
                target = folder / "round.safetensors"
                recording = (str(target), "--precision", precision)
                status, message = run(options.binary, "record", folder, batch, *recording)
                if status != 0:
                    print(f"exit {status} for {text(batch[0])} and on:\n{message}")
                    return 2
                for c, largest in compare(batch, Record.load(target)):
                    worst = largest_error((worst, largest))
                    if not largest <= bound:
                        faults += 1
                        print(f"{text(c)}: {precision} is {largest:.1e} away")
            print(f"{precision}: {len(accepted)} accepted by both, at most {worst:.1e} away", flush=True)
        for batch in parts(refused):
            status, message = run(options.binary, "check", folder, batch)
            for i, c in enumerate(batch):
                if f"spec.yaml:{5 + i}:" not in message or status != 2:
                    faults += 1
                    print(f"{text(c)}: torch refuses it, advas does not")
        print(f"{len(refused)} refused by both" if faults == 0 else f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
