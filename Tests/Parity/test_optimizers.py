"""The oracle's optimizers judged first: they go on from a record as torch's go on by themselves."""

from __future__ import annotations

import unittest

import torch

from dynamics_cases import DYNAMICS
from optimizers import CLASSES, SLOTS, Optimizer, OptimizerState, Rules, Schedule
from record import Record

OPTIMIZERS = {d.name: d.settings["optimizer"] for d in DYNAMICS if "optimizer" in d.settings}


def trained(settings: Optimizer, steps: int) -> tuple[torch.nn.Parameter, torch.optim.Optimizer]:
    torch.manual_seed(0)
    parameter = torch.nn.Parameter(torch.randn(7, dtype=torch.float64))
    optimizer = CLASSES[settings.type]([parameter], lr=settings.lr, **settings.options)
    for _ in range(steps):
        parameter.grad = torch.randn(7, dtype=torch.float64)
        optimizer.step()
    return parameter, optimizer


def record_of(parameter: torch.nn.Parameter, optimizer: torch.optim.Optimizer, kind: str, steps: int):
    record = Record({})
    record["parameters/D.w"] = parameter
    record["optimizer/player/D.w/step"] = torch.tensor(steps)
    for slot, own in SLOTS[kind].items():
        value = optimizer.state[parameter].get(own)
        if value is not None:
            record[f"optimizer/player/D.w/{slot}"] = value
    return record


class OptimizerTests(unittest.TestCase):
    def test_goes_on_as_torch_does(self) -> None:
        for name, settings in OPTIMIZERS.items():
            with self.subTest(optimizer=name):
                parameter, optimizer = trained(settings, 3)
                record = record_of(parameter, optimizer, settings.type, 3)
                state = OptimizerState(settings, Rules(), record, "player", settings.lr)
                moved = {"D.w": parameter.detach().clone()}
                for _ in range(2):
                    parameter.grad = torch.randn(7, dtype=torch.float64)
                    optimizer.step()
                    peeked = state.peek(moved, {"D.w": parameter.grad}, torch.float64)
                    moved = state.step(moved, {"D.w": parameter.grad})
                    self.assertTrue(torch.equal(peeked["D.w"], moved["D.w"]))
                    self.assertTrue(torch.equal(moved["D.w"], parameter.detach()))

    def test_needs_the_state(self) -> None:
        """Without it the next step is another, so that a lost slot or count shows."""
        for name, settings in OPTIMIZERS.items():
            if not SLOTS[settings.type] or name in ("sgd", "schedules"):
                continue
            with self.subTest(optimizer=name):
                parameter, optimizer = trained(settings, 3)
                whole = record_of(parameter, optimizer, settings.type, 3)
                bare = Record({"parameters/D.w": whole["parameters/D.w"]})
                start = {"D.w": parameter.detach().clone()}
                gradient = {"D.w": torch.randn(7, dtype=torch.float64)}
                found = [
                    OptimizerState(settings, Rules(), record, "player", settings.lr).step(start, gradient)
                    for record in (whole, bare)
                ]
                self.assertFalse(torch.allclose(found[0]["D.w"], found[1]["D.w"], rtol=1e-6))

    def test_rules(self) -> None:
        gradients = {"a": torch.full((4,), 3.0), "b": torch.full((9,), -2.0)}
        norm = 72.0**0.5
        clipped = Rules(max_norm=norm / 2).clipped(gradients)
        self.assertTrue(torch.allclose(clipped["b"], torch.full((9,), -1.0)))
        self.assertTrue(torch.equal(Rules(max_norm=100).clipped(gradients)["a"], gradients["a"]))
        self.assertEqual(Rules(limit=2.5).constrained(gradients)["a"].tolist(), [2.5] * 4)

    def test_schedules_are_those_of_torch(self) -> None:
        """Where torch has the same one under its own name."""
        scheduler = torch.optim.lr_scheduler
        pairs = [
            (Schedule("linear", 0.25, rounds=5), lambda o: scheduler.LinearLR(o, 1.0, 0.25 / 2, 5)),
            (Schedule("cosine", 0.5, rounds=5), lambda o: scheduler.CosineAnnealingLR(o, 5, 0.5)),
            (Schedule("step", factor=0.5, rounds=2), lambda o: scheduler.StepLR(o, 2, 0.5)),
            (Schedule("exponential", factor=0.9), lambda o: scheduler.ExponentialLR(o, 0.9)),
        ]
        for own, make in pairs:
            with self.subTest(schedule=own.type):
                optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2.0)
                theirs = make(optimizer)
                for index in range(6):
                    self.assertAlmostEqual(own.value(2.0, index), theirs.get_last_lr()[0], places=12)
                    optimizer.step()
                    theirs.step()


if __name__ == "__main__":
    unittest.main()
