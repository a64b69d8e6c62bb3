"""The whole page of results that are made up here: cells that are extended, runs that diverge, photographs, ablations."""

from __future__ import annotations

import json
import math
import tempfile
import unittest
from collections.abc import Iterable
from pathlib import Path

import analyse
import charts
import pages
import plan
from plan import CELLS, Run
from readouts import Line

RATES = {"off": "3e-3", "on": "3e-3"}


def read_outs(run: Run, fid: float, until: int = plan.READ_OUTS) -> list[Line]:
    """A run whose FID falls to a value; it diverges behind an earlier read-out than the last."""
    result: list[Line] = []
    for k in range(1, plan.READ_OUTS + 1):
        whole = k == plan.READ_OUTS
        result.append({
            "run": run.key, "stage": run.stage, "cell": run.cell.name, "arm": run.arm, "seed": run.seed,
            "rate": run.rate, "rounds": run.rounds, "round": run.every * k, "features": "a",
            "fid": fid * (2 - k / plan.READ_OUTS), "r": fid / 10, "kid": fid if k % 4 == 0 else None,
            "classes": 0.01 if k % 4 == 0 else None, "weight": 0.5,
            "sliced_wasserstein": fid, "high_quality": k / 20, "modes": 8,
            **({"recall": 0.5, "fid_averaged": fid / 2} if whole else {}),
        })
    kept = result[:until]
    kept[-1]["end"] = "finished" if until == plan.READ_OUTS else "not finite"
    return kept


def effect(seed: int) -> float:
    """A factor of FID that differs from pair to pair, both above and below 1."""
    return 1 + 0.1 * (seed % 5 - 2)


def pairs(cell: plan.Cell, seeds: Iterable[int], until: dict[str, int] | None = None) -> list[Line]:
    return [
        line
        for unit in plan.pairs(cell, RATES, seeds) for run in unit
        for line in read_outs(
            run, 50 * effect(run.seed) if run.arm == "on" else 50, (until or {}).get(run.key, plan.READ_OUTS)
        )
    ]


class PageTests(unittest.TestCase):
    def results(self, lines: Iterable[Line]) -> analyse.Results:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name)
        (path / "pairs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return analyse.Results(path)

    def part(self, name: str, lines: Iterable[Line]) -> str:
        return analyse.parts(self.results(lines))[name]()

    def rows(self, name: str, lines: Iterable[Line], first: str) -> list[list[str]]:
        rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in self.part(name, lines).splitlines()]
        return [row for row in rows if row[0] == first]

    def first_look(self) -> list[Line]:
        return [line for cell in CELLS for line in pairs(cell, cell.seeds)]

    def test_every_part_comes_out_at_both_looks(self) -> None:
        second = [line for cell in CELLS for line in pairs(cell, (*cell.seeds, *cell.more_seeds))]
        for lines in (self.first_look(), second):
            results = self.results(lines)
            for text in analyse.parts(results).values():
                self.assertTrue(text())
        self.assertIn("48 pairs", analyse.headline(results))

    def test_no_verdict_while_more_pairs_are_wanted(self) -> None:
        self.assertIn("all cells are extended to eight", self.part("headline", self.first_look()))

    def test_a_second_look_under_way_does_not_count(self) -> None:
        """Not in a cell, not in another part of its row, not where cells are compared."""
        more = self.first_look() + pairs(CELLS[0], CELLS[0].more_seeds) + pairs(CELLS[4], CELLS[4].more_seeds)
        for name in ("cells", "secondary", "critic steps", "adversary gradient", "mechanism", "headline"):
            self.assertEqual(self.part(name, more), self.part(name, self.first_look()), name)

    def test_a_second_look_through_another_network_adds_no_fid(self) -> None:
        """Its pairs differ as those of the first look do, at ten times their FID."""
        def other(line: Line) -> Line:
            return {**line, "features": "b", "fid": 10 * line["fid"]}

        more = [line for cell in CELLS for line in pairs(cell, cell.more_seeds)]
        name = CELLS[0].name
        first, = self.rows("cells", self.first_look(), name)
        alike, = self.rows("cells", self.first_look() + more, name)
        mixed, = self.rows("cells", self.first_look() + list(map(other, more)), name)
        self.assertEqual((alike[1], mixed[1]), ("8", "8"))
        self.assertEqual(mixed[2:4], first[2:4])
        self.assertEqual(mixed[4:7], alike[4:7])

    def test_a_run_that_diverged_counts_as_its_last_finite_read_out(self) -> None:
        cell = CELLS[1]
        lost = f"pair/{cell.name}/off-3e-3-2004"
        lines = pairs(cell, cell.seeds, {lost: 5})
        row, = self.rows("cells", lines, cell.name)
        self.assertEqual(row[1], "5")
        # Four runs end, by their last three read-outs, at 50 times the geometric mean of 14/12, 13/12 and 1.
        ends = (14 * 13 * 12 / 12**3) ** (1 / 3)
        self.assertEqual(row[2], f"{50 * (ends**4 * 19 / 12) ** (1 / 5):.1f}")
        recall, = (row for row in self.rows("secondary", lines, cell.name) if row[1] == "recall")
        self.assertEqual(recall[2], "4 of 5")

    def test_a_run_without_a_read_out_is_left_out_and_said_to_be(self) -> None:
        cell = CELLS[1]
        for arm in ("on", "off"):
            lost = f"pair/{cell.name}/{arm}-3e-3-2000"
            lines = pairs(cell, cell.seeds, {lost: 1}) + pairs(CELLS[0], CELLS[0].seeds)
            for line in lines:
                if line["run"] == lost:
                    line.update(fid=None, r=None, kid=None, classes=None, round=0)
            row, = self.rows("cells", lines, cell.name)
            self.assertEqual(row[1], "4 of 5")
            for text in analyse.parts(self.results(lines)).values():
                self.assertTrue(text())

    def test_a_ring_run_without_a_read_out_is_left_out_and_said_to_be(self) -> None:
        cell = plan.RING
        whole = pairs(cell, cell.seeds)
        self.assertEqual([row[1] for row in self.rows("rings", whole, cell.name)][0], "log sliced W₂")
        for arm in ("on", "off"):
            lost = f"pair/{cell.name}/{arm}-3e-3-100"
            lines = pairs(cell, cell.seeds, {lost: 1})
            for line in lines:
                if line["run"] == lost:
                    line.update(sliced_wasserstein=None, high_quality=None, modes=None, r=None, round=0)
            rows = self.rows("rings", lines, cell.name)
            self.assertEqual(
                [row[1] for row in rows[:3]], [f"{name}, 19 of 20 pairs" for name in pages.RING_ENDPOINTS])
            # Without AdvAs all runs are alike; with it as many lie above as below, but for the pair that is left out.
            ends = math.prod(effect(seed) for seed in cell.seeds[1:]) ** (1 / 19)
            self.assertEqual(rows[0][2:4], [f"{math.log(50):.4g}", f"{math.log(50 * ends):.4g}"])
            results = self.results(lines)
            for text in analyse.parts(results).values():
                self.assertTrue(text())
            self.assertIn("ring", charts.all_of(results.pairs, results.mechanism))

    def test_photographs_have_a_table_of_their_own(self) -> None:
        cell = plan.PHOTOGRAPHS
        lines = self.first_look() + pairs(cell, cell.seeds)
        self.assertEqual(self.part("cells", lines), self.part("cells", self.first_look()))
        row, = self.rows("photographs", lines, cell.name)
        self.assertEqual(row[1], "5")
        self.assertEqual(len(self.rows("photograph runs", lines, "pair")), 10)
        self.assertTrue(self.rows("secondary", lines, cell.name))

    def test_shares_of_runs_that_never_get_there_are_bounds(self) -> None:
        row, = (row for row in self.rows("secondary", self.first_look(), CELLS[0].name) if row[1].startswith("share"))
        self.assertIn("at least: 2 never get there", row[3])

    def test_ablations_are_listed_run_by_run(self) -> None:
        units = list(plan.ablations(CELLS[0], RATES))
        lines = [line for unit in units[:3] for run in unit for line in read_outs(run, 50)]
        lines += read_outs(units[6][0], 50, until=4)
        self.assertEqual(len(self.rows("ablations", lines, "none")), 2)
        row, = self.rows("ablations", lines, "noise")
        self.assertEqual(row[1:], ["1000", f"{50 * (2 - 4 / 12):.1f}", "–", "5", "0.5", "not finite"])


if __name__ == "__main__":
    unittest.main()
