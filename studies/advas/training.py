"""One run as a process of advas-run: its command, how it ended, what it measured."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plan import CHECKPOINTS, HERE, ROOT, Run
from readouts import Line

NOT_FINITE = re.compile(r"error: .* is -?(nan|inf) in round (\d+)")
KEPT = 24
"""Checkpoints that a run keeps: five of the plan and those of every ten minutes between them."""

FEATURES = "classes"

ENDS_WITH_DRIVER = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
"""Lets a run save its state and end when the driver is killed, where this tool of Linux is there."""


class Interrupted(Exception):
    """The run's state is saved, and the same command goes on with it."""


class Failed(Exception):
    """What advas-run said."""


@dataclass
class Machinery:
    """What trains: the program, where runs and feature networks lie, and whether to stop."""

    binary: Path
    out: Path
    commit: str
    features: dict[str, str] = field(default_factory=dict)
    """The entry of `features` for each kind of data, as YAML; empty for the ring."""
    seen_through: dict[str, str] = field(default_factory=dict)
    """The digest of those networks, 12 digits, for each kind of data."""
    stopping: threading.Event = field(default_factory=threading.Event)
    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    program: str = ""
    """The digest of the program, 12 digits: which build trains, as `identify` found it."""

    def identify(self) -> None:
        """Looks which build is there. Asked before runs are trained: behind them there may be another in its place."""
        self.program = hashlib.sha256(self.binary.read_bytes()).hexdigest()[:12]

    def stop(self) -> None:
        """Lets every process save its state and end."""
        with self.lock:
            self.stopping.set()
            for process in self.processes:
                process.terminate()

    def call(self, arguments: list[str]) -> str:
        """What advas-run prints; raises Interrupted after `stop`, and Failed when it fails."""
        command = [*ENDS_WITH_DRIVER, "nice", "-n", "19", str(self.binary), *arguments]
        with self.lock:
            if self.stopping.is_set():
                raise Interrupted
            # In a session of its own a terminal's Ctrl-C reaches it once, by `stop`: a second signal ends it without saving.
            process = subprocess.Popen(
                command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
            )
            self.processes.add(process)
        output, errors = process.communicate()
        with self.lock:
            self.processes.discard(process)
        if self.stopping.is_set() and process.returncode != 0:
            raise Interrupted
        if process.returncode != 0:
            raise Failed(errors.strip() or f"{arguments[0]}: exit {process.returncode}")
        return output


def metrics(run: Run) -> list[str]:
    """The entries of `metrics` for a run; the mechanism is looked at in pairs alone."""
    every, own = run.every, run.rounds // CHECKPOINTS
    result = [
        f"{{adversary_gradient: {{samples: 1024, every: {every}}}}}",
        f"{{score_margin: {{samples: 1024, every: {every}}}}}",
    ]
    if run.stage == "pair":
        result.append(f"{{optimality: {{samples: 1024, steps: [1, 5, 25, 125], every: {own}}}}}")
    if run.cell.is_ring:
        return [
            f"{{modes: {{samples: 10000, every: {every}}}}}",
            f"{{sliced_wasserstein: {{samples: 10000, every: {every}}}}}",
            *result,
        ]
    return [
        f"{{fid: {{samples: 10000, reals: {run.cell.reals}, every: {every}}}}}",
        f"{{kid: {{samples: 10000, every: {run.rounds // 3}}}}}",
        f"{{class_histogram: {{samples: 10000, every: {run.rounds // 3}}}}}",
        "{precision_recall: {samples: 5000, every: 0}}",
        *result,
    ]


def spec_path(run: Run) -> Path:
    return HERE / run.cell.spec


def arguments(run: Run, machinery: Machinery) -> list[str]:
    """The command that trains a run, or goes on with it."""
    settings = [
        f"sweep={{seed: [{run.seed}]}}",
        f"players.discriminator.steps={run.cell.steps}",
        f"metrics=[{', '.join(metrics(run))}]",
        f"log.every={run.rounds // 60}",
        f"checkpoint={{every: {run.rounds // CHECKPOINTS}, minutes: 10, keep: {KEPT}}}",
        f"optimizer.lr={run.rate}",
        *run.settings,
    ]
    if not run.cell.is_ring:
        settings.append(f"features={{{FEATURES}: {machinery.features[run.cell.measures]}}}")
    command = ["sweep", str(spec_path(run)), "--jobs", "1", "--threads", "1", "--json"]
    command += ["--out", str(machinery.out / run.key), "--steps", str(run.rounds)]
    for setting in settings:
        command += ["--set", setting]
    return command


def digest(run: Run) -> str:
    """Of all files of the spec and of what the command sets, 12 digits; paths of the machine have no part in it."""
    known: dict[Path, str] = {}

    def add(path: Path) -> None:
        known[path] = path.read_text()
        for name in re.findall(r"^include: (.+)$", known[path], re.MULTILINE):
            add((path.parent / name).resolve())

    add(spec_path(run).resolve())
    text = "".join(known[path] for path in sorted(known))
    text += json.dumps([run.cell.steps, run.settings, run.seed, run.rate, run.rounds, run.every, CHECKPOINTS])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def folder(run: Run, machinery: Machinery) -> Path:
    """The run's own folder."""
    found = sorted((machinery.out / run.key).glob("00000-*"))
    if not found:
        raise Failed(f"{run.key} has no folder")
    return found[0]


def train(run: Run, machinery: Machinery) -> str:
    """Trains a run to its end: `finished`, or `not finite` where it diverged."""
    log = machinery.out / run.key / "not-finite"
    if log.exists():
        return "not finite"
    try:
        machinery.call(arguments(run, machinery))
    except Failed as failure:
        if not NOT_FINITE.search(str(failure)):
            raise
        log.write_text(str(failure) + "\n")
        return "not finite"
    return "finished"


def head(run: Run, machinery: Machinery) -> Line:
    """What every line of a run begins with."""
    seen = {} if run.cell.is_ring else {"features": machinery.seen_through[run.cell.measures]}
    return {
        "run": run.key, "stage": run.stage, "cell": run.cell.name, "arm": run.arm, "seed": run.seed,
        "rate": run.rate, "rounds": run.rounds, "commit": machinery.commit,
        "program": machinery.program, "spec": digest(run), **seen,
    }


def value(figures: dict[str, Any], name: str, key: str = "value") -> float | None:
    return figures.get(name, {}).get(key)


def read_out(figures: dict[str, Any], is_ring: bool) -> Line:
    """The figures of one round, under short names."""
    result: Line = {
        "r": value(figures, "adversary_gradient"),
        "margin": value(figures, "score_margin"),
    }
    if is_ring:
        result["sliced_wasserstein"] = value(figures, "sliced_wasserstein")
        result["high_quality"] = value(figures, "modes", "high_quality")
        result["modes"] = value(figures, "modes", "covered")
        return result
    result["fid"] = value(figures, "fid")
    result["floor"] = value(figures, "fid", "floor")
    result["kid"] = value(figures, "kid")
    result["classes"] = value(figures, "class_histogram", "jensen_shannon")
    if "precision_recall" in figures:
        result["precision"] = value(figures, "precision_recall", "precision")
        result["recall"] = value(figures, "precision_recall", "recall")
    return result


def lines(run: Run, machinery: Machinery, end: str) -> tuple[list[Line], list[Line]]:
    """A run's read-outs, the last with how it ended, and what `optimality` said of its own adversary."""
    first = head(run, machinery)
    outs: list[Line] = []
    own: list[Line] = []
    for text in (folder(run, machinery) / "metrics.jsonl").read_text().splitlines():
        said = json.loads(text)
        figures = said.get("metrics", {})
        key = "sliced_wasserstein" if run.cell.is_ring else "fid"
        if key in figures:
            # Of the one penalty whose weight is `auto`: AdvAs, or what an ablation has in its place.
            weight = next((found for name, found in said["generator"].items() if name.endswith(".weight")), None)
            line = {**first, "round": said["round"], **read_out(figures, run.cell.is_ring)}
            outs.append(line if weight is None else {**line, "weight": weight})
        if "optimality" in figures:
            own.append({**first, "round": said["round"], "kind": "own", **cosines(figures["optimality"])})
    if not outs:
        outs.append({**first, "round": 0})
    outs[-1]["end"] = end
    return outs, own


def cosines(figures: dict[str, Any]) -> Line:
    """What `optimality` says, without its protocol."""
    return {key: figure for key, figure in figures.items() if key != "protocol"}
