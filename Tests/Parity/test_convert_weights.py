"""`scripts/convert-weights` on the files that people have, of classes that are gone when they are read."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path

import torch
from safetensors.torch import load_file

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/convert-weights"


def network() -> torch.nn.Module:
    """A module of a class that only its pickles know."""
    theirs = types.ModuleType("theirs")
    sys.modules["theirs"] = theirs
    exec(
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc = torch.nn.Linear(3, 2)\n"
        "        self.blocks = torch.nn.ModuleList([torch.nn.BatchNorm1d(2)])\n"
        "        self.register_buffer('hidden', torch.ones(5), persistent=False)\n"
        "        self.option = {'act': torch.nn.functional.relu}\n",
        theirs.__dict__,
    )
    return theirs.Net()


class ConvertWeights(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.net = network()

    def tearDown(self) -> None:
        self.folder.cleanup()

    def convert(self, name: str, *options: str) -> dict[str, torch.Tensor]:
        output = self.path / "out.safetensors"
        result = subprocess.run(
            [sys.executable, SCRIPT, self.path / name, "-o", output, *options], capture_output=True, text=True
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        return load_file(output)

    def assert_same(self, found: dict[str, torch.Tensor], prefix: str = "") -> None:
        expected = {prefix + name: tensor for name, tensor in self.net.state_dict().items()}
        self.assertEqual(set(found), set(expected))
        for name, tensor in expected.items():
            self.assertTrue(torch.equal(found[name], tensor), name)

    def assert_refused(self, name: str, *options: str, reason: str) -> None:
        result = subprocess.run([sys.executable, SCRIPT, self.path / name, *options], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(reason, result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_state_dict(self) -> None:
        torch.save(self.net.state_dict(), self.path / "a.pth")
        self.assert_same(self.convert("a.pth"))

    def test_older_form(self) -> None:
        torch.save(self.net.state_dict(), self.path / "a.pt", _use_new_zipfile_serialization=False)
        self.assert_same(self.convert("a.pt"))

    def test_module_in_the_older_form(self) -> None:
        """Its class comes with its source, which torch would look for and compare."""
        torch.save({"ema": self.net, "step": 3}, self.path / "a.pt", _use_new_zipfile_serialization=False)
        self.assert_same(self.convert("a.pt"), "ema.")

    def test_checkpoint_of_several(self) -> None:
        torch.save({"g_ema": self.net.state_dict(), "args": {"lr": 1e-3}, "d": {"w": torch.ones(2)}}, self.path / "a.pt")
        self.assert_same(self.convert("a.pt", "--key", "g_ema"))

    def test_module_whose_class_is_gone(self) -> None:
        torch.save({"ema": self.net}, self.path / "a.pt")
        self.assert_same(self.convert("a.pt"), "ema.")

    def test_pickle_of_a_persistent_class(self) -> None:
        """As NVIDIA's networks are pickled: source and state of each module, behind a function of theirs."""
        persistence = types.ModuleType("torch_utils.persistence")
        exec("def _reconstruct_persistent_obj(meta): raise RuntimeError", persistence.__dict__)
        sys.modules["torch_utils"] = types.ModuleType("torch_utils")
        sys.modules["torch_utils.persistence"] = persistence

        class Persistent:
            def __init__(self, state):
                self.state = state

            def __reduce__(self):
                meta = {"type": "class", "module_src": "raise SystemExit", "state": self.state}
                return persistence._reconstruct_persistent_obj, (meta,)

        with (self.path / "a.pkl").open("wb") as file:
            pickle.dump({"G_ema": Persistent(self.net.__dict__ | {"option": None})}, file)
        self.assert_same(self.convert("a.pkl", "--key", "G_ema"))

    def test_nothing_is_run(self) -> None:
        class Evil:
            def __reduce__(self):
                return exec, ("raise SystemExit(7)",)

        with (self.path / "a.pkl").open("wb") as file:
            pickle.dump({"w": torch.arange(3.0), "x": Evil()}, file)
        self.assertEqual(self.convert("a.pkl")["w"].tolist(), [0, 1, 2])

    def test_nothing_is_run_of_the_older_form(self) -> None:
        class Evil:
            def __reduce__(self):
                return exec, ("raise SystemExit(7)",)

        torch.save({"ema": self.net, "x": Evil()}, self.path / "a.pt", _use_new_zipfile_serialization=False)
        self.assert_same(self.convert("a.pt"), "ema.")

    def test_programs_of_torchscript_are_refused(self) -> None:
        torch.jit.save(torch.jit.trace(torch.nn.Linear(3, 2), torch.ones(3)), self.path / "a.pt")
        self.assert_refused("a.pt", "--list", reason="TorchScript")

    def test_what_is_no_pickle(self) -> None:
        """Its first letter is an opcode, which has nothing to work on."""
        for text in ("spec: 1\n", "hello\n"):
            (self.path / "a.yaml").write_text(text)
            self.assert_refused("a.yaml", "--list", reason="a.yaml: ")

    def test_folder_that_is_missing(self) -> None:
        torch.save({"w": torch.ones(2)}, self.path / "a.pt")
        self.assert_refused("a.pt", "-o", str(self.path / "missing/out.safetensors"), reason="missing")

    def test_half_becomes_float32(self) -> None:
        torch.save({"w": torch.tensor([0.5], dtype=torch.bfloat16)}, self.path / "a.pt")
        self.assertEqual(self.convert("a.pt")["w"].dtype, torch.float32)

    def test_nothing_inside(self) -> None:
        torch.save({"lr": 1e-3}, self.path / "a.pt")
        self.assert_refused("a.pt", "--list", reason="no weights")


if __name__ == "__main__":
    unittest.main()
