"""Lines of results: files of one JSON object a line, appended a run at a time, never twice."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def identity(line: Line) -> tuple[Any, ...]:
    """What makes a line another one: the run, the round and what was measured."""
    return line["run"], line["round"], line.get("kind", "read-out")


def parse(text: str) -> list[Line]:
    """The whole lines of a file; what stands behind the last line break was never finished."""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines() if line.strip()]


def read(path: Path) -> list[Line]:
    return parse(path.read_text()) if path.exists() else []


def rounded(value: Any) -> Any:
    """Numbers to six digits, which is more than seeds leave of them."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    return value


def append(path: Path, lines: Iterable[Line]) -> int:
    """Adds the lines that the file does not have yet, in one write, and returns how many.

    What an interrupted write has left behind the last line break is taken out first. A line that is there with other
    numbers is an error: the same run gives the same bytes, so something else has changed.
    """
    lines = list(lines)
    if not lines:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read().decode()
        whole = text.rfind("\n") + 1
        if whole < len(text):
            file.truncate(len(text[:whole].encode()))
        there = {identity(line): line for line in parse(text)}
        fresh = []
        for line in lines:
            line = rounded(line)
            known = there.get(identity(line))
            if known is None:
                fresh.append(line)
                there[identity(line)] = line
            elif measured(known) != measured(line):
                raise ValueError(f"{path.name} has other numbers of {identity(line)}")
        if fresh:
            file.write("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in fresh).encode())
            file.flush()
            os.fsync(file.fileno())
        return len(fresh)


def measured(line: Line) -> Line:
    """A line without what may differ between two trainings of the same run: who trained it."""
    return {key: value for key, value in line.items() if key not in ("commit", "program")}
