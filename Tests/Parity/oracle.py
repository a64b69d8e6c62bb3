#!/usr/bin/env python3
"""Recomputes a recorded round with PyTorch in float64 and says how far the record is from it.

    advas-run SPEC --precision float64 --record round.safetensors
    Tests/Parity/oracle.py ring round.safetensors --bound 1e-9

Nothing of advas is used: networks are torch modules, derivatives are torch.autograd's. Parameters,
optimizer state and draws come from the record; each scalar, gradient and update is computed anew.
Exit codes: 0 all within the bound, 1 something is not, 2 the record or the arguments are faulty.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from cases import GAMES, Adam, Game
from comparison import Row, relative_error, scientific, table
from game import Named, Step, StepValues
from record import Record, RecordError

FLOAT32_FACTOR = 3.0
FLOAT32_FLOOR = 2.0**-23
"""No float32 result can be asked to be nearer than its own spacing."""
SAMPLE_ORDERS = 8
"""A single sum may be right by luck; torch's error is its largest over this many sample orders."""

Transform = Callable[[str, Tensor], Tensor]


class Round:
    """A recorded round, replayed step by step."""

    def __init__(self, game: Game, record: Record, *, float32: bool, bound: float) -> None:
        self.game = game
        self.record = record
        self.float32 = float32
        self.bound = bound
        self.rows: list[Row] = []
        self.parameters = record.under("parameters/")
        self.buffers = record.under("buffers/")
        self._check_networks()

    def _check_networks(self) -> None:
        for network, module in self.game.make_networks().items():
            for name, expected in module.state_dict().items():
                full = f"{network}.{name}"
                if name.endswith("num_batches_tracked"):
                    continue  # Counts nothing that a momentum of 0.1 would use.
                found = self.parameters.get(full, self.buffers.get(full))
                if found is None:
                    raise RecordError(f"the record has no {full!r}")
                if found.shape != expected.shape:
                    raise RecordError(
                        f"{full} has shape {list(found.shape)}, expected {list(expected.shape)}"
                    )

    def compare(self) -> list[Row]:
        for player in self.game.trains:
            steps = self.record.steps(player)
            if steps == 0:
                raise RecordError(f"the record has no step of {player!r}")
            state = AdamState(self.game.optimizer, self.record, player)
            for index in range(steps):
                self._compare_step(player, index, steps, state)
        if unread := self.record.unread("scalars", "gradients", "updated"):
            raise RecordError(f"the oracle does not know {', '.join(unread[:8])}")
        return self.rows

    def _compare_step(self, player: str, index: int, steps: int, state: AdamState) -> None:
        place = f"{player}/{index}"
        before = self.record.under(f"before/{place}/")
        for known in (self.parameters, self.buffers):
            known.update({name: value for name, value in before.items() if name in known})
        draws = self.record.under(f"draws/{place}/")
        exact = self._evaluate(player, draws, torch.float64)
        own = list(self._float32_values(player, draws)) if self.float32 else []

        def add(term: str, found: Named, pick: Callable[[StepValues], Named]) -> None:
            errors = [relative_error(pick(values), pick(exact)) for values in own]
            self._add(f"{player} {index}", term, relative_error(found, pick(exact)), errors)

        for name in exact.scalars:
            key = f"scalars/{place}/{name}"
            add(name, {name: self.record[key]}, lambda values: {name: values.scalars[name]})
        for name in exact.penalty_gradients:
            found = {
                key: self.record[f"gradients/{place}/{name}/{key}"] for key in exact.gradients
            }
            add(f"gradient of {name}", found, lambda values: values.penalty_gradients[name])
        total = {key: self.record[f"gradients/{place}/{key}"] for key in exact.gradients}
        add("gradient", total, lambda values: values.gradients)
        last = index + 1 == steps
        after = "updated/" if last else f"before/{player}/{index + 1}/"
        self._compare_update(f"{player} {index}", total, after, state)
        # Torch counts batches beside the statistics; a record need not.
        moved = [n for n in exact.buffers if after + n in self.record or n in self.buffers]
        if moved and last:
            found = {name: self.record[after + name] for name in moved}
            add("running stats", found, lambda values: {n: values.buffers[n] for n in moved})

    def _compare_update(self, place: str, gradients: Named, after: str, state: AdamState) -> None:
        """Compares what was added to the parameters, not the parameters, which barely move.

        The rule is applied to the recorded gradient, which has a row of its own: Adam divides a
        gradient by its own size and so turns the rounding noise of a zero gradient (a bias before
        batch norm) into whole steps that no two programs share.
        """
        start = {name: self.parameters[name].double() for name in gradients}
        found = {name: self.record[after + name].double() for name in gradients}
        own = [state.peek(start, gradients, torch.float32)] if self.float32 else []
        exact = difference(state.step(start, gradients), start)
        errors = [relative_error(difference(values, start), exact) for values in own]
        self._add(place, "update", relative_error(difference(found, start), exact), errors)
        self.parameters.update(found)

    def _add(self, place: str, term: str, error: float, own: list[float]) -> None:
        largest = max(own) if own else None
        bound = FLOAT32_FACTOR * max(largest, FLOAT32_FLOOR) if own else self.bound
        self.rows.append(Row(place, term, error, largest, bound))

    def _evaluate(self, player: str, draws: Named, dtype: torch.dtype) -> StepValues:
        def cast(values: Named) -> Named:
            return {
                name: value.to(dtype) if value.is_floating_point() else value
                for name, value in values.items()
            }

        step = Step(
            self.game,
            player,
            parameters=cast(self.parameters),
            buffers=cast(self.buffers),
            draws=cast(draws),
        )
        return step.values()

    def _float32_values(self, player: str, draws: Named) -> Iterator[StepValues]:
        """Torch's float32 on the same samples in several orders, each half kept together."""
        batch = self.game.batch
        generator = torch.Generator().manual_seed(0)
        for number in range(SAMPLE_ORDERS):
            order = torch.arange(batch)
            if number > 0:
                halves = order.chunk(2)
                order = torch.cat([h[torch.randperm(len(h), generator=generator)] for h in halves])
            yield self._evaluate(
                player, {name: value[order] for name, value in draws.items()}, torch.float32
            )


class AdamState:
    """Kingma and Ba 2015, with epsilon where PyTorch has it."""

    def __init__(self, settings: Adam, record: Record, player: str) -> None:
        self.settings = settings
        stored = record.under(f"optimizer/{player}/")
        names = [name for name in record.under("parameters/")]
        self.m = {name: stored[f"{name}/m"] for name in names if f"{name}/m" in stored}
        self.v = {name: stored[f"{name}/v"] for name in names if f"{name}/v" in stored}
        self.count = {
            name: int(stored[f"{name}/step"]) for name in names if f"{name}/step" in stored
        }

    def step(self, parameters: Named, gradients: Named) -> Named:
        """The parameters after one update in float64; moves the state."""
        for name, gradient in gradients.items():
            self.m[name], self.v[name], self.count[name] = self._moments(
                name, gradient, torch.float64
            )
        return {name: self._moved(name, parameters[name], torch.float64) for name in gradients}

    def peek(self, parameters: Named, gradients: Named, dtype: torch.dtype) -> Named:
        """The same in another precision, leaving the state alone."""
        kept = dict(self.m), dict(self.v), dict(self.count)
        for name, gradient in gradients.items():
            self.m[name], self.v[name], self.count[name] = self._moments(name, gradient, dtype)
        result = {name: self._moved(name, parameters[name], dtype) for name in gradients}
        self.m, self.v, self.count = kept
        return result

    def _moments(
        self, name: str, gradient: Tensor, dtype: torch.dtype
    ) -> tuple[Tensor, Tensor, int]:
        first, second = self.settings.betas
        g = gradient.to(dtype)
        m = self.m.get(name, torch.zeros_like(g)).to(dtype)
        v = self.v.get(name, torch.zeros_like(g)).to(dtype)
        return (
            first * m + (1 - first) * g,
            second * v + (1 - second) * g * g,
            self.count.get(name, 0) + 1,
        )

    def _moved(self, name: str, parameter: Tensor, dtype: torch.dtype) -> Tensor:
        first, second = self.settings.betas
        count = self.count[name]
        size = (self.v[name] / (1 - second**count)).sqrt() + self.settings.eps
        return parameter.to(dtype) - self.settings.lr / (1 - first**count) * self.m[name] / size


def difference(a: Named, b: Named) -> Named:
    return {name: a[name].double() - b[name].double() for name in a}


def show(rows: list[Row]) -> str:
    lines = [["step", "term", "error", "torch float32", "bound", ""]]
    for row in rows:
        numbers = [scientific(value) for value in (row.error, row.torch_error, row.bound)]
        lines.append([row.player, row.term, *numbers, "" if row.passes else "TOO FAR"])
    return table(lines)


def compare(game: Game, path: Path, *, float32: bool = False, bound: float = 1e-9) -> list[Row]:
    """The rows for one record file; raises RecordError where it does not fit the game."""
    return Round(game, Record.load(path), float32=float32, bound=bound).compare()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("spec", choices=sorted(GAMES), help="which game was recorded")
    parser.add_argument("record", type=Path, help="file written by advas-run --record")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--bound", type=float, default=1e-9, help="largest error (default 1e-9)")
    kind.add_argument(
        "--float32",
        action="store_true",
        help=f"allow {FLOAT32_FACTOR:g} times the error of torch's own float32 instead",
    )
    return parser.parse_args()


def main() -> int:
    options = arguments()
    torch.set_num_threads(2)
    try:
        game = GAMES[options.spec].with_settings(options.settings)
        rows = compare(game, options.record, float32=options.float32, bound=options.bound)
    except (RecordError, ValueError) as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 2
    print(show(rows))
    return 0 if all(row.passes for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
