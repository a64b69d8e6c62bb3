#!/usr/bin/env python3
"""Recomputes a recorded round with PyTorch in float64 and says how far the record is from it.

    advas-run record SPEC round.safetensors --precision float64
    Tests/Parity/oracle.py ring round.safetensors --bound 1e-9

Nothing of advas is used: networks are torch modules, derivatives are torch.autograd's. Parameters,
optimizer state and draws come from the record; each scalar, gradient and update is computed anew.
Exit codes: 0 all within the bound, 1 something is not, 2 the record or the arguments are faulty.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from cases import GAMES, Game
from comparison import FLOAT32_FACTOR, FLOAT32_FLOOR, Row, largest_error, relative_error, show
from evaluation import StepEvaluator
from game import Named, StepValues
from kinks import Evaluations, Term, but_for_kinks
from networks import FIRST_ITERATIONS, iterated, normalised_layers, record_name
from optimizers import OptimizerState, Rules
from philox import normal
from record import Record, RecordError


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
        self.averages: Named = {}
        self._evaluator = StepEvaluator(game, record.round, float32=float32)
        self._check_networks()

    def _check_networks(self) -> None:
        for network, module in self.game.make_networks().items():
            for name, expected in module.state_dict().items():
                full = record_name(f"{network}.{name}")
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
        own = self.game.own_steps
        states = {player: self._state(player) for player in self.game.trains if player not in own}
        states |= {name: states[step.host] for name, step in own.items()}
        self._compare_vectors()
        start = dict(self.parameters), dict(self.buffers)
        ahead = self._look_ahead(states) if self.game.update == "extragradient" else {}
        for player in self.game.trains:
            steps = self.record.steps(player)
            if steps == 0:
                raise RecordError(f"the record has no step of {player!r}")
            if self.game.update == "simultaneous":
                self.parameters, self.buffers = dict(start[0]), {**self.buffers, **start[1]}
            for index in range(steps):
                self._compare_step(player, index, steps, states[player], ahead)
        self._compare_averages()
        groups = ("scalars", "gradients", "updated", "lookahead")
        if unread := self.record.unread(*groups):
            raise RecordError(f"the oracle does not know {', '.join(unread[:8])}")
        return self.rows

    def _compare_vectors(self) -> None:
        """Compares where spectral norm's vectors begin, made anew from the weights and the seed.

        Before the first round; later ones begin where the round before left them.
        """
        if self.record.round > 0 or self.record.seed is None:
            return
        for network, module in self.game.make_networks().items():
            for name, layer in normalised_layers(module).items():
                place = f"{network}.{name}.weight_"
                v = self.buffers[place + "v"]
                drawn = torch.from_numpy(normal(self.record.seed, f"init/{place}v", len(v)))
                weight = self.parameters[place + "orig"].double()
                first = torch.nn.functional.normalize(drawn.double(), dim=0, eps=1e-12)
                exact = dict(zip("uv", iterated(layer, weight, first, FIRST_ITERATIONS)))
                for prefix in ("", "ema/") if network in self.game.averages else ("",):
                    found = {vector: self.buffers[prefix + place + vector] for vector in "uv"}
                    self._add(prefix + place[:-1], "start", relative_error(found, exact), [])

    def _state(self, player: str) -> OptimizerState:
        settings = self.game.optimizer.at(self.record.round, self.game.share(player))
        rules = self.game.rules.get(player, Rules())
        return OptimizerState(settings, rules, self.record, player, self.game.steps_of(player))

    def _look_ahead(self, states: dict[str, OptimizerState]) -> Named:
        """Compares the first halves of an extragradient round; where they lead, as recorded."""
        ahead: Named = {}
        for player, state in states.items():
            draws = self.record.under(f"draws/{player}/0/")
            place = f"lookahead/{player}/"
            values = self._evaluator.evaluations(player, draws, self.buffers, self.parameters)
            total = self._compare_values(
                f"{player} ahead", place + "scalars/", place + "gradients/", values
            )
            found = self._compare_update(f"{player} ahead", total, "ahead/", state, moves=False)
            ahead.update(found)
        return ahead

    def _compare_step(
        self, player: str, index: int, steps: int, state: OptimizerState, ahead: Named
    ) -> None:
        place = f"{player}/{index}"
        before = self.record.under(f"before/{place}/")
        if self.game.update == "simultaneous":
            known = {**self.parameters, **self.buffers}
            if any(not torch.equal(value, known[name]) for name, value in before.items()):
                raise RecordError(f"before/{place} is not where the round began")
        for known in (self.parameters, self.buffers):
            known.update({name: value for name, value in before.items() if name in known})
        draws = self.record.under(f"draws/{place}/")
        seen = {**self.parameters, **ahead}
        values = self._evaluator.evaluations(player, draws, self.buffers, seen)
        exact = values.exact
        title = f"{player} {index}"
        total = self._compare_values(title, f"scalars/{place}/", f"gradients/{place}/", values)
        last = index + 1 == steps
        after = "updated/" if last else f"before/{player}/{index + 1}/"
        if last and (following := self._following(player)):
            after = f"before/{following}/0/"
        earlier = {name: self.parameters[name].double() for name in total}
        self.parameters.update(self._compare_update(title, total, after, state))
        # Torch counts batches beside the statistics; a record need not.
        moved = [n for n in exact.buffers if after + n in self.record or n in self.buffers]
        if moved and last:
            places = {n: after + n if after + n in self.record else f"updated/{n}" for n in moved}
            found = {name: self.record[place] for name, place in places.items()}
            errors = [
                relative_error({n: v.buffers[n] for n in moved}, {n: exact.buffers[n] for n in moved})
                for v in values.own
            ]
            error = relative_error(found, {n: exact.buffers[n] for n in moved})
            self._add(title, "running stats", error, errors)
        self._average(total, earlier if player in self.game.own_steps else None)

    def _following(self, player: str) -> str | None:
        """The own step behind a player's step, or behind another own step of it."""
        own = self.game.own_steps
        names = self.game.steps_of(own[player].host if player in own else player)
        later = names[names.index(player) + 1 :] if player in own else names
        return later[0] if later else None

    def _compare_values(
        self, title: str, scalars: str, gradients: str, values: Evaluations
    ) -> Named:
        """Adds a row for each number and gradient; returns the total gradient as recorded."""
        exact = values.exact
        terms: list[Term] = []
        for name in exact.scalars:
            terms.append((name, {name: self.record[scalars + name]}, scalar(name)))
        for name in exact.penalty_gradients:
            found = {key: self.record[f"{gradients}{name}/{key}"] for key in exact.gradients}
            terms.append((f"gradient of {name}", found, penalty_gradient(name)))
        total = {key: self.record[gradients + key] for key in exact.gradients}
        terms.append(("gradient", total, lambda values: values.gradients))
        rows = [
            self._row(
                title,
                term,
                relative_error(found, pick(exact)),
                # A number may be right by luck: every order of the samples tells of its error.
                [
                    relative_error(pick(own), pick(exact))
                    for own in (values.own if term in exact.scalars else values.smooth)
                ],
            )
            for term, found, pick in terms
        ]
        if self.float32 and not all(row.passes for row in rows):
            rows = but_for_kinks(rows, terms, values)
        self.rows += rows
        return total

    def _compare_update(
        self, place: str, gradients: Named, after: str, state: OptimizerState, *, moves: bool = True
    ) -> Named:
        """Compares what was added to the parameters, not the parameters, which barely move.

        The rule is applied to the recorded gradient, which has a row of its own: Adam divides a
        gradient by its own size and so turns the rounding noise of a zero gradient (a bias before
        batch norm) into whole steps that no two programs share. Returns what is recorded.
        """
        start = {name: self.parameters[name].double() for name in gradients}
        found = {name: self.record[after + name] for name in gradients}
        own = [state.peek(start, gradients, torch.float32)] if self.float32 else []
        step = state.step if moves else lambda p, g: state.peek(p, g, torch.float64)
        exact = difference(step(start, gradients), start)
        errors = [relative_error(difference(values, start), exact) for values in own]
        self._add(place, "update", relative_error(difference(found, start), exact), errors)
        return found

    def _average(self, moved: Named, earlier: Named | None) -> None:
        """Takes what a step moved into the averages of networks' parameters, of an own step what it moved since `earlier`."""
        for network, (decay, start) in self.game.averages.items():
            kept = decay if self.record.round >= start else 0.0
            for name in moved:
                if name.split(".")[0] == network:
                    old = self.averages.get(name, self.buffers[f"ema/{name}"]).double()
                    now = self.parameters[name].double()
                    taken = now - earlier[name] if earlier else now - old
                    self.averages[name] = old + (1 - kept) * taken
            self._turn_vectors(network, moved)

    def _turn_vectors(self, network: str, moved: Named) -> None:
        """One power iteration on each average of a weight with spectral norm."""
        for name, layer in normalised_layers(self.game.make_networks()[network]).items():
            place = f"{network}.{name}.weight_"
            if place + "orig" in moved:
                v = self.averages.get(place + "v", self.buffers[f"ema/{place}v"]).double()
                for vector, value in zip("uv", iterated(layer, self.averages[place + "orig"], v, 1)):
                    self.averages[place + vector] = value

    def _compare_averages(self) -> None:
        for network in self.game.averages:
            exact = {n: v for n, v in self.averages.items() if n.split(".")[0] == network}
            old = {name: self.buffers[f"ema/{name}"] for name in exact}
            found = {name: self.record[f"updated/ema/{name}"] for name in exact}
            error = relative_error(difference(found, old), difference(exact, old))
            # An average moves by so little that what it moved by has few of its digits.
            self.rows.append(Row(network, "average", error, None, max(self.bound, 1e-9)))

    def _add(self, place: str, term: str, error: float, own: list[float]) -> None:
        self.rows.append(self._row(place, term, error, own))

    def _row(self, place: str, term: str, error: float, own: list[float]) -> Row:
        largest = largest_error(own) if own else None
        bound = FLOAT32_FACTOR * max(largest, FLOAT32_FLOOR) if own else self.bound
        return Row(place, term, error, largest, bound)


def scalar(name: str) -> Callable[[StepValues], Named]:
    return lambda values: {name: values.scalars[name]}


def penalty_gradient(name: str) -> Callable[[StepValues], Named]:
    return lambda values: values.penalty_gradients[name]


def difference(a: Named, b: Named) -> Named:
    return {name: a[name].double() - b[name].double() for name in a}


def compare(game: Game, path: Path, *, float32: bool = False, bound: float = 1e-9) -> list[Row]:
    """The rows for one record file; raises RecordError where it does not fit the game."""
    return Round(game, Record.load(path), float32=float32, bound=bound).compare()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("spec", choices=sorted(GAMES), help="which game was recorded")
    parser.add_argument("record", type=Path, help="file written by advas-run record")
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
