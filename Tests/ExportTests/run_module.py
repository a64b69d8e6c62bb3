"""Compiles FOLDER/module.mlir by XLA and runs it on FOLDER/inputs (float64, shapes.json); writes results, counts.json."""

import json
import os
import re
import sys
from pathlib import Path

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.extend.backend
import numpy as np
from jaxlib import xla_client

jax.config.update("jax_enable_x64", True)
folder = Path(sys.argv[1])
text = (folder / "module.mlir").read_text()
head = text.split(") -> (", 1)[0]
element = np.float32 if re.search(r"%arg0: tensor<[0-9x]*f32>", head) else np.float64
values = np.fromfile(folder / "inputs", np.float64)
arguments = []
for shape in json.loads((folder / "shapes.json").read_text()):
    count = int(np.prod(shape, dtype=int))
    arguments.append(values[:count].reshape(shape).astype(element))
    values = values[count:]
client = jax.extend.backend.get_backend("cpu")
devices = client.local_devices()[:1]
program = client.compile_and_load(text, devices, xla_client.CompileOptions())
made = program.execute_sharded([jax.device_put(a, devices[0]) for a in arguments])
results = [np.asarray(r[0], np.float64) for r in made.disassemble_into_single_device_arrays()]
(folder / "counts.json").write_text(json.dumps([r.size for r in results]))
np.concatenate([r.ravel() for r in results]).tofile(folder / "results")
