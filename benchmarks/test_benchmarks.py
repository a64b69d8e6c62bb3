"""What the benchmarks make of what programs print; needs neither PyTorch nor a build.

Run with `python3 -m unittest` in this folder.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import unittest
from unittest import mock

import account
import agreement
import compare
import flops
import passes
import programs
from tables import table
from turns import Failed, Runs, take_turns

PROFILE = """\
{"costs":[{"layer":"G.4","kernel":"convolution forward","order":0,"calls":2.0,"milliseconds":10.0,"share":0.5,
"gigaflops":200.0,"gigabytes":9.0,"peak":0.67},{"layer":"G.7","kernel":"convolution forward","order":1,"calls":1.0,
"milliseconds":5.0,"share":0.25,"gigaflops":50.0,"gigabytes":9.0,"peak":0.23},{"layer":"generator.optimizer",
"kernel":"fused","order":0,"calls":0.0625,"milliseconds":5.0,"share":0.25,"gigaflops":1.0,"gigabytes":30.0,"peak":0.75}],
"milliseconds":20.0,"threads":2,"ceiling":{"gigaflops":300.0,"gigabytes":40.0}}
"""
"""As `advas-run profile --json` prints it, in one line; what is lazy runs in some rounds only."""


def runs(times: list[float], memory: float, start: float, first: float) -> Runs:
    found = Runs()
    for time in times:
        found.add({"round_ms": [time], "peak_mb": memory, "start_s": start, "first_round_s": first})
    return found


class BenchmarkTests(unittest.TestCase):
    def test_profiles_are_summed_by_kind(self) -> None:
        lines = account.parsed(json.loads(PROFILE))
        self.assertEqual([line.ms for line in lines], [10, 5, 5])
        rows = account.rows_of("game", lines, {"sgemm_gflops": 300, "copy_gbs": 40})
        self.assertEqual(
            rows,
            [
                ["game", "convolution forward", "3", "15", "75%", "150 GF/s", "50%", "7.5"],
                ["game", "elementwise", "0.0625", "5", "25%", "30.0 GB/s", "75%", "3.75"],
                ["game", "all kernels", "", "20", "", "", "", ""],
            ],
        )

    def test_a_profile_without_kernels_is_none(self) -> None:
        for said in ({"costs": []}, {}):
            self.assertRaises(Failed, account.parsed, said)

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

    def test_without_torch_no_start_is_beside_it(self) -> None:
        row = compare.closing_row(
            "game",
            {
                "advas": runs([10], 100, 0.2, 0.3),
                "torch": Runs(failure="exit 1"),
                "jax": runs([22], 500, 1, 9),
                "jax, patches": runs([20], 600, 1, 8),
            },
        )
        self.assertEqual(row[4:], ["100 / 500 = 0.20", "0.20 / -", "0.30 / 8.00"])

    def test_whoever_counts_processes_gets_that_many(self) -> None:
        for asked, counts in ((None, [1, 3]), (2, [2, 2])):
            options = argparse.Namespace(quick=True, repeats=asked)
            self.assertEqual([compare.repeats(name, "dcgan28", options) for name in ("jax", "torch")], counts)

    def test_what_is_not_timed_is_named(self) -> None:
        def said(quick: bool, chosen: str | None, *games: str) -> list[str]:
            options = argparse.Namespace(quick=quick, programs=chosen, games=games, rounds=1, threads=1)
            with mock.patch("compare.variants", lambda game, *_: {"advas": [], "torch.compile" if game == "ring" else "jax": []}):
                return compare.left_out(options)

        self.assertEqual(said(True, None, "ring", "dcgan28"), ["JAX with XLA's own convolutions, by --quick"])
        for nothing in ((True, None, "ring"), (False, None, "dcgan28"), (True, "advas; jax", "dcgan28")):
            self.assertEqual(said(*nothing), [])
        self.assertEqual(said(True, "torch.compile", "ring", "dcgan28"), ["dcgan28, which none of these programs plays"])
        self.assertEqual(take_turns({}, {}, [0]), {})

    def test_games_that_are_not_there_are_refused(self) -> None:
        for script in (passes, flops):
            with self.subTest(script=script.__name__), mock.patch("sys.argv", [script.__name__, "rings"]):
                said = io.StringIO()
                with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as stopped:
                    script.main()
                self.assertEqual(stopped.exception.code, 2)
                self.assertIn("unknown rings; known: ring; dcgan28", said.getvalue())

    def test_no_number_is_no_agreement(self) -> None:
        for value, agrees in ((1e-4, True), (0.1, False), (float("nan"), False)):
            found = {"generator": {"advas": 1e-5, "torch": 1e-5}, "discriminator": {"advas": 1e-5, "torch": value}}
            with mock.patch("agreement.errors_of", return_value=found), contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(agreement.advas_agrees(["ring"], 1, quick=True), agrees)

    def test_peers_that_disagree_say_where(self) -> None:
        done = subprocess.CompletedProcess([], 1, "", "FAIL: test_jax (game='ring')\n\nFAILED (failures=1)\n")
        said = io.StringIO()
        with mock.patch("subprocess.run", return_value=done), contextlib.redirect_stderr(said):
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertFalse(agreement.peers_agree())
        self.assertIn("game='ring'", said.getvalue())

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
