"""The networks through which FID and its like see pictures: trained once, by the commands of the plan, and checked."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

from plan import HERE, ROOT
from training import Failed, Machinery

SPECS = {
    "pictures": ROOT / "specs/fashion-mnist/features.yaml",
    "photographs": HERE / "specs/photograph-features.yaml",
}
DIGESTS = {
    "pictures": "35bf4e21b122a55417d789a145ea733577edc68df1317ded1ff7574c3ad77dcf",
}
"""SHA-256 of the networks' own tensors; on a machine of another kind their last bits differ, and no figure compares."""


def digest(checkpoint: Path) -> str:
    """SHA-256 of the tensors of the network C, in the order of their names, each as its name and its bytes."""
    data = checkpoint.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    result = hashlib.sha256()
    for name in sorted(name for name in header if name.startswith("C.")):
        begin, end = header[name]["data_offsets"]
        result.update(name.encode() + data[start + begin : start + end])
    return result.hexdigest()


def trained(kind: str, machinery: Machinery) -> Path:
    """The checkpoint at the end of the network's training, which takes minutes where it is not there."""
    out = machinery.out / "features" / kind

    def last() -> list[Path]:
        return sorted(out.glob("00000-*/checkpoint-004690.safetensors"))

    if not last():
        machinery.call(
            ["sweep", str(SPECS[kind]), "--out", str(out), "--jobs", "1", "--threads", "2"]
            + ["--set", "sweep={seed: [0]}"]
        )
    return last()[0]


def entry(kind: str, machinery: Machinery) -> str:
    """The value of an entry of `features`; empty for the ring.

    Raises Failed where the weights are not those of the results in this folder.
    """
    if kind == "ring":
        return ""
    weights = trained(kind, machinery)
    if kind in DIGESTS and digest(weights) != DIGESTS[kind]:
        raise Failed(
            f"the features of {weights} are other ones than those of the results\n"
            "  a machine of another kind trains other bits: move results/*.jsonl away, and measure all anew"
        )
    return f'{{spec: "{SPECS[kind]}", weights: "{weights}", layer: features}}'
