"""Training: a command under way, with its progress, and the run that it leaves."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Union

from ._commands import Spec, command, environment, finish, flags, spec_arguments
from ._diagnostics import UsageError
from ._runs import Run, flat

Progress = Union[bool, Callable[[dict[str, Any]], None]]
"""True prints a line that is written anew; a function gets each logged round, as `Run.metrics` has it."""


def run(
    spec: Spec,
    *,
    set: Mapping[str, Any] | None = None,
    out: str | os.PathLike[str] = "runs",
    steps: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress = True,
) -> Run:
    """Trains a spec in a new folder below `out`.

    `set` changes values by their keys, `{"train.total": 100, "regularizers.advas": {}}`; None takes one away. An interrupt
    (Ctrl-C, or the notebook's button) saves the state at the end of the round and returns the run, which `resume` goes on
    with; while the spec is still being compiled there is nothing to save, and it raises KeyboardInterrupt. Raises SpecError
    with every fault of the spec before anything is trained, RunError where training fails.
    """
    arguments, text = spec_arguments(spec, set)
    options = flags(out=os.fspath(out), steps=steps, seed=seed, threads=threads)
    return train(["train", *arguments, *options], text, progress)[-1]


def resume(
    run: Run | str | os.PathLike[str],
    *,
    steps: int | None = None,
    threads: int | None = None,
    progress: Progress = True,
) -> Run:
    """Goes on with a run, bit for bit, to its spec's last round or to `steps`."""
    folder = str(run.folder) if isinstance(run, Run) else os.fspath(run)
    return train(["resume", folder, *flags(steps=steps, threads=threads)], None, progress)[-1]


def sweep(
    spec: Spec,
    over: Mapping[str, Sequence[Any]] | None = None,
    *,
    set: Mapping[str, Any] | None = None,
    out: str | os.PathLike[str] = "runs",
    steps: int | None = None,
    threads: int | None = None,
    progress: Progress = True,
) -> list[Run]:
    """Trains every combination of values, `over={"seed": [0, 1], "regularizers.advas": [None, {}]}`, or the spec's own sweep.

    All runs are checked before the first is trained. An interrupt saves the run under way and ends the sweep; while they are
    checked it raises KeyboardInterrupt.
    """
    swept = {"sweep": {key: choices(key, values) for key, values in over.items()}} if over else {}
    arguments, text = spec_arguments(spec, {**(set or {}), **swept})
    return train(["train", *arguments, *flags(out=os.fspath(out), steps=steps, threads=threads)], text, progress)


def choices(key: str, values: Any) -> list[Any]:
    """The values of a key of a sweep. Raises UsageError for a single one: Python would take a text apart into letters."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise UsageError([], f"a sweep over '{key}' needs a list of values, like [{values!r}], but found {values!r}")
    return list(values)


def train(arguments: list[str], text: str | None, progress: Progress) -> list[Run]:
    """Runs a command that trains; the runs that it began, in order."""
    show = Line() if progress is True else progress or None
    folders: list[str] = []
    rounds = 0

    def take(event: dict[str, Any]) -> None:
        nonlocal rounds
        # A player may be called so, too: its numbers are a mapping.
        if isinstance(event.get("run"), str):
            rounds = event.get("rounds", rounds)
            if event["run"] not in folders:
                folders.append(event["run"])
        elif show:
            show({"rounds": rounds, **flat(event)})

    status, errors = follow([*arguments, "--json"], text, take)
    if isinstance(show, Line):
        show.end()
    # Before the first round an interrupt ends the command at once: there is no run to return.
    if status == -signal.SIGINT:
        raise KeyboardInterrupt
    finish(status, errors)
    return [Run(folder) for folder in folders]


def follow(arguments: list[str], text: str | None, take: Callable[[dict[str, Any]], None]) -> tuple[int, str]:
    """Runs a command that prints lines of JSON, and gives each to `take`; its exit code and what it wrote to standard error.

    The first interrupt is passed on, so that the command saves and ends; a second one stops it without.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as source, tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        source.write(text or "")
        source.seek(0)
        # In a session of its own an interrupt reaches it once, from here, whoever sends it.
        process = subprocess.Popen(
            [command(), *arguments], stdin=source, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8",
            env=environment(), start_new_session=True)
        is_interrupted = False
        # From here on nothing leaves the command behind: out of reach of the keyboard, it would train on.
        try:
            lines: queue.SimpleQueue[str] = queue.SimpleQueue()
            threading.Thread(target=forward, args=(process, lines), daemon=True).start()
            while True:
                try:
                    line = lines.get()
                    if not line:
                        break
                    take(json.loads(line))
                except KeyboardInterrupt:
                    if is_interrupted:
                        raise
                    is_interrupted = True
                    process.send_signal(signal.SIGINT)
        except BaseException:
            process.kill()
            raise
        finally:
            status = process.wait()
        errors.seek(0)
        return status, errors.read()


def forward(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    """Puts every line of a command's output into the queue, and two empty ones behind the last.

    A thread does this, as an interrupt in the middle of a line would lose it. One that comes just behind the end loses an
    empty line, and the next would be waited for without end; a second interrupt waits for nothing.
    """
    assert process.stdout
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put("")
    lines.put("")


class Line:
    """Progress in one line, written anew at every logged round."""

    def __init__(self) -> None:
        self.width = 0

    def __call__(self, row: dict[str, Any]) -> None:
        losses = [f"{key} {value:.4g}" for key, value in row.items() if key.endswith(".loss") and value is not None]
        text = "  ".join([f"round {row['round']}/{row['rounds']}", *losses, f"{row['rounds_per_second']:.3g} rounds/s"])
        sys.stderr.write("\r" + text.ljust(self.width))
        sys.stderr.flush()
        self.width = len(text)

    def end(self) -> None:
        if self.width:
            sys.stderr.write("\n")
