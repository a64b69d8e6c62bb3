"""Runs FOLDER/model.onnx by onnxruntime on FOLDER/inputs (float32, shapes.json), checked first; writes results, counts.json."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

folder = Path(sys.argv[1])
onnx.checker.check_model(onnx.load(folder / "model.onnx"), full_check=True)
session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
values = np.fromfile(folder / "inputs", np.float64)
feed = {}
shapes = json.loads((folder / "shapes.json").read_text())
for entry, shape in zip(session.get_inputs(), shapes, strict=True):
    count = int(np.prod(shape, dtype=int))
    feed[entry.name] = values[:count].reshape(shape).astype(np.float32)
    values = values[count:]
results = [np.asarray(r, np.float64) for r in session.run(None, feed)]
(folder / "counts.json").write_text(json.dumps([r.size for r in results]))
np.concatenate([r.ravel() for r in results]).tofile(folder / "results")
