"""The module against the real commands: ADVAS_BIN names the folder of those to test."""

from __future__ import annotations

import importlib.util
import signal
import tempfile
import threading
import time
import unittest
import warnings
from pathlib import Path
from types import MappingProxyType
from typing import Any

import advas

RING = """\
spec: 1
name: ring
data: {x: {type: ring, batch: 16}}
latent: {z: {shape: [2]}}
networks:
  G: {input: z, layers: [{linear: 8}, relu, {linear: 2}]}
  D: {input: x, layers: [{linear: 8}, relu, {linear: 1}]}
objective: non_saturating
optimizer: {type: adam, lr: 0.001}
train: {total: 20, threads: 1}
log: {every: 5}
"""

MAPPING = {
    "spec": 1, "name": "ring", "data": {"x": {"type": "ring", "batch": 16}}, "latent": {"z": {"shape": [2]}},
    "networks": {
        "G": {"input": "z", "layers": [{"linear": 8}, "relu", {"linear": 2}]},
        "D": {"input": "x", "layers": [{"linear": 8}, "relu", {"linear": 1}]},
    },
    "objective": "non_saturating", "optimizer": {"type": "adam", "lr": 0.001},
    "train": {"total": 20, "threads": 1}, "log": {"every": 5},
}


class Place(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.spec = self.folder / "ring.yaml"
        self.spec.write_text(RING)
        self.runs = self.folder / "runs"


class Training(Place):
    def test_a_run_has_its_metrics_and_pictures(self) -> None:
        rows: list[dict[str, Any]] = []
        run = advas.run(self.spec, out=self.runs, progress=rows.append)
        self.assertEqual(run.folder, self.runs / "00000-ring")
        self.assertEqual([row["round"] for row in run.metrics()], [1, 5, 10, 15, 20])
        self.assertEqual([row["round"] for row in rows], [1, 5, 10, 15, 20])
        self.assertEqual(rows[-1]["rounds"], 20)
        self.assertIn("discriminator.loss", run.metrics()[0])
        self.assertTrue(run.picture()._repr_png_().startswith(b"\x89PNG"))
        self.assertEqual(run.round, 20)
        page = run.report()
        self.assertEqual(page.path, run.folder / "report.html")
        self.assertIn("<iframe srcdoc=", page._repr_html_())

    @unittest.skipUnless(importlib.util.find_spec("numpy"), "no numpy")
    def test_samples_are_arrays_that_depend_on_the_seed(self) -> None:
        run = advas.run(self.spec, out=self.runs, progress=False)
        generate = run.generator()
        self.assertEqual(generate(3).shape, (3, 2))
        self.assertTrue((run.samples(5, seed=1)[:3] == generate(3, seed=1)).all())
        self.assertFalse((generate(3, seed=1) == generate(3, seed=2)).all())

    def test_specs_are_paths_texts_and_mappings(self) -> None:
        runs = [advas.run(each, out=self.runs, progress=False) for each in (self.spec, RING, MAPPING)]
        files = [(run.folder / "checkpoint-000020.safetensors").read_bytes() for run in runs]
        self.assertEqual(files[0], files[1])
        self.assertEqual(files[0], files[2])

    def test_values_are_set_and_taken_away(self) -> None:
        run = advas.run(
            self.spec, out=self.runs, progress=False, seed=3,
            set={"train.total": 5, "regularizers.wgan_gp": {"weight": 2}, "name": "other", "log": None})
        self.assertEqual(run.folder.name, "00000-other")
        self.assertEqual(run.round, 5)
        self.assertIn("seed: 3", run.spec)
        self.assertIn("discriminator.wgan_gp", run.metrics()[0])

    def test_a_player_may_be_called_run(self) -> None:
        text = RING.replace("objective: non_saturating", """players:
  run: {trains: D, minimizes: "mean(D(G(z))) - mean(D(x))"}
  generator: {trains: G, minimizes: "-mean(D(G(z)))"}""")
        rows: list[dict[str, Any]] = []
        run = advas.run(text, out=self.runs, progress=rows.append)
        self.assertEqual(run.folder, self.runs / "00000-ring")
        self.assertEqual([row["run.loss"] for row in rows], [row["run.loss"] for row in run.metrics()])

    def test_a_run_goes_on_as_if_it_had_not_stopped(self) -> None:
        whole = advas.run(self.spec, out=self.runs, progress=False)
        part = advas.run(self.spec, out=self.runs, progress=False, steps=7)
        more = advas.resume(part, steps=20, progress=False)
        self.assertEqual(more.folder, part.folder)
        last = "checkpoint-000020.safetensors"
        self.assertEqual((whole.folder / last).read_bytes(), (more.folder / last).read_bytes())

    def test_an_interrupt_saves(self) -> None:
        def interrupt(row: dict[str, Any]) -> None:
            if row["round"] == 5:
                signal.raise_signal(signal.SIGINT)

        run = advas.run(self.spec, out=self.runs, steps=10_000_000, progress=interrupt)
        saved = sorted(run.folder.glob("checkpoint-*.safetensors"))
        self.assertLess(int(saved[-1].stem.split("-")[1]), 10_000_000)

    def test_an_interrupt_while_nothing_is_shown_saves(self) -> None:
        def interrupt() -> None:
            # Not while the spec is compiled, when there is nothing to save.
            while not any(path.stat().st_size for path in self.runs.glob("*/metrics.jsonl")):
                time.sleep(0.01)
            signal.raise_signal(signal.SIGINT)

        thread = threading.Thread(target=interrupt, daemon=True)
        thread.start()
        run = advas.run(self.spec, out=self.runs, steps=10_000_000, progress=False)
        thread.join()
        self.assertTrue(list(run.folder.glob("checkpoint-*.safetensors")))

    def test_a_sweep_is_a_list_of_runs(self) -> None:
        runs = advas.sweep(
            self.spec, {"optimizer.lr": [1e-3, 1e-2], "seed": [0, 1]}, out=self.runs, progress=False,
            set={"metrics": ["sliced_wasserstein"]})
        self.assertEqual(len(runs), 4)
        answer = advas.compare(runs, by="optimizer.lr")
        self.assertEqual(answer["seeds"], ["0", "1"])
        found = next(
            each for each in answer["contrasts"] if (each["metric"], each["figure"]) == ("sliced_wasserstein", "value"))
        values = [run.metrics()[-1]["metrics.sliced_wasserstein.value"] for run in runs]
        self.assertEqual((found["first_values"], found["second_values"]), (values[:2], values[2:]))
        self.assertAlmostEqual(found["difference"], (sum(values[2:]) - sum(values[:2])) / 2)


class Faults(Place):
    def test_a_faulty_spec_raises_every_fault_with_its_place(self) -> None:
        self.spec.write_text(RING.replace("relu", "rleu", 1).replace("threads", "thraeds"))
        with self.assertRaises(advas.SpecError) as caught:
            advas.run(self.spec, out=self.runs)
        first, second = caught.exception.diagnostics
        self.assertEqual((first.line, first.column, first.level), (6, 39, "error"))
        self.assertEqual(first.file, str(self.spec))
        self.assertIn("did you mean 'relu'?", first.hint or "")
        self.assertEqual(second.line, 10)
        self.assertIn("ring.yaml:6:39: error: ", str(caught.exception))
        self.assertFalse(self.runs.exists())

    def test_warnings_are_warnings(self) -> None:
        with self.assertWarns(advas.AdvasWarning):
            advas.check(RING.replace("train: {", "train: {order: [generator], "))

    def test_a_run_that_diverges_raises(self) -> None:
        with self.assertRaises(advas.RunError) as caught, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            advas.run(RING.replace("lr: 0.001", "lr: 1e30"), out=self.runs, progress=False)
        self.assertIn("finite", str(caught.exception))

    def test_unknown_arguments_are_usage(self) -> None:
        with self.assertRaises(advas.UsageError):
            advas.explain("nothing-of-this-name")

    def test_values_that_a_spec_cannot_have_are_usage(self) -> None:
        for value in (object(), {1, 2}, float("nan"), [float("inf")]):
            with self.assertRaisesRegex(advas.UsageError, "'name' has a value that cannot be written as YAML"):
                advas.config(self.spec, set={"name": value})
            with self.assertRaisesRegex(advas.UsageError, "the spec has a value"):
                advas.config({"name": value})

    def test_a_sweep_is_over_lists(self) -> None:
        for value in (3, "wgan", {"range": [0, 4]}):
            with self.assertRaisesRegex(advas.UsageError, "a sweep over 'objective' needs a list of values"):
                advas.sweep(self.spec, {"objective": value}, out=self.runs, progress=False)

    def test_a_folder_without_a_run_is_none(self) -> None:
        with self.assertRaises(FileNotFoundError):
            advas.Run(self.folder)


class Questions(Place):
    def test_check_says_what_a_spec_costs(self) -> None:
        answer = advas.check(self.spec)
        counts = {network["name"]: network["parameters"] for network in answer["networks"]}
        self.assertEqual(counts, {"G": 2 * 8 + 8 + 8 * 2 + 2, "D": 2 * 8 + 8 + 8 + 1})
        self.assertEqual(answer["rounds"], 20)
        self.assertGreater(answer["predicted_seconds_per_round"], 0)
        self.assertEqual(len(advas.check(self.spec, set={"sweep": {"seed": [0, 1]}})["runs"]), 2)
        one = advas.check(self.spec, set={"sweep": {"seed": [3]}})
        self.assertEqual((one["run"], one["sets"], one["rounds"]), (0, "seed=3", 20))
        self.assertNotIn("predicted_seconds_per_round", one)

    def test_values_are_any_that_yaml_can_write(self) -> None:
        # Plain, of one escape of JSON, of two, and what YAML takes for a line break or refuses unless it is escaped.
        for name in ("ringé", "ring\U0001F600", "\\\U0001F600", "ring\x85s", "ring\x7f"):
            self.assertEqual(advas.check(self.spec, set={"name": name})["name"], name)
            self.assertEqual(advas.check({**MAPPING, "name": name})["name"], name)
        self.assertIn("dir: there", advas.config(self.spec, set={"output.dir": Path("there")}))
        self.assertIn("lr: 0.25", advas.config(self.spec, set={"optimizer": MappingProxyType({"type": "sgd", "lr": 0.25})}))

    @unittest.skipUnless(importlib.util.find_spec("numpy"), "no numpy")
    def test_values_may_be_those_of_numpy(self) -> None:
        import numpy

        text = advas.config(
            self.spec, set={"seed": numpy.int64(3), "optimizer.lr": numpy.float32(0.25), "optimizer.betas": numpy.zeros(2)})
        self.assertIn("seed: 3", text)
        self.assertIn("lr: 0.25", text)

    def test_the_newest_picture_is_that_of_the_last_round(self) -> None:
        folder = self.folder / "run"
        folder.mkdir()
        for name in ("spec.yaml", "fakes000500.png", "fakes1000000.png", "fakes999000.png"):
            (folder / name).touch()
        self.assertEqual(advas.Run(folder).picture().path.name, "fakes1000000.png")

    def test_config_and_explain_are_texts(self) -> None:
        self.assertIn("objective: non_saturating", advas.config(self.spec))
        self.assertIn("arXiv", advas.explain("advas"))


if __name__ == "__main__":
    unittest.main()
