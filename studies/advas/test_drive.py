"""The driver on a program that is made up here: what it records, cleans and ends; and the file of costs."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import drive
import measure_costs
import plan
import readouts
from training import Machinery

PROGRAM = """\
#!{python}
import json, os, pathlib, sys
words = sys.argv[1:]
if words[0] == "session":
    print(os.getsid(0), os.getppid())
if words[0] == "sweep":
    folder = pathlib.Path(words[words.index("--out") + 1], "00000-ring")
    folder.mkdir(parents=True)
    for round in (1, 2):
        (folder / f"checkpoint-00000{{round}}.safetensors").touch()
    figures = {{"sliced_wasserstein": {{"value": 1}}}}
    (folder / "metrics.jsonl").write_text(json.dumps({{"round": 2, "generator": {{}}, "metrics": figures}}) + "\\n")
    # Somebody builds meanwhile.
    program = pathlib.Path(__file__)
    program.write_text(program.read_text() + "# another\\n")
if words[0] == "clean":
    for path in sorted(pathlib.Path(words[1]).glob("*/checkpoint-*"))[:-1]:
        path.unlink()
"""


class Place(unittest.TestCase):
    """A test with a program, results and runs of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        program = self.folder / "advas-run"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(0o755)
        self.machinery = Machinery(program, self.folder / "runs", "commit")
        self.one = next(plan.pilots(plan.RING))[0]
        self.replace(drive, "RESULTS", self.folder / "results")

    def replace(self, module: object, name: str, value: object) -> None:
        patch = mock.patch.object(module, name, value)
        patch.start()
        self.addCleanup(patch.stop)

    def checkpoints(self) -> list[str]:
        return sorted(path.name for path in (self.machinery.out / self.one.key).glob("*/checkpoint-*"))


class DriveTests(Place):
    def test_lines_have_the_program_that_trained(self) -> None:
        first = hashlib.sha256(self.machinery.binary.read_bytes()).hexdigest()[:12]
        drive.do([self.one], self.machinery)
        line, = readouts.read(drive.result_file(self.one))
        self.assertEqual((line["program"], line["end"]), (first, "finished"))
        self.assertNotEqual(hashlib.sha256(self.machinery.binary.read_bytes()).hexdigest()[:12], first)

    def test_a_finished_unit_is_cleaned_by_the_next_start(self) -> None:
        self.replace(drive, "units", lambda: iter([[self.one]]))
        with mock.patch.object(drive, "clean", side_effect=KeyError), contextlib.suppress(KeyError):
            drive.do([self.one], self.machinery)
        self.assertEqual(len(self.checkpoints()), 2)
        options = argparse.Namespace(only=None, stage=None)
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(drive.work(options, self.machinery), 0)
        self.assertEqual(self.checkpoints(), ["checkpoint-000002.safetensors"])

    def test_a_run_that_is_not_finished_keeps_its_checkpoints(self) -> None:
        self.replace(drive, "units", lambda: iter([[self.one]]))
        self.machinery.call(["sweep", "--out", str(self.machinery.out / self.one.key)])
        drive.tidy(self.machinery)
        self.assertEqual(len(self.checkpoints()), 2)

    def test_a_terminal_does_not_reach_runs(self) -> None:
        session, parent = map(int, self.machinery.call(["session"]).split())
        self.assertNotEqual(session, os.getsid(0))
        self.assertEqual(parent, os.getpid())


class CommitTests(Place):
    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.folder), "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def test_a_changed_tree_is_marked_but_for_what_the_study_writes(self) -> None:
        self.replace(drive, "ROOT", self.folder)
        with mock.patch.dict(os.environ, {"GIT_CEILING_DIRECTORIES": str(self.folder.parent)}):
            self.assertEqual(drive.commit(), "unknown")
            written = self.folder / "studies/advas/results/a.jsonl"
            written.parent.mkdir(parents=True)
            (self.folder / "plan.py").write_text("1\n")
            written.write_text("1\n")
            self.git("init", "-q")
            self.git("add", "plan.py", "studies")
            self.git("commit", "-q", "-m", "first")
            self.git("tag", "-m", "v1", "v1")
            found = self.git("rev-parse", "HEAD")[:12]
            self.assertEqual(drive.commit(), found)
            written.write_text("2\n")
            self.assertEqual(drive.commit(), found)
            (self.folder / "plan.py").write_text("2\n")
            self.assertEqual(drive.commit(), f"{found}-dirty")


class CostsTests(Place):
    def measured(self, before: dict[str, object] | None) -> dict[str, dict[str, object]]:
        """The file after costs were measured without photographs; measuring makes a load of its own."""
        output = self.folder / "costs.json"
        if before is not None:
            output.write_text(json.dumps(before))
        load = [0.25]

        def medians(binary: Path, cell: plan.Cell) -> list[float]:
            load[0] = 2.0
            return [1.0, 2.0]

        self.replace(measure_costs, "medians", medians)
        self.replace(os, "getloadavg", lambda: (load[0], 0, 0))
        self.replace(sys, "argv", ["measure_costs.py", "--output", str(output)])
        self.said = io.StringIO()
        with mock.patch.dict(os.environ), contextlib.redirect_stderr(self.said), contextlib.redirect_stdout(io.StringIO()):
            os.environ.pop("CIFAR10", None)
            self.assertEqual(measure_costs.main(), 0)
        return json.loads(output.read_text())

    def test_photographs_that_are_not_there_keep_their_cost(self) -> None:
        old = {"milliseconds": {"photographs-1": {"off": 3, "on": 4}, "ring": {"off": 5, "on": 6}},
               "processes": {"photographs-1": [[3, 4]], "ring": [[5, 6]]}}
        found = self.measured(old)
        self.assertEqual(found["milliseconds"]["photographs-1"], {"off": 3, "on": 4})
        self.assertEqual(found["processes"]["photographs-1"], [[3, 4]])
        self.assertEqual(found["milliseconds"]["ring"], {"off": 1, "on": 2})
        self.assertEqual(found["load"], 0.25)
        self.assertNotIn("not planned", self.said.getvalue())

    def test_photographs_without_a_cost_are_said_not_to_be_planned(self) -> None:
        self.assertNotIn("photographs-1", self.measured(None)["milliseconds"])
        self.assertIn("not planned", self.said.getvalue())


if __name__ == "__main__":
    unittest.main()
