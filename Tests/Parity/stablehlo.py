#!/usr/bin/env python3
"""Runs the StableHLO that advas-graph writes by XLA and compares each result with a recorded round: `make stablehlo`.

For each game and precision: `advas-run record` writes a round, `advas-graph --dump --format stablehlo` its graphs; jaxlib
parses, compiles and runs one module per step, on the recorded inputs, and hands the optimizer's state on to the next.
Scalars, next parameters and next buffers are compared: in float64 the updates, relative to the largest of their tensor,
in float32 the values. An element whose gradient is nought but for rounding is left out, since Adam turns the sign of a
rounding error into a whole step; the table says how many. Each game also runs on two devices, by the modules of
`--ranks 2`: device r is rank r, and gets samples r, r + 2 and so on of every batch. Exit codes: 0 equal, 1 too far, 2 no comparison.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=2"

import jax
import jax.extend.backend
import numpy as np
from jaxlib import xla_client
from safetensors.numpy import load_file

from comparison import scientific, table

jax.config.update("jax_enable_x64", True)

ROOT = Path(__file__).resolve().parents[2]
BOUNDS = {"float64": 1e-10, "float32": 1e-4}
NOUGHT = {"float64": 1e-9, "float32": 1e-5}  # of the player's largest gradient


@dataclass(frozen=True)
class Game:
    """A spec of the repository; what is set of it."""

    spec: str
    settings: tuple[str, ...] = ()
    precisions: tuple[str, ...] = tuple(BOUNDS)


GAMES = {
    "ring": Game("specs/ring/wgan-gp-advas.yaml"),
    "dcgan": Game("benchmarks/specs/dcgan.yaml", ("vars.width=8", "vars.batch=8")),
    # Gradients near Adam's epsilon: in float32 rounding alone moves weights by 0.5 % of a step.
    "sndcgan32": Game("benchmarks/specs/sndcgan32.yaml", ("latent.x.batch=4", "latent.z.batch=4"), ("float64",)),
    "resnet32": Game("benchmarks/specs/resnet32.yaml", ("vars.width=8", "latent.x.batch=4", "latent.z.batch=4")),
    "pictures": Game("Tests/Parity/pictures.yaml"),
    **{path.stem: Game(f"specs/zoo/{path.name}") for path in sorted(ROOT.glob("specs/zoo/*.yaml"))},
    "jeffrey": Game("specs/zoo/f-kl.yaml", ("objective=f_jeffrey",)),
}


@dataclass
class Module:
    """A function of the text: its title, and the names of its inputs and results in order."""

    title: str
    inputs: list[str]
    shapes: list[tuple[int, ...]]
    results: list[str]
    text: str
    ranks: int

    @classmethod
    def parse(cls, text: str, ranks: int) -> Module:
        head, rest = text.split(") -> (", 1)
        results = rest.split("\n  ) {\n", 1)[0]
        names = re.compile(r'advas\.name = "([^"]*)"')
        title = re.search(r'advas\.function = "([^"]*)"', head)
        assert title
        types = re.findall(r"%arg\d+: tensor<((?:\d+x)*)f\d+>", head)
        shapes = [tuple(int(n) for n in type_.split("x") if n) for type_ in types]
        return cls(title[1], names.findall(head), shapes, names.findall(results), text, ranks)

    @property
    def player(self) -> str:
        return self.title.split(" [")[0]

    @property
    def scalars(self) -> set[str]:
        return {name for name in self.results if not name.startswith("next ")}

    def run(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        client = jax.extend.backend.get_backend("cpu")
        devices = client.local_devices()[: self.ranks]
        program = client.compile_and_load(self.text, xla_client.DeviceList(tuple(devices)), self.options())
        given = [self.dealt(values[name], shape, devices) for name, shape in zip(self.inputs, self.shapes)]
        made = program.execute_sharded(given).disassemble_into_single_device_arrays()
        for name, copies in zip(self.results, made):
            if any(not np.array_equal(copies[0], copy, equal_nan=True) for copy in copies):
                raise RuntimeError(f"{self.title}: devices have different values of {name}")
        return {name: np.asarray(value[0]) for name, value in zip(self.results, made)}

    def options(self) -> xla_client.CompileOptions:
        options = xla_client.CompileOptions()
        build = options.executable_build_options
        options.num_replicas = build.num_replicas = self.ranks
        order = np.arange(self.ranks, dtype=np.int32).reshape(self.ranks, 1)
        build.device_assignment = xla_client.DeviceAssignment.create(order)
        return options

    def dealt(self, value: np.ndarray, shape: tuple[int, ...], devices: list[jax.Device]) -> jax.Array:
        """On each device the samples of its rank, where the module takes a part of the value, else all of it."""
        value = np.asarray(value)
        takes_part = value.ndim > 0 and value.shape != shape
        parts = [value[rank :: self.ranks] if takes_part else value for rank in range(self.ranks)]
        buffers = [jax.device_put(part, device) for part, device in zip(parts, devices)]
        if self.ranks == 1:
            return buffers[0]
        mesh = jax.sharding.Mesh(np.array(devices), ("ranks",))
        stacked = (self.ranks * shape[0], *shape[1:]) if shape else ()
        spec = jax.sharding.PartitionSpec("ranks") if takes_part else jax.sharding.PartitionSpec()
        whole = stacked if takes_part else shape
        return jax.make_array_from_single_device_arrays(whole, jax.sharding.NamedSharding(mesh, spec), buffers)


@dataclass
class Verdict:
    precision: str
    errors: dict[str, float] = field(default_factory=dict)
    elements: int = 0
    nought: int = 0

    def note(self, name: str, got: np.ndarray, expected: np.ndarray, size: float) -> None:
        error = np.abs(got - expected).max(initial=0) / max(size, np.finfo(np.float64).tiny)
        whole = np.isfinite(error) and np.isfinite(size)  # Beside an infinite size every error is 0.
        self.errors[name] = max(self.errors.get(name, 0), float(error) if whole else np.inf)
        self.elements += got.size


class Round:
    """A recorded round: what each step read, and what it made."""

    def __init__(self, path: Path) -> None:
        self.tensors = load_file(path)
        players = {key.split("/")[1] for key in self.tensors if key.startswith("scalars/")}
        # A step's `before` holds the networks that moved so far, so it tells the order.
        order = sorted(players, key=lambda player: len(self.under(f"before/{player}/0/")))
        self.steps = [
            f"{player}/{index}"
            for player in order
            for index in range(len({k.split("/")[2] for k in self.under(f"scalars/{player}/", whole=True)}))
        ]
        groups = ("parameters/", "buffers/")
        self.state = {k.split("/", 1)[1]: v for k, v in self.tensors.items() if k.startswith(groups)}
        self.state |= {k: v for k, v in self.tensors.items() if k.startswith("optimizer/")}

    def under(self, prefix: str, whole: bool = False) -> dict[str, np.ndarray]:
        return {
            key if whole else key.removeprefix(prefix): value
            for key, value in self.tensors.items()
            if key.startswith(prefix)
        }

    def after(self, step: int, variable: str) -> np.ndarray | None:
        """The value before the next step that notes it, or behind the round."""
        keys = [f"before/{place}/{variable}" for place in self.steps[step + 1 :]] + [f"updated/{variable}"]
        return next((self.tensors[key] for key in keys if key in self.tensors), None)


def compare(modules: list[Module], round: Round, precision: str) -> Verdict:
    verdict = Verdict(precision)
    state = dict(round.state)
    for index, place in enumerate(round.steps):
        scalars = round.under(f"scalars/{place}/")
        module = next(m for m in modules if m.player == place.split("/")[0] and m.scalars == set(scalars))
        state |= round.under(f"before/{place}/")
        got = module.run(state | round.under(f"draws/{place}/") | round.under(f"inputs/{place}/"))
        for name, expected in scalars.items():
            verdict.note(name, got[name], expected, max(1, float(np.abs(expected))))
        gradients = round.under(f"gradients/{place}/")
        largest = float(np.max([np.abs(g).max(initial=0) for g in gradients.values()], initial=0))
        if not np.isfinite(largest):
            raise RuntimeError(f"gradients of {place} are not finite, so that none is nought but for rounding")
        for name in module.results:
            variable = name.removeprefix("next ")
            expected = round.after(index, variable) if name.startswith("next ") else None
            if expected is not None:
                moved = np.ones(expected.shape, bool)
                # The average of a parameter moves by its parameter's gradient.
                gradient = gradients.get(variable.removeprefix("ema/"))
                if gradient is not None:
                    moved = np.abs(gradient) > NOUGHT[precision] * largest
                    verdict.nought += int((~moved).sum())
                base = state[variable] if precision == "float64" else 0
                size = float(np.abs(expected - base).max(initial=0))
                verdict.note(variable, got[name][moved], expected[moved], size)
        state |= {k.removeprefix("next "): v for k, v in got.items() if k.startswith("next ")}
    return verdict


def call(*command: str) -> str:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}\nexit {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def judge(binaries: Path, game: Game, precision: str, ranks: int, folder: Path) -> tuple[list[Module], Verdict]:
    options = ["--precision", precision]
    for setting in game.settings:
        options += ["--set", setting]
    record = folder / "round.safetensors"
    call(str(binaries / "advas-run"), "record", game.spec, str(record), "--at", "2", *options)
    options += ["--disable-pass", "join-steps", "--format", "stablehlo", "--ranks", str(ranks)]
    text = call(str(binaries / "advas-graph"), "--dump", game.spec, *options)
    modules = [Module.parse(part, ranks) for part in text.split("\n// -----\n")]
    return modules, compare(modules, Round(record), precision)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("only", nargs="*", help=f"of {', '.join(GAMES)}")
    parser.add_argument("--binaries", type=Path, default=ROOT / ".build/release")
    options = parser.parse_args()
    lines = [["game", "precision", "devices", "modules", "results", "elements", "nought", "largest error", "in", ""]]
    status = 0
    for name, game in GAMES.items():
        if options.only and name not in options.only:
            continue
        for precision, ranks in itertools.product(game.precisions, (1, 2)):
            with tempfile.TemporaryDirectory(prefix="advas-stablehlo-") as folder:
                try:
                    modules, verdict = judge(options.binaries, game, precision, ranks, Path(folder))
                except RuntimeError as error:
                    print(f"{name}, {precision}: {error}", file=sys.stderr)
                    lines.append([name, precision, str(ranks), *["-"] * 6, "NO COMPARISON"])
                    status = 2
                    continue
            where = max(verdict.errors, key=lambda key: verdict.errors[key])
            error = verdict.errors[where]
            passes = error <= BOUNDS[precision]
            status = max(status, int(not passes))
            counts = [len(modules), len(verdict.errors), verdict.elements, verdict.nought]
            cells = [name, precision, str(ranks), *map(str, counts), scientific(error), where, "" if passes else "TOO FAR"]
            lines.append(cells)
            print(" ".join(cells), file=sys.stderr, flush=True)
    print(f"{table(lines)}\nbounds: {BOUNDS}; jax {jax.__version__}")
    return status


if __name__ == "__main__":
    sys.exit(main())
