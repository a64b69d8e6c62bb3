"""What the benchmarks make of what programs print; needs neither PyTorch nor a build.

Run with `python3 -m unittest` in this folder.
"""

from __future__ import annotations

import unittest

import account
import compare
import programs
from tables import table
from turns import Runs

PROFILE = """\
layer       kernel                 order  calls      ms  share   GF/s  GB/s
----------  ---------------------  -----  -----  ------  -----  -----  ----
G.4 conv    convolution forward        0      2  10.000  50.0%  200.0   9.0
G.7 conv    convolution forward        1      1   5.000  25.0%   50.0   9.0
adam        fused                      0      3   5.000  25.0%    1.0  30.0
20.000 ms per round in kernels
"""


def runs(times: list[float], memory: float, start: float, first: float) -> Runs:
    found = Runs()
    for time in times:
        found.add({"round_ms": [time], "peak_mb": memory, "start_s": start, "first_round_s": first})
    return found


class BenchmarkTests(unittest.TestCase):
    def test_profiles_are_summed_by_kind(self) -> None:
        lines = list(account.parsed(PROFILE))
        self.assertEqual([line.ms for line in lines], [10, 5, 5])
        rows = account.rows_of("game", lines, {"sgemm_gflops": 300, "copy_gbs": 40})
        self.assertEqual(
            rows,
            [
                ["game", "convolution forward", "3", "15", "75%", "150 GF/s", "50%", "7.5"],
                ["game", "elementwise", "3", "5", "25%", "30.0 GB/s", "75%", "3.75"],
                ["game", "all kernels", "", "20", "", "", "", ""],
            ],
        )

    def test_the_best_peer_of_each_respect_is_chosen(self) -> None:
        row = compare.closing_row(
            "game",
            {
                "advas": runs([10, 9, 11], 100, 0.2, 0.3),
                "torch": runs([30, 28, 33], 400, 2, 2.5),
                "jax": runs([22, 20], 500, 1, 9),
                "torch.compile": Runs(failure="exit 1"),
            },
        )
        self.assertEqual(row[1:3], ["10.00", "21.00, jax"])
        self.assertEqual(row[3], "2.10x (1.82 to 2.44)")
        self.assertEqual(row[4:], ["100 / 400 = 0.25", "0.20 / 2.00 = 0.10", "0.30 / 2.50"])

    def test_lazy_rounds_count_by_their_period(self) -> None:
        found = Runs(period=4)
        found.add({"round_ms": [9, 1, 1, 1, 17, 1, 1, 1, 5], "peak_mb": 1, "start_s": 1, "first_round_s": 1})
        self.assertEqual(found.medians, [4])  # of means 3 and 5; a part of a period does not count

    def test_rules_are_the_same_for_advas_and_peers(self) -> None:
        ours, theirs = programs.rules("hinge", "r1", advas=False)
        self.assertEqual(ours, ["--set", "regularizers=[r1]", "--set", "objective=hinge"])
        self.assertEqual(theirs, ["--penalty", "r1", "--no-advas", "--objective", "hinge"])

    def test_tables_have_straight_columns(self) -> None:
        text = table([["a", "bb"], ["ccc", "d"]])
        self.assertEqual(text.splitlines(), ["a    bb", "---  --", "ccc   d"])


if __name__ == "__main__":
    unittest.main()
