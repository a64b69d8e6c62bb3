"""Finding and calling the commands, which do all the work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

from ._diagnostics import AdvasWarning, UsageError, failure, read

Spec = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""The path of a spec, its text (of more than one line), or its contents as a mapping."""

INTERRUPTED = 130


def command(name: str = "advas-run", own: str | None = None) -> str:
    """The path of a command: that of the folder ADVAS_BIN, of this package, or of PATH, whichever has it first.

    `own` is the script that asks: it is passed over, as it would call itself for ever. Raises FileNotFoundError where there
    is none.
    """
    folders = [os.environ.get("ADVAS_BIN"), str(Path(__file__).parent / "prefix/bin"), *os.get_exec_path()]
    for folder in filter(None, folders):
        found = shutil.which(name, path=folder)
        if found and (own is None or os.path.realpath(found) != os.path.realpath(own)):
            return os.path.abspath(found)
    raise FileNotFoundError(f"there is no {name}: install advas's wheel, or set ADVAS_BIN to the folder of the commands")


def environment() -> dict[str, str]:
    return {**os.environ, "ADVAS_DIAGNOSTICS": "json"}


def call(*arguments: str, text: str | None = None) -> str:
    """Runs `advas-run` to its end, with `text` as its standard input; what it printed.

    Warnings become Python's. Raises SpecError, RunError or UsageError where it fails.
    """
    result = subprocess.run(
        [command(), *arguments], input=text, capture_output=True, encoding="utf-8", env=environment(),
        stdin=subprocess.DEVNULL if text is None else None)
    finish(result.returncode, result.stderr)
    return result.stdout


def finish(status: int, errors: str) -> None:
    """Passes warnings on; raises what an exit code and standard error say."""
    diagnostics, rest = read(errors)
    if status not in (0, INTERRUPTED):
        raise failure(status, [each for each in diagnostics if each.level == "error"], rest)
    for diagnostic in diagnostics:
        # Who interrupts a run need not be told that it was interrupted.
        if status == INTERRUPTED and diagnostic.level == "note":
            continue
        warnings.warn(str(diagnostic), AdvasWarning, stacklevel=4)


def spec_arguments(spec: Spec, set: Mapping[str, Any] | None) -> tuple[list[str], str | None]:
    """The arguments for a spec with changed values, and what standard input has to say."""
    if isinstance(spec, Mapping):
        return ["-", *changes(set)], written(spec, "the spec")
    if isinstance(spec, str) and "\n" in spec:
        return ["-", *changes(set)], spec
    path = os.fspath(spec)
    # A file whose name is that of a command, or begins with a dash, needs its folder.
    return [path if os.path.isabs(path) else os.path.join(".", path), *changes(set)], None


def changes(set: Mapping[str, Any] | None) -> list[str]:
    """`--set` for each changed value."""
    return [word for key, value in (set or {}).items() for word in ("--set", f"{key}={written(value, repr(key))}")]


def written(value: Any, what: str) -> str:
    """A value as JSON, which is YAML too. Raises UsageError where it has no such form; `what` names it in the message."""
    try:
        # What JSON calls NaN and Infinity are words in YAML.
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain)
    except (TypeError, ValueError) as error:
        raise UsageError([], f"{what} has a value that cannot be written as YAML: {error}") from None
    # YAML has its own escape for characters beyond U+FFFF, does not join JSON's two, and takes some others for line breaks.
    return re.sub("[^\0-~]", lambda found: f"\\U{ord(found[0]):08x}", text)


def plain(value: Any) -> Any:
    """A path as text, a mapping of another kind as a dictionary, numbers and arrays of NumPy as Python's own."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{value!r} is neither text, number, list nor mapping")


def flags(**values: Any) -> list[str]:
    """`--steps 100` and the like, of those that are not None."""
    return [word for name, value in values.items() if value is not None for word in (f"--{name}", str(value))]


def run_main() -> None:
    """The script `advas-run` of the wheel."""
    os.execv(command("advas-run", own=sys.argv[0]), ["advas-run", *sys.argv[1:]])


def graph_main() -> None:
    """The script `advas-graph` of the wheel."""
    os.execv(command("advas-graph", own=sys.argv[0]), ["advas-graph", *sys.argv[1:]])
