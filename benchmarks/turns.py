"""Runs commands in turns, each as a process of its own, and gathers what they print."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from programs import ROOT, Command

TIME_LIMIT = 600
"""Seconds for one process."""


class Failed(Exception):
    """What a process said when it failed."""


def answer(command: Command, cores: list[int] | None = None) -> dict[str, Any]:
    """The JSON object that a command prints last; raises Failed when there is none."""
    text = output(command, cores)
    lines = [line for line in text.splitlines() if line.startswith("{")]
    if not lines:
        raise Failed(f"printed no JSON: {text[-200:]}")
    return json.loads(lines[-1])


def output(command: Command, cores: list[int] | None = None) -> str:
    """What a command prints; raises Failed when it fails."""
    try:
        result = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            env={**os.environ, "JAX_PLATFORMS": "cpu"},
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"no result in {TIME_LIMIT} s") from None
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or ["no message"]
        # A traceback says it last, a diagnostic first.
        said = lines[-1] if "Traceback" in result.stderr else lines[0]
        raise Failed(f"exit {result.returncode}: {said}")
    return result.stdout


@dataclass
class Runs:
    """What the processes of one command said."""

    round_ms: list[list[float]] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    start_s: list[float] = field(default_factory=list)
    first_round_s: list[float] = field(default_factory=list)
    failure: str = ""
    period: int = 1
    """Rounds that count as one, by their mean."""

    @property
    def medians(self) -> list[float]:
        return [statistics.median(self.periods(times)) for times in self.round_ms]

    def periods(self, times: list[float]) -> list[float]:
        starts = range(0, len(times) - self.period + 1, self.period)
        return [statistics.mean(times[start : start + self.period]) for start in starts]

    @property
    def median(self) -> float:
        return statistics.median(self.medians)

    @property
    def memory(self) -> float:
        return max(self.peak_mb)

    @property
    def start(self) -> float:
        return statistics.median(self.start_s)

    @property
    def first_round(self) -> float:
        return statistics.median(self.first_round_s)

    def add(self, said: Mapping[str, Any]) -> None:
        for name in ("round_ms", "peak_mb", "start_s", "first_round_s"):
            getattr(self, name).append(said[name])


def take_turns(
    commands: Mapping[str, Command], repeats: Mapping[str, int], cores: list[int], period: int = 1
) -> dict[str, Runs]:
    """Runs every command so many times, in another order each time; one that fails is left out."""
    runs = {name: Runs(period=period) for name in commands}
    for repeat in range(max((repeats[name] for name in commands), default=0)):
        order = list(commands)
        shift = repeat % len(order)
        for name in order[shift:] + order[:shift]:
            if runs[name].failure or repeat >= repeats[name]:
                continue
            begin = time.monotonic()
            try:
                runs[name].add(answer(commands[name], cores))
            except Failed as failure:
                runs[name].failure = str(failure)
            print(f"{name}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    return runs
