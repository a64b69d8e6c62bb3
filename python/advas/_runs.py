"""A run: its folder, and what can be asked of it."""

from __future__ import annotations

import html
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._commands import call, changes, flags

if TYPE_CHECKING:
    import numpy


class Picture:
    """A PNG file, shown as a picture by notebooks."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _repr_png_(self) -> bytes:
        return self.path.read_bytes()

    def __repr__(self) -> str:
        return f"Picture('{self.path}')"


class Report:
    """The page of `advas-run report`, shown by notebooks; a browser opens the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _repr_html_(self) -> str:
        page = html.escape(self.path.read_text(encoding="utf-8"), quote=True)
        return f'<iframe srcdoc="{page}" style="width: 100%; height: 640px; border: 0"></iframe>'

    def __repr__(self) -> str:
        return f"Report('{self.path}')"


class Run:
    """A run that trained, or trains, in a folder; `Run("runs/00000-ring")` is one of earlier."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        if not (self.folder / "spec.yaml").is_file():
            raise FileNotFoundError(f"'{folder}' is not the folder of a run: it has no spec.yaml")

    @property
    def spec(self) -> str:
        """The spec with every value, as it was trained."""
        return (self.folder / "spec.yaml").read_text(encoding="utf-8")

    @property
    def round(self) -> int:
        """The last round that was logged; 0 before the first."""
        rows = self.metrics()
        return int(rows[-1]["round"]) if rows else 0

    def metrics(self) -> list[dict[str, Any]]:
        """A row for each logged round, `{"round": 200, "discriminator.loss": -1.5, ...}`, fit for `pandas.DataFrame`."""
        path = self.folder / "metrics.jsonl"
        if not path.exists():
            return []
        # The last line of a run that trains may be half written.
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        return [flat(json.loads(line)) for line in lines]

    def picture(self) -> Picture:
        """The newest picture of samples."""
        pictures = list(self.folder.glob("fakes*.png"))
        if not pictures:
            raise FileNotFoundError(f"the run in '{self.folder}' has drawn no samples")
        # Rounds have six digits, and more from a million on.
        return Picture(max(pictures, key=lambda path: (len(path.name), path.name)))

    def samples(self, count: int, *, seed: int | None = None, label: int | None = None) -> numpy.ndarray:
        """Draws samples of the newest checkpoint, `[count, channels, height, width]` of pictures; needs numpy.

        `seed` is that of the latent values, by default the run's, whose pictures begin alike; the first of more samples are
        the same. `label` is the class of all samples, which otherwise come in turn.
        """
        import numpy

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "samples.npz")
            options = [*flags(seed=seed), *([] if label is None else ["--class", str(label)])]
            call("sample", str(self.folder), "--count", str(count), "--output", path, *options)
            with numpy.load(path) as arrays:
                found: numpy.ndarray = arrays["samples"]
        return found

    def generator(self) -> Callable[..., numpy.ndarray]:
        """The newest checkpoint as a function, `generate(64, seed=1)`, which draws other samples for every seed."""
        return self.samples

    def report(self, output: str | os.PathLike[str] | None = None) -> Report:
        """Writes the page about this run, by default into its folder."""
        written = call("report", str(self.folder), *flags(output=output and os.fspath(output)))
        return Report(Path(written.strip()))

    def evaluate(self, set: Mapping[str, Any] | None = None, threads: int | None = None) -> dict[str, Any]:
        """Measures the newest checkpoint; `set={"metrics": [...]}` says by what, instead of the spec."""
        answer: dict[str, Any] = json.loads(
            call("evaluate", str(self.folder), "--json", *changes(set), *flags(threads=threads)))
        return answer

    def __repr__(self) -> str:
        return f"Run('{self.folder}')"


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """`{"G": {"loss": 1}}` as `{"G.loss": 1}`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found.update(flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value})
    return found
