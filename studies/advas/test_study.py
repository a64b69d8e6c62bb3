"""Lines, endpoints, rates and verdicts of the study, on runs that are made up here."""

from __future__ import annotations

import math
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any

import analyse
import endpoints
import features
import pages
import plan
import readouts
import verdict
from endpoints import Course, Pair
from training import Failed, Machinery


def course(values: list[float | None], rounds: int = 120, end: str = "finished", **more: Any) -> Course:
    """A run with FID at evenly spaced rounds."""
    step = rounds // len(values)
    lines = tuple({"round": step * (k + 1), "fid": value} for k, value in enumerate(values))
    given = {"run": "r", "cell": "c", "arm": "off", "seed": 1, "rate": "1e-4", **more}
    return Course(rounds=rounds, lines=lines, end=end, **given)


class LineTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "lines.jsonl"

    def line(self, round_: int, fid: float, **more: Any) -> readouts.Line:
        return {"run": "pair/a", "round": round_, "fid": fid, **more}

    def test_lines_are_written_once(self) -> None:
        first = [self.line(1, 3.25), self.line(2, 2.5)]
        self.assertEqual(readouts.append(self.path, first), 2)
        self.assertEqual(readouts.append(self.path, [*first, self.line(3, 2.0)]), 1)
        self.assertEqual([line["round"] for line in readouts.read(self.path)], [1, 2, 3])

    def test_kinds_of_one_round_are_two_lines(self) -> None:
        self.assertEqual(readouts.append(self.path, [self.line(1, 3.0), self.line(1, 3.0, kind="own")]), 2)

    def test_a_line_that_was_cut_off_is_written_again(self) -> None:
        readouts.append(self.path, [self.line(1, 3.0), self.line(2, 2.0)])
        whole = self.path.read_bytes()
        self.path.write_bytes(whole[:-9])
        self.assertEqual([line["round"] for line in readouts.read(self.path)], [1])
        self.assertEqual(readouts.append(self.path, [self.line(1, 3.0), self.line(2, 2.0)]), 1)
        self.assertEqual(self.path.read_bytes(), whole)

    def test_other_numbers_of_the_same_round_are_an_error(self) -> None:
        readouts.append(self.path, [self.line(1, 3.0, commit="a")])
        self.assertEqual(readouts.append(self.path, [self.line(1, 3.0, commit="b")]), 0)
        with self.assertRaises(ValueError):
            readouts.append(self.path, [self.line(1, 3.1)])


class FeaturesTests(unittest.TestCase):
    def machinery(self, seen: str) -> Machinery:
        return Machinery(Path("advas-run"), Path("runs"), "commit", seen_through={"pictures": seen})

    def test_the_shipped_weights_are_those_of_the_results(self) -> None:
        for kind, path in features.SHIPPED.items():
            self.assertEqual(features.digest(path), features.SHIPPED_DIGESTS[kind])

    def test_a_cell_is_seen_through_one_network(self) -> None:
        run = next(plan.pilots(plan.CELLS[1]))[0]
        line = {"stage": "pair", "cell": run.cell.name}
        lines = [{**line, "features": "a"}, {**line, "cell": "another"}]
        features.refuse_others(run, lines, self.machinery("a"))
        with self.assertRaisesRegex(Failed, "other features, a, not b"):
            features.refuse_others(run, lines, self.machinery("b"))
        with self.assertRaisesRegex(Failed, "those of the plan"):
            features.refuse_others(run, [line], self.machinery("a"))

    def test_a_second_look_may_be_through_another_network_than_the_first(self) -> None:
        cell = plan.CELLS[0]
        first, second = (next(plan.pairs(cell, {"off": "3e-3", "on": "3e-3"}, seeds))[0]
                         for seeds in (cell.seeds, cell.more_seeds))
        line = {"stage": "pair", "cell": cell.name, "seed": cell.seeds[1]}
        features.refuse_others(second, [line], self.machinery("a"))
        with self.assertRaises(Failed):
            features.refuse_others(first, [line], self.machinery("a"))
        with self.assertRaisesRegex(Failed, "other features, b, not a"):
            features.refuse_others(second, [{**line, "seed": cell.more_seeds[2], "features": "b"}], self.machinery("a"))

    def test_ablations_are_compared_among_themselves(self) -> None:
        cell = plan.CELLS[0]
        units = list(plan.ablations(cell, {"off": "1e-3", "on": "3e-3"}))
        self.assertEqual([run.arm for run, _ in units][:2], ["off", "on"])
        self.assertEqual(len({(run.rate, run.rounds) for unit in units for run in unit}), 1)
        line = {"stage": "pair", "cell": cell.name}
        features.refuse_others(units[0][0], [line], self.machinery("a"))
        with self.assertRaises(Failed):
            features.refuse_others(units[0][0], [{**line, "stage": "ablation"}], self.machinery("a"))

    def test_critic_steps_are_not_compared_through_different_features(self) -> None:
        def both(cell: str, seed: int, seen: str) -> list[Course]:
            runs = [course([4 + seed / 10] * 3, cell=cell, seed=seed, arm=arm) for arm in ("off", "on")]
            return [replace(run, lines=tuple({**line, "features": seen} for line in run.lines)) for run in runs]

        def page(seen: str) -> str:
            runs = [run for k in range(5) for run in both("hinge-1", 3000 + k, "a") + both("hinge-5", 5000 + k, seen)]
            return pages.critic_steps(runs)

        self.assertIn("not compared", page("b"))
        self.assertNotIn("not compared", page("a"))

    def test_every_line_of_results_fits_its_cell(self) -> None:
        seen: dict[tuple[str, str], set[str | None]] = {}
        for path in sorted(plan.RESULTS.glob("*.jsonl")):
            for line in readouts.read(path):
                seen.setdefault(features.compared(line), set()).add(line.get("features"))
        self.assertTrue(seen)
        self.assertTrue(all(len(found) == 1 for found in seen.values()), seen)


class EndpointTests(unittest.TestCase):
    def test_the_endpoint_is_the_mean_of_the_last_three_logs(self) -> None:
        found = endpoints.log_of("fid")(course([100, 50, 8, 4, 2]))
        self.assertAlmostEqual(found, math.log(4))

    def test_a_run_that_diverged_counts_as_its_last_finite_read_out(self) -> None:
        found = endpoints.log_of("fid")(course([100, 50, 8, None], end="not finite"))
        self.assertAlmostEqual(found, math.log(8))

    def test_equal_rounds_are_between_read_outs(self) -> None:
        off = course([math.e**4, math.e**3, math.e**2, math.e], rounds=80)      # 20, 40, 60, 80
        on = course([9.0, math.e, math.e, math.e], rounds=40)                   # 10, 20, 30, 40
        # Without AdvAs log FID is 4, 3.5 and 3 at rounds 20, 30 and 40.
        self.assertAlmostEqual(Pair(off, on).per_round("fid"), 1 - 3.5)
        self.assertAlmostEqual(endpoints.interpolated(off, "fid", 5), 4)

    def test_time_to_a_target(self) -> None:
        run = course([math.e**4, math.e**3, math.e], rounds=120)                # 40, 80, 120
        self.assertAlmostEqual(endpoints.time_to(run, "fid", 2), 100 / 120)
        self.assertAlmostEqual(endpoints.time_to(run, "fid", 5), 40 / 120)
        self.assertEqual(endpoints.time_to(run, "fid", 0), 1)

    def test_area_of_a_run_that_diverged_keeps_its_last_value(self) -> None:
        values: list[float | None] = [math.e**3] * 6
        self.assertAlmostEqual(endpoints.area("fid")(course(values, end="not finite")), 3)

    def test_pairs_need_both_arms(self) -> None:
        runs = [course([4.0], seed=1), course([2.0], seed=1, arm="on"), course([4.0], seed=2)]
        self.assertEqual([pair.off.seed for pair in endpoints.paired(runs, "c")], [1])

    def test_runs_without_an_end_do_not_count(self) -> None:
        line = {"run": "a", "stage": "pair", "cell": "c", "arm": "on", "seed": 1, "rate": "1", "rounds": 2, "round": 1}
        self.assertEqual(endpoints.courses([line], "pair"), [])
        self.assertEqual(len(endpoints.courses([line, {**line, "round": 2, "end": "finished"}], "pair")), 1)


class PlanTests(unittest.TestCase):
    def test_seeds_of_cells_are_different(self) -> None:
        seeds = [seed for cell in plan.ALL for seed in (*cell.seeds, *cell.more_seeds)]
        self.assertEqual(len(seeds), len(set(seeds)))
        self.assertFalse(set(seeds) & {seed for cell in plan.ALL for seed in cell.pilot_seeds})

    def test_rounds_are_whole_for_read_outs_and_checkpoints(self) -> None:
        self.assertEqual(plan.rounds_of(240, 15.0), 16020)
        for cell in plan.CELLS:
            for run in (run for unit in plan.pilots(cell) for run in unit):
                self.assertEqual(run.rounds % (plan.READ_OUTS * plan.CHECKPOINTS), 0)

    def test_pilots_choose_the_least_mean_and_never_what_diverged(self) -> None:
        cell = plan.CELLS[0]
        fids = {"3e-4": 50.0, "1e-3": 40.0, "3e-3": 30.0}
        lines = [
            {"run": run.key, "stage": "pilot", "cell": cell.name, "fid": fids[run.rate], "end": "finished"}
            for unit in plan.pilots(cell) for run in unit
        ]
        self.assertEqual(plan.chosen_rates(cell, lines), {"off": "3e-3", "on": "3e-3"})
        for line in lines:
            if line["run"].startswith("pilot/wgan-gp-1/on-3e-3"):
                line["end"] = "not finite"
        self.assertEqual(plan.chosen_rates(cell, lines), {"off": "3e-3", "on": "1e-3"})
        self.assertIsNone(plan.chosen_rates(cell, lines[1:]))


def strata(mean: float, spread: float = 0.02) -> dict[str, list[float]]:
    """Six cells of five differences around a mean."""
    return {f"c{k}": [mean + spread * step for step in (-2, -1, 0, 1, 2)] for k in range(6)}


class VerdictTests(unittest.TestCase):
    def word(self, time: float, rounds: float = 0.0, r: float = 0.0, cosine: float = 0.0, spread: float = 0.02) -> str:
        return verdict.verdict(strata(time, spread), strata(rounds), strata(r), strata(cosine)).word

    def said(self, time: verdict.Strata, rounds: float = 0.0, r: float = 0.0, cosine: float = 0.0) -> str:
        others = strata(rounds), strata(r), strata(cosine)
        return verdict.sentence(verdict.verdict(time, *others), time, *others)

    def test_every_rule(self) -> None:
        self.assertEqual(self.word(-0.2), "reproduced")
        self.assertEqual(self.word(0.2), "harm")
        self.assertEqual(self.word(0.0, rounds=-0.2), "reproduced per step only")
        self.assertEqual(self.word(0.0, r=-0.3, cosine=0.2), "mechanism only")
        self.assertEqual(self.word(0.0, r=-0.3, cosine=-0.2), "no effect")
        self.assertEqual(self.word(0.0, r=0.3, cosine=0.2), "no effect")
        self.assertEqual(self.word(0.0, spread=0.3), "undecided")

    def test_reproduced_takes_four_better_cells(self) -> None:
        others = strata(0), strata(0), strata(0)
        for worse, word in ((2, "reproduced"), (3, "undecided")):
            # A little worse, so that none is harmed.
            time = {**strata(-0.4), **{f"c{k}": strata(0.005)[f"c{k}"] for k in range(worse)}}
            said = verdict.verdict(time, *others)
            self.assertEqual(verdict.harmed(time), [])
            self.assertLess(said.pooled.high, 0)
            self.assertEqual(said.word, word)
        self.assertIn("it is better, in 3 of 6 of them.", self.said(time))

    def test_one_harmed_cell_undoes_reproduced(self) -> None:
        time = strata(-0.4)
        time["c0"] = [0.2 + 0.001 * k for k in range(5)]
        self.assertEqual(verdict.harmed(time), ["c0"])
        said = verdict.verdict(time, strata(0), strata(0), strata(0))
        self.assertLess(said.pooled.high, 0)
        self.assertEqual(said.word, "undecided")
        self.assertIn("it is better, in 5 of 6 of them. After Holm it is worse in c0", self.said(time))

    def test_the_sentence_has_the_figures_that_decided(self) -> None:
        said = self.said(strata(0.0), rounds=-0.2)
        self.assertRegex(said, r"FID \+0.0 % \(-1\.\d ... \+1\.\d\) at equal time \(interval of 97.06 %\), exact p 1, 30 pairs")
        self.assertRegex(said, r"bootstrap of 95 % -1\.\d ... \+1\.\d\. At equal rounds -18.1 %")
        self.assertIn("cosine after 125 steps +0.20", self.said(strata(0.0), r=-0.3, cosine=0.2))
        self.assertRegex(self.said(strata(0.0, 0.3)), r"About \d+ pairs in all would give")

    def test_more_pairs_are_wanted_where_the_interval_is_wide_and_holds_0(self) -> None:
        self.assertTrue(verdict.wants_more(strata(0.0, 0.3)))
        self.assertFalse(verdict.wants_more(strata(0.0, 0.02)))
        self.assertFalse(verdict.wants_more(strata(-0.9, 0.3)))

    def test_marks_of_the_page_are_filled_and_the_rest_is_left(self) -> None:
        page = "a\n<!-- study: one -->\nold\n<!-- end -->\nb\n"
        self.assertEqual(
            analyse.filled(page, {"one": lambda: "new"}), "a\n<!-- study: one -->\n\nnew\n\n<!-- end -->\nb\n"
        )
        with self.assertRaises(ValueError):
            analyse.filled(page, {})


if __name__ == "__main__":
    unittest.main()
