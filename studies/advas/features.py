"""The networks through which FID and its like see pictures: trained once, by the commands of the plan, and checked."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from pathlib import Path

from plan import ALL, HERE, ROOT, Run
from readouts import Line
from training import Failed, Machinery

SPECS = {
    "pictures": ROOT / "specs/fashion-mnist/features.yaml",
    "photographs": HERE / "specs/photograph-features.yaml",
}
SHIPPED = {
    "pictures": HERE / "weights/fashion-mnist.safetensors",
}
"""Networks that lie in the repository: training them anew gives other last bits on a processor of another kind."""

SHIPPED_DIGESTS = {
    "pictures": "270260e8153503240b559cc2ca128834544f553da351a22a19da29bf19900c96",
}
"""SHA-256 of their tensors. Lines of results that name no features were measured before these weights were kept, through
the plan's own, 35bf4e21b122..., of the same spec: their FIDs compare with each other, not with later ones."""

SECOND_LOOK = {cell.name: cell.more_seeds for cell in ALL}
"""Seeds of each cell that are trained where five pairs do not decide."""


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

    Raises Failed where shipped weights have been changed.
    """
    if kind == "ring":
        return ""
    weights = SHIPPED[kind] if kind in SHIPPED else trained(kind, machinery)
    found = digest(weights)
    if kind in SHIPPED and found != SHIPPED_DIGESTS[kind]:
        raise Failed(f"{weights} is not what the results were measured with: check it out again")
    machinery.seen_through[kind] = found[:12]
    return f'{{spec: "{SPECS[kind]}", weights: "{weights}", layer: features}}'


def compared(line: Line) -> tuple[str, str]:
    """Lines with the same answer are compared: those of a cell, apart from them its ablations, with their references.

    The pairs of a second look are apart, too: its differences are each within a pair, and `wgan-gp-1` began with features
    that no processor makes again.
    """
    if line["stage"] == "ablation":
        return line["cell"], "ablations"
    return line["cell"], "second look" if line.get("seed") in SECOND_LOOK.get(line["cell"], ()) else "cell"


def refuse_others(run: Run, known: Iterable[Line], machinery: Machinery) -> None:
    """Raises Failed where what a run is compared with was seen through other features."""
    seen = machinery.seen_through.get(run.cell.measures)
    own = compared({"cell": run.cell.name, "stage": run.stage, "seed": run.seed})
    mates = (line for line in known if compared(line) == own)
    others = {line.get("features", "those of the plan") for line in mates} - {seen}
    if seen and others:
        raise Failed(
            f"{run.key}: its cell was measured through other features, {', '.join(sorted(others))}, not {seen}\n"
            "  FIDs through two networks do not compare: move the lines of that cell away, and measure it anew"
        )
