"""The oracle judged first: it passes torch-made records and refuses damaged ones.

Run with `python -m unittest` in this folder.
"""

from __future__ import annotations

import itertools
import math
import tempfile
import unittest
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from cases import ESTIMATORS, GAMES, advas_settings
from comparison import Row, largest_error, relative_error
from kinks import Place, Rectifiers
from make_record import Trainer
from oracle import compare
from record import Record, RecordError
from terms import DISCRIMINATOR

OF_FIRST_REAL_SAMPLE: Place = (6, 0)
"""D's first rectifier, after three of G and three of D on made samples; its first unit."""
OF_SECOND_REAL_SAMPLE: Place = (6, 128)
CALLS_OF_DISCRIMINATOR = 12
"""Rectifiers in its step: three of each of G on noise, D on made and real samples and between them."""


def torch_record(name: str, settings: tuple[str, ...], dtype: torch.dtype = torch.float64):
    game = GAMES[name].with_settings(settings)
    trainer = Trainer(game, seed=1, dtype=dtype)
    trainer.round()  # so that Adam has moments and running statistics have moved
    trainer.round(discriminator_steps=2)
    return game, trainer.record


class OracleTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "round.safetensors"

    def failures(self, game, record: Record, **options) -> list[str]:
        record.save(self.path)
        return [f"{r.player} {r.term}" for r in compare(game, self.path, **options) if not r.passes]

    def test_agrees_with_a_training_loop(self) -> None:
        kinds = itertools.product(ESTIMATORS, ("auto", 0.5), (False, True))
        for estimator, weight, penalties in kinds:
            settings = advas_settings(estimator, weight, include_regularizers=penalties)
            with self.subTest(settings=settings):
                self.assertEqual(self.failures(*torch_record("ring", settings)), [])

    def test_agrees_on_a_convolutional_game(self) -> None:
        for estimator in ESTIMATORS:
            settings = ("vars.width=4", *advas_settings(estimator, "auto"))
            with self.subTest(settings=settings):
                self.assertEqual(self.failures(*torch_record("fashion-mnist-demo", settings)), [])

    def test_float32_is_within_its_own_error(self) -> None:
        game, record = torch_record("ring", (), torch.float32)
        self.assertEqual(self.failures(game, record, float32=True), [])
        # A float32 record is far from float64: the plain bound must say so.
        self.assertIn("generator 0 gradient", self.failures(game, record))

    def test_finds_each_kind_of_damage(self) -> None:
        damages = {
            "scalars/discriminator/1/wgan_gp": "discriminator 1 wgan_gp",
            "scalars/generator/0/advas.weight": "generator 0 advas.weight",
            "gradients/discriminator/0/D.2.bias": "discriminator 0 gradient",
            "gradients/generator/0/advas/G.0.weight": "generator 0 gradient of advas",
            "updated/G.6.bias": "generator 0 update",
            "updated/D.0.weight": "discriminator 1 update",
        }
        for key, expected in damages.items():
            with self.subTest(key=key):
                game, record = torch_record("ring", ())
                record[key] = record[key] * (1 + 1e-4)
                self.assertIn(expected, self.failures(game, record))

    def test_not_a_number_is_the_largest_error(self) -> None:
        self.assertEqual(largest_error([0.25, 0.5]), 0.5)
        for errors in itertools.permutations((0.25, math.nan, math.inf)):
            self.assertTrue(math.isnan(largest_error(errors)), errors)
        zero, nan = ({"a": torch.tensor([value, 0.0])} for value in (0.0, math.nan))
        for found, exact in ((zero, nan), (nan, zero), (nan, nan)):
            self.assertTrue(math.isnan(relative_error(found, exact)))
        # An error of torch's own that is not finite bounds nothing.
        for bound in (math.nan, math.inf):
            self.assertFalse(Row("generator", "loss", 0.25, bound, bound).passes)

    def test_takes_either_slope_at_a_kink(self) -> None:
        rows = [self.at_a_kink(others) for others in ((), (OF_FIRST_REAL_SAMPLE,))]
        self.assertTrue(all(row.passes for found in rows for row in found))
        # Float64 has one of the two slopes: for the other it has to be told.
        self.assertEqual(sorted(max(row.kinks for row in found) for found in rows), [0, 1])

    def test_finds_damage_beside_a_kink(self) -> None:
        damage = {"gradients/discriminator/0/D.2.bias": 1 + 1e-4}
        for others in ((), (OF_FIRST_REAL_SAMPLE,)):
            failures = [row.term for row in self.at_a_kink(others, damage) if not row.passes]
            self.assertIn("gradient", failures)

    def test_takes_one_slope_away_from_the_kink(self) -> None:
        failures = [row.term for row in self.at_a_kink((OF_SECOND_REAL_SAMPLE,)) if not row.passes]
        self.assertIn("gradient", failures)

    def at_a_kink(self, others: Sequence[Place], damage: Mapping[str, float] = {}) -> list[Row]:
        """Rows of a float32 record in which the first unit's input of the first real sample is 0 but
        for rounding, and rectifiers at `others` took their other slope."""
        game = GAMES["ring"]

        def train(slopes: Rectifiers) -> Record:
            trainer = Trainer(game, seed=1, dtype=torch.float32)
            draws, sample = trainer._sample(DISCRIMINATOR), trainer._sample
            trainer._sample = lambda player: draws if player == DISCRIMINATOR else sample(player)
            first = trainer.networks["D"][0]
            with torch.no_grad():
                first.bias[0] -= first(draws["x"])[0, 0]
            with slopes:
                trainer.round()
            return trainer.record

        slopes = Rectifiers()
        record = train(slopes)
        for place in others:
            record = train(Rectifiers(slopes.but_for(place)[:CALLS_OF_DISCRIMINATOR]))
        for key, factor in damage.items():
            record[key] = record[key] * factor
        record.save(self.path)
        return compare(game, self.path, float32=True)

    def test_names_another_estimator(self) -> None:
        _, record = torch_record("ring", advas_settings("split", "auto"))
        other = GAMES["ring"].with_settings(advas_settings("biased", "auto"))
        self.assertIn("generator 0 advas", self.failures(other, record))

    def test_refuses_missing_and_unknown_keys(self) -> None:
        game, record = torch_record("ring", ())
        whole = record.under("")
        missing = Record({k: v for k, v in whole.items() if k != "scalars/generator/0/advas"})
        with self.assertRaisesRegex(RecordError, "no 'scalars/generator/0/advas'"):
            self.failures(game, missing)
        unknown = Record({**whole, "scalars/generator/0/other": torch.zeros(())})
        with self.assertRaisesRegex(RecordError, "scalars/generator/0/other"):
            self.failures(game, unknown)

    def test_refuses_other_shapes(self) -> None:
        _, record = torch_record("ring", ())
        with self.assertRaisesRegex(RecordError, "shape"):
            self.failures(GAMES["ring"].with_settings(["vars.width=64"]), record)


if __name__ == "__main__":
    unittest.main()
