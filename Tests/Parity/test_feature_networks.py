"""specs/features with random weights, renamed by `scripts/convert-features`, beside torch modules in float64."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from features import EfficientNetLite0, Features, Inception

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / ".build/release/advas-run"
BOUND = 1e-6
"""Of samples, which are float32; what they are computed in is float64."""

# The network of a spec that ships, asked for features and classes of pictures in an array; somebody has to train something.
GAME = """spec: 1
name: seen
include: {spec}
vars: {{side: {side}}}
data: !replace {{pictures: {{type: npy, path: pictures.npy, shape: [3, {side}, {side}], batch: 2, range: [-1, 1]}}}}
networks:
  C: {{from: weights.safetensors, outputs: [features, classes]}}
  A: {{input: pictures, layers: [flatten, linear: 1]}}
bind: !replace {{}}
objective: !replace null
players: {{a: {{trains: A, minimizes: mean(A(pictures)^2)}}}}
samples: {{value: "C(pictures).{output}"}}
train: {{total: 1}}
"""


class FeatureNetworks(unittest.TestCase):
    def compare(self, name: str, module: Features, side: int) -> None:
        torch.manual_seed(1)
        for key, value in module.state_dict().items():
            if key.endswith("running_var"):
                value.uniform_(0.5, 1.5)
            elif key.endswith(("running_mean", "bias")):
                value.normal_(0, 0.1)
        pictures = np.round(np.random.default_rng(2).uniform(-1, 1, [2, 3, side, side]), 3).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder)
            np.save(path / "pictures.npy", pictures)
            torch.save(module.state_dict(), path / "weights.pth")
            self.run_command(sys.executable, ROOT / "scripts/convert-features", name, "weights.pth", "-o", "weights.safetensors", at=path)
            with torch.no_grad():
                expected = module.double().eval()(torch.tensor(pictures).double())
            for output, values in zip(("features", "classes"), expected):
                text = GAME.format(spec=ROOT / f"specs/features/{name}.yaml", side=side, output=output)
                (path / f"{output}.yaml").write_text(text)
                self.run_command(BINARY, f"{output}.yaml", "--precision", "float64", "--out", output, at=path)
                (run,) = (path / output).iterdir()
                archive = path / f"{output}.npz"
                self.run_command(BINARY, "sample", run, "-n", "2", "-o", archive, "--precision", "float64", at=path)
                found = np.load(archive)["samples"].reshape(2, -1)
                # The order of the pictures is the seed's.
                orders = (values.numpy(), values.numpy()[::-1])
                error = min(np.abs(found - order).max() for order in orders) / np.abs(orders[0]).max()
                print(f"{name} at {side} pixels, {output}: {found.shape[1]} numbers, largest difference {error:.1e}")
                self.assertLess(error, BOUND)

    def run_command(self, *command, at: Path) -> None:
        result = subprocess.run(command, cwd=at, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_efficientnet_lite0(self) -> None:
        self.compare("efficientnet-lite0", EfficientNetLite0(), 64)

    def test_inception(self) -> None:
        self.compare("inception", Inception(), 107)


if __name__ == "__main__":
    unittest.main()
